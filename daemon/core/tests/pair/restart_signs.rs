//! A restart is known by any of its signs, wherever it happens: the module is set up anew before anything
//! else is sent, and what was under way ends or is repeated. A sign without a restart costs a few lines.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::{ModemState, TransferState};
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::module::Injection;

use crate::transfers::noise;
use crate::world::{Setup, World};

/// What a start says (`boot-signs` of the simulator).
const SIGNS: &[&str] = &[
    "rdy",
    "noise,rdy",
    "app-rdy",
    "cfun",
    "cpin",
    "qusim",
    "sms,pb",
    "noise,cfun",
    "none",
];

/// Worlds whose modules restart with each of the signs, and with echo on or stored off.
fn worlds(change: impl Fn(Setup) -> Setup) -> impl Iterator<Item = (String, World)> {
    let stored = [false, true];
    let cases = SIGNS
        .iter()
        .flat_map(move |signs| stored.map(|it| (*signs, it)));
    cases.map(move |(signs, echo_is_stored_off)| {
        let mut world = change(Setup::default()).online();
        world.put(b"1", "before");
        world.rough().fault(&format!("boot-signs={signs}"));
        if echo_is_stored_off {
            world.fault("echo-off-on-boot");
        }
        (
            format!("{signs}, echo stored off: {echo_is_stored_off}"),
            world,
        )
    })
}

/// The module was set up again after its last restart, and no FTP command came before that.
fn check_set_up(world: &World, what: &str) {
    let lines = &world.seen.dialogue;
    let restart = lines
        .iter()
        .rposition(|line| line.contains("the module restarts"));
    let after = &lines[restart.expect("a restart")..];
    let position = |text: &str| after.iter().position(|line| line.starts_with(text));
    for line in [
        "> ATE0",
        "> AT+CMEE=1",
        "> AT+IFC=2,2",
        "> AT&D1",
        "> AT+CEREG=",
        "> AT+QIACT=1",
    ] {
        assert!(
            position(line).is_some(),
            "{what}: {line}: {}",
            world.dialogue()
        );
    }
    let (set_up, ftp) = (position("> ATE0"), position("> AT+QFTP"));
    assert!(
        set_up < ftp || ftp.is_none(),
        "{what}: {}",
        world.dialogue()
    );
}

#[test]
fn while_idle() {
    for (what, mut world) in worlds(|setup| setup) {
        world.wait(Duration::from_secs(60));
        world.inject(Injection::Reset);
        if !what.starts_with("none") {
            world.wait(Duration::from_secs(20));
            check_set_up(&world, &what);
            assert_eq!(world.state(), ModemState::Online, "{what}");
        }
        world.wait(Duration::from_secs(3600));
        let listed = world.call(Operation::List(String::new()));
        assert!(listed.is_ok(), "{what}: {listed:?}");
        check_set_up(&world, &what);
        world.put(b"2", "a");
    }
}

#[test]
fn while_a_session_is_open_and_idle() {
    for (what, mut world) in worlds(|setup| setup) {
        world.call(Operation::Connect).unwrap();
        world.wait(Duration::from_secs(3));
        world.inject(Injection::Reset);
        world.wait(Duration::from_secs(12));
        let listed = world.call(Operation::List(String::new()));
        assert!(listed.is_ok(), "{what}: {listed:?}");
        check_set_up(&world, &what);
        world.put(&noise(5000), "a");
    }
}

#[test]
fn while_a_command_is_outstanding() {
    for (what, mut world) in worlds(|setup| setup) {
        world.call(Operation::Connect).unwrap();
        world.server.put("/a", b"1");
        world.server.set_latency(Duration::from_secs(60));
        world.after(Duration::from_secs(5), |world| {
            world.inject(Injection::Reset);
        });
        let begin = world.passed();
        let failure = world.call(Operation::Stat("a".into())).expect_err("gone");
        let took = world.passed() - begin;
        if !what.starts_with("none") {
            assert_eq!(failure.name, ErrorName::ModemReset, "{what}: {failure}");
            assert!(took < Duration::from_secs(15), "{what}: {took:?}");
        }
        world.server.set_latency(Duration::ZERO);
        let stat = world.call(Operation::Stat("a".into()));
        assert!(stat.is_ok(), "{what}: {stat:?}");
        check_set_up(&world, &what);
    }
}

#[test]
fn while_payload_moves() {
    for via in [Via::Com, Via::Ufs] {
        for up in [true, false] {
            for (what, mut world) in worlds(|setup| setup) {
                let what = format!("{what}, {via:?}, up: {up}");
                world.server.put("/b", &noise(40_000));
                world.fault("reset-after=10000");
                let options = Options {
                    via,
                    ..Options::default()
                };
                let (id, handle) = match up {
                    true => (world.upload(&noise(40_000), "a", options), None),
                    false => {
                        let (id, handle) = world.download("b", options);
                        (id, Some(handle))
                    }
                };
                let status = world.finish(id);
                assert_eq!(status.state, TransferState::Done, "{what}: {status:?}");
                let content = match handle {
                    None => world.server.get("/a"),
                    Some(handle) => world.landed(handle),
                };
                assert_eq!(content, Some(noise(40_000)), "{what}");
                check_set_up(&world, &what);
            }
        }
    }
}

