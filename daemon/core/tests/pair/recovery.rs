//! Recovery: repeated failures escalate from the session to the PDP context, a module restart and a
//! power cycle; success resets the escalation, and errors that a restart cannot cure do not
//! escalate.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::{ModemState, TransferState};
use virtual_bg96::module::Injection;

use crate::transfers::noise;
use crate::world::{Setup, World};

/// The next `times` logins fail with a network error, and no host answers.
fn fail_logins(world: &mut World, times: usize) {
    world.fault("ping-lost");
    for _ in 0..times {
        world.fault("fail=QFTPOPEN:605,0");
    }
}

fn many_retries() -> Options {
    Options {
        retries: 60,
        ..Options::default()
    }
}

/// How many restarts were announced with a pause of `pause` seconds.
fn announced_restarts(world: &World, pause: u32) -> usize {
    let text = format!("is restarted in {pause} s");
    let mut all: Vec<_> = world.seen.modem.iter().map(|m| &m.state_reason).collect();
    all.dedup();
    all.iter().filter(|reason| reason.contains(&text)).count()
}

#[test]
fn login_failures_escalate_to_a_power_cycle() {
    let mut world = Setup::default()
        .with(|setup| setup.settings.modem.power_cycle = true)
        .online();
    fail_logins(&mut world, 60);
    let mark = world.mark();
    let id = world.upload(&noise(3000), "a", many_retries());
    world.run_until(|world| world.has_sent("AT+CFUN=1,1"));
    let sent = world.sent_since(mark).into_iter();
    let rebuilt = sent.filter(|line| *line == "AT+QIDEACT=1").count();
    assert_eq!(rebuilt, 3, "the context first");
    world.run_until(|world| world.seen.power_cycles > 0);
    assert_eq!(world.sent("AT+CFUN=1,1").len(), 3, "then restarts");
    assert_eq!(
        [1, 10, 30].map(|pause| announced_restarts(&world, pause)),
        [1; 3]
    );
    // The power cycle clears all faults.
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.seen.power_cycles, 1);
}

#[test]
fn without_power_cycle_command_restarts_become_rarer() {
    let mut world = World::online();
    fail_logins(&mut world, 200);
    world.upload(&noise(3000), "a", many_retries());
    world.wait(Duration::from_secs(3600));
    let restarts = world.sent("AT+CFUN=1,1").len();
    assert!((4..=5).contains(&restarts), "{restarts}");
    assert_eq!(world.seen.power_cycles, 0);
}

#[test]
fn a_successful_login_resets_the_escalation() {
    let mut world = World::online();
    for _ in 0..2 {
        fail_logins(&mut world, 15);
        let id = world.upload(&noise(3000), "a", many_retries());
        assert_eq!(world.finish(id).state, TransferState::Done);
        assert!(world.disconnect().is_ok());
    }
    assert_eq!(world.sent("AT+CFUN=1,1").len(), 6);
    assert_eq!(
        [1, 10, 30].map(|pause| announced_restarts(&world, pause)),
        [2; 3]
    );
}

#[test]
fn an_unknown_host_name_restarts_nothing() {
    let mut world = Setup::default()
        .with(|setup| setup.settings.modem.power_cycle = true)
        .server(|server| server.host = "plant.invalid".into())
        .online();
    world.upload(&noise(3000), "a", many_retries());
    world.wait(Duration::from_secs(3 * 3600));
    assert!(world.sent("AT+QFTPOPEN=").len() > 5, "it is tried");
    assert!(!world.has_sent("AT+CFUN=1,1"));
    assert_eq!(world.seen.power_cycles, 0);
    // A server with a known host name still works.
    world.until_online();
    let ticket = world.begin_as("", "other", Operation::Connect);
    assert!(world.reply(ticket).is_ok());
}

#[test]
fn occasional_context_losses_never_escalate() {
    let mut world = World::online();
    for round in 2..12 {
        world.wait(Duration::from_secs(3600));
        world.inject(Injection::PdpDeactivated);
        world.run_within(Duration::from_secs(30), |world| {
            world.state() == ModemState::Online && world.sent("AT+QIACT=1").len() == round
        });
    }
    assert!(!world.has_sent("AT+CFUN=1,1"));
}

#[test]
fn a_server_that_cannot_be_reached_restarts_nothing_if_another_host_answers() {
    let mut world = World::online();
    for _ in 0..200 {
        world.fault("fail=QFTPOPEN:605,0");
    }
    let id = world.upload(&noise(3000), "a", many_retries());
    world.wait(Duration::from_secs(3 * 3600));
    assert!(!world.transfer(id).state.is_final());
    assert!(!world.has_sent("AT+CFUN=1,1"));
    assert!(world.state() == ModemState::Online);
}

#[test]
fn a_setting_that_never_worked_restarts_nothing() {
    let mut world = Setup::default()
        .with(|setup| setup.settings.servers.truncate(1))
        .online();
    fail_logins(&mut world, 500);
    let id = world.upload(&noise(3000), "a", many_retries());
    world.wait(Duration::from_secs(3 * 3600));
    assert!(
        !world.transfer(id).state.is_final(),
        "the network is to blame"
    );
    assert!(!world.has_sent("AT+CFUN=1,1"));
    world.heal("fail");
    assert_eq!(world.finish(id).state, TransferState::Done);
}

#[test]
fn a_module_worn_out_by_tls_sessions_is_power_cycled() {
    let mut world = Setup::default()
        .with(|setup| setup.settings.modem.power_cycle = true)
        .server(|server| server.security = modem_ftp_core::api::settings::Security::Implicit)
        .fault("tls-wears=12")
        .online();
    for number in 0..14 {
        let id = world.upload(b"1", &format!("f{number}"), many_retries());
        assert_eq!(world.finish(id).state, TransferState::Done);
        world.disconnect().unwrap();
    }
    assert_eq!(world.seen.power_cycles, 1);
    assert_eq!(world.sent("AT+CFUN=1,1").len(), 1, "a restart first");
}

#[test]
fn one_unanswered_command_is_not_a_silent_module() {
    let mut world = World::online();
    world.fault("mute=+QFTPPUT");
    let id = world.upload(&noise(3000), "a", Options::default());
    world.run_until(|world| world.has_sent("AT+QFTPPUT="));
    let ticket = world.begin(Operation::WorkingDirectory);
    let reply = world.reply(ticket);
    assert!(reply.is_ok(), "{reply:?}");
    world.until_transfer(id, TransferState::Waiting);
    let (_, text) = world.transfer(id).error.clone().unwrap();
    assert!(text.contains("although the module answers AT"), "{text}");
    assert_eq!(world.sent("ATE0").len(), 1, "no second bring-up");
    assert!(!world.showed(ModemState::Absent, ""));
    world.heal("mute");
    assert_eq!(world.finish(id).state, TransferState::Done);
}

#[test]
fn a_disk_that_stalls_is_not_a_silent_module() {
    let mut world = World::online();
    world.server.put("/a", &noise(600_000));
    let options = Options {
        retries: 0,
        ..Options::default()
    };
    let (id, _) = world.download("a", options);
    world.run_until(|world| world.transfer(id).transferred > 20_000);
    world.stall_disk(Duration::from_secs(600));
    let status = world.finish(id);
    let (name, text) = status.error.unwrap();
    assert_eq!(name, modem_ftp_dbus::errors::ErrorName::LocalIo, "{text}");
    assert!(text.contains("disk"), "{text}");
    assert!(!world.showed(ModemState::Absent, ""));
    world.put(b"next", "b");
}
