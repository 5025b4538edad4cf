//! The ladder: what does not work is given more and more to be rebuilt, what works starts it from
//! the bottom, and nothing is rebuilt for what rebuilding cannot mend.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::{Operation, Request};
use modem_ftp_core::api::status::{ModemState, TransferState};
use virtual_bg96::module::Injection;

use crate::transfers::noise;
use crate::world::{Setup, World};

/// So many logins to come fail with a network error.
fn no_network(world: &mut World, times: usize) {
    for _ in 0..times {
        world.fault("fail=QFTPOPEN:605,0");
    }
}

fn patient() -> Options {
    Options {
        retries: 60,
        ..Options::default()
    }
}

/// How often a restart was announced with such a pause, in seconds.
fn announced(world: &World, pause: u32) -> usize {
    let text = format!("is restarted in {pause} s");
    let mut all: Vec<_> = world.seen.modem.iter().map(|m| &m.state_reason).collect();
    all.dedup();
    all.iter().filter(|reason| reason.contains(&text)).count()
}

#[test]
fn a_session_that_cannot_be_had_climbs_to_the_power_switch() {
    let mut world = Setup::default()
        .with(|setup| setup.settings.modem.power_cycle = true)
        .online();
    no_network(&mut world, 60);
    let mark = world.mark();
    let id = world.upload(&noise(3000), "a", patient());
    world.run_until(|world| world.has_sent("AT+CFUN=1,1"));
    let sent = world.sent_since(mark).into_iter();
    let rebuilt = sent.filter(|line| *line == "AT+QIDEACT=1").count();
    assert_eq!(rebuilt, 3, "the context first");
    world.run_until(|world| world.seen.power_cycles > 0);
    assert_eq!(world.sent("AT+CFUN=1,1").len(), 3, "then restarts");
    assert_eq!([1, 10, 30].map(|pause| announced(&world, pause)), [1; 3]);
    // With its power all that was wrong with it went.
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.seen.power_cycles, 1);
}

#[test]
fn without_a_power_switch_it_is_restarted_ever_less_often() {
    let mut world = World::online();
    no_network(&mut world, 200);
    world.upload(&noise(3000), "a", patient());
    world.wait(Duration::from_secs(3600));
    let restarts = world.sent("AT+CFUN=1,1").len();
    assert!((4..=5).contains(&restarts), "{restarts}");
    assert_eq!(world.seen.power_cycles, 0);
}

#[test]
fn a_login_starts_it_from_the_bottom() {
    let mut world = World::online();
    for _ in 0..2 {
        no_network(&mut world, 12);
        let id = world.upload(&noise(3000), "a", patient());
        assert_eq!(world.finish(id).state, TransferState::Done);
        let ticket = world.request(Request::Disconnect);
        assert!(world.reply(ticket).is_ok());
    }
    assert_eq!(world.sent("AT+CFUN=1,1").len(), 6);
    assert_eq!([1, 10, 30].map(|pause| announced(&world, pause)), [2; 3]);
}

#[test]
fn no_module_is_restarted_for_a_name_nobody_knows() {
    let mut world = Setup::default()
        .with(|setup| setup.settings.modem.power_cycle = true)
        .server(|server| server.host = "plant.invalid".into())
        .online();
    world.upload(&noise(3000), "a", patient());
    world.wait(Duration::from_secs(3 * 3600));
    assert!(world.sent("AT+QFTPOPEN=").len() > 10, "it is tried");
    assert!(!world.has_sent("AT+CFUN=1,1"));
    assert_eq!(world.seen.power_cycles, 0);
    // Who has a name that is known is served all the same.
    let operation = Operation::Connect;
    let server = "other".to_owned();
    world.until_online();
    let ticket = world.request(Request::Remote { server, operation });
    assert!(world.reply(ticket).is_ok());
}

#[test]
fn a_context_that_is_dropped_now_and_then_is_only_activated_again() {
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