/// A transfer that waits while the module restarts in silence loses no attempt, and a call does not fail.
#[test]
fn what_begins_after_a_silence_does_not_see_the_restart() {
    for (what, mut world) in worlds(|setup| setup) {
        world.wait(Duration::from_secs(10));
        world.inject(Injection::Reset);
        world.wait(Duration::from_secs(2));
        let id = world.upload(&noise(5000), "a", Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{what}: {status:?}");
        assert_eq!(status.attempts, 1, "{what}");
        assert_eq!(world.server.get("/a"), Some(noise(5000)), "{what}");
        check_set_up(&world, &what);
    }
}

/// Neither CMEE nor IFC differs from what a start sets: the PDP context tells.
#[test]
fn without_flow_control_and_with_stored_echo() {
    for (what, mut world) in worlds(|mut setup| {
        setup.settings.modem.hardware_flow_control = false;
        setup
    }) {
        world.inject(Injection::Reset);
        world.wait(Duration::from_secs(20));
        let listed = world.call(Operation::List(String::new()));
        assert!(listed.is_ok(), "{what}: {listed:?}");
        let set_up = world.sent("AT+CEREG=").len();
        assert_eq!(set_up, 2, "{what}");
    }
}

/// The restart goes unheard, since the module speaks at another rate.
#[test]
fn at_another_rate() {
    for (what, mut world) in worlds(|setup| setup.fault("strict-baud")) {
        world.fault("boot-rate=9600");
        world.wait(Duration::from_secs(10));
        world.inject(Injection::Reset);
        world.wait(Duration::from_secs(10));
        assert_eq!(world.line.module_rate, 9600, "{what}");
        let listed = world.call(Operation::List(String::new()));
        assert!(listed.is_ok(), "{what}: {listed:?}");
        assert_eq!(
            (world.line.rate, world.line.module_rate),
            (115_200, 115_200)
        );
        check_set_up(&world, &what);
    }
}

/// Signs without a restart: nothing is set up anew, and the session stays.
#[test]
fn a_sign_without_a_restart_ends_nothing() {
    for urc in [
        "+CPIN: READY",
        "+CFUN: 1",
        "+QUSIM: 1",
        "APP RDY",
        "+QIND: SMS DONE",
        "xRDY",
    ] {
        let mut world = World::online();
        world.server.put("/a", b"1");
        world.call(Operation::Connect).unwrap();
        let mark = world.mark();
        world.inject(Injection::Urc(urc.into()));
        world.wait(Duration::from_secs(5));
        assert_eq!(
            world.sent_since(mark),
            ["AT", "AT+CMEE?", "AT+IFC?", "AT+QIACT?"],
            "{urc}"
        );
        let mark = world.mark();
        world.server.set_latency(Duration::from_secs(20));
        world.after(Duration::from_secs(5), |world| {
            world.inject(Injection::Urc("+QUSIM: 2".into()));
        });
        let stat = world.call(Operation::Stat("a".into()));
        assert!(stat.is_ok(), "{urc}: {stat:?}");
        let sent = world.sent_since(mark);
        let anew = |line: &&str| *line == "ATE0" || line.starts_with("AT+QFTPOPEN");
        assert!(!sent.iter().any(anew), "{urc}: {sent:?}");
    }
}

/// Without a command that it echoes, a module that is set up is only asked when there is work.
#[test]
fn nothing_is_asked_while_nothing_happens() {
    let mut world = World::online();
    world.put(b"1", "a");
    world.wait(Duration::from_secs(60));
    let mark = world.mark();
    world.wait(Duration::from_secs(24 * 3600));
    assert!(world.sent_since(mark).is_empty());
}

/// Our own commands have the module say what it also says after a start.
#[test]
fn what_our_own_commands_cause_is_no_restart() {
    let mut world = Setup::default()
        .with(|setup| {
            setup.config.sim_pin = Some(crate::world::PIN.into());
            setup.settings.modem.sim_pin = Some(modem_ftp_core::api::secret::Secret::new(
                crate::world::PIN.into(),
            ));
        })
        .fault("app-rdy")
        .online();
    assert_eq!(world.sent("ATE0").len(), 1);
    let ticket = world.request(modem_ftp_core::api::request::Request::Reset);
    world.reply(ticket).unwrap();
    world.wait(Duration::from_secs(60));
    assert_eq!(world.state(), ModemState::Online);
    assert_eq!(world.sent("ATE0").len(), 2, "{}", world.dialogue());
    world.put(b"1", "a");
}

/// A module that echoes whatever it is told is used all the same.
#[test]
fn a_module_that_always_echoes() {
    let mut world = Setup::default().fault("echo-always").online();
    world.put(&noise(3000), "a");
    assert_eq!(world.get("a"), noise(3000));
    assert_eq!(world.sent("ATE0").len(), 1);
}
