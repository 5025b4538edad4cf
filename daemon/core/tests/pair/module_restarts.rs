//! RDY, POWERED DOWN or silence at any moment: the module is set up again from the right step on,
//! and the interrupted transfer is repeated.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::request::{Action, Operation};
use modem_ftp_core::api::settings::DataModeExit;
use modem_ftp_core::api::status::{ModemState, TransferState};
use virtual_bg96::module::Injection;

use crate::transfers::noise;
use crate::world::{Setup, World};

const MOMENTS: &[&str] = &[
    "> ATE0",
    "> AT+CGSN",
    "> AT+CPIN?",
    "> AT+CEREG?",
    "> AT+QIACT=1",
    "> AT+QFTPSTAT",
    "> AT+QFTPCFG=\"account\"",
    "> AT+QFTPOPEN",
    "< +QFTPOPEN",
    "> AT+QFTPPUT",
    "< CONNECT",
    "< +QFTPPUT",
    "> AT+QFTPSIZE",
    "> AT+QFTPRENAME",
];

#[test]
fn a_restart_at_any_moment_of_an_upload() {
    for moment in MOMENTS {
        let mut world = Setup::default().start();
        world.rough();
        world.when(moment, |world| world.inject(Injection::Reset));
        let id = world.upload(&noise(5000), "a", Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{moment}: {status:?}");
        assert_eq!(status.attempts, 1, "{moment}: a restart costs no attempt");
        assert_eq!(world.server.get("/a"), Some(noise(5000)), "{moment}");
        world.wait(Duration::from_secs(60));
        assert_eq!(world.server.paths(), ["/a"], "{moment}");
    }
}

#[test]
fn a_power_down_at_any_moment_of_an_upload() {
    for moment in MOMENTS {
        let mut world = Setup::default().start();
        world.rough();
        world.when(moment, |world| {
            world.inject(Injection::PowerDown);
            world.after(Duration::from_secs(100), |world| {
                world.inject(Injection::PowerUp);
            });
        });
        let id = world.upload(&noise(5000), "a", Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{moment}: {status:?}");
        assert_eq!(world.server.get("/a"), Some(noise(5000)), "{moment}");
        world.wait(Duration::from_secs(200));
        world.put(b"2", "b");
    }
}

#[test]
fn a_restart_during_the_payload() {
    for via in [Via::Com, Via::Ufs] {
        for up in [true, false] {
            let mut world = World::online();
            world.rough().fault("reset-after=10000");
            world.server.put("/b", &noise(40_000));
            let options = Options {
                via,
                ..Options::default()
            };
            let (id, handle) = if up {
                (world.upload(&noise(40_000), "a", options), None)
            } else {
                let (id, handle) = world.download("b", options);
                (id, Some(handle))
            };
            let status = world.finish(id);
            assert_eq!(
                status.state,
                TransferState::Done,
                "{via:?} {up}: {status:?}"
            );
            match handle {
                None => assert_eq!(world.server.get("/a"), Some(noise(40_000))),
                Some(handle) => assert_eq!(world.landed(handle), Some(noise(40_000))),
            }
            assert!(world.files.names().is_empty(), "{:?}", world.files.names());
        }
    }
}

#[test]
fn after_a_restart_while_idle_the_module_is_configured_again() {
    let mut world = Setup::default().fault("echo-on-boot").online();
    world.put(b"1", "a");
    world.inject(Injection::Reset);
    world.run_until(|world| world.state() == ModemState::Starting);
    world.run_within(Duration::from_secs(30), |world| {
        world.state() == ModemState::Online
    });
    assert_eq!(world.sent("ATE0").len(), 2);
    assert_eq!(world.modem().address, "10.7.157.1");
    world.put(b"2", "b");
}

#[test]
fn every_power_down_urc_is_recognised() {
    for text in ["POWERED DOWN", "NORMAL POWER DOWN"] {
        let mut world = Setup::default()
            .fault(&format!("power-text={text}"))
            .online();
        world.inject(Injection::PowerDown);
        world.run_until(|world| world.state() != ModemState::Online);
        world.after(Duration::from_secs(30), |world| {
            world.inject(Injection::PowerUp);
        });
        world.run_until(|world| world.state() == ModemState::Online);
        world.put(b"1", "a");
    }
}

#[test]
fn a_module_that_stops_answering_is_detected_and_probed_again() {
    for moment in ["> AT+QFTPSIZE", "> AT+QFTPOPEN", "< CONNECT"] {
        let mut world = World::online();
        world.rough();
        world.when(moment, |world| {
            world.fault("mute");
            world.after(Duration::from_secs(600), |world| world.heal("mute"));
        });
        let id = world.upload(&noise(20_000), "a", Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{moment}: {status:?}");
        assert_eq!(world.server.get("/a"), Some(noise(20_000)), "{moment}");
    }
}

#[test]
fn a_call_interrupted_by_a_restart_fails_with_modem_reset() {
    let mut world = World::online();
    world.server.put("/a", b"1");
    world.call(Operation::Connect).unwrap();
    world.server.set_latency(Duration::from_secs(5));
    world.after(Duration::from_secs(1), |world| {
        world.inject(Injection::Reset)
    });
    let failure = world.call(Operation::Stat("a".into())).expect_err("gone");
    assert_eq!(failure.name, modem_ftp_dbus::errors::ErrorName::ModemReset);
    world.until_online();
    assert!(world.call(Operation::Stat("a".into())).is_ok());
}

/// After a restart the module has its default settings and no session. It must be set up before the
/// next FTP command, even if `RDY` was among the late bytes that were discarded.
#[test]
fn a_restart_whose_rdy_was_discarded_is_detected() {
    let escape = |setup: &mut Setup| setup.settings.modem.data_mode_exit = DataModeExit::Escape;
    for after in (0..9000).step_by(150) {
        let mut world = Setup::default().with(escape).online();
        world.rough();
        world.server.put("/b", &noise(300_000));
        let (id, _) = world.download("b", Options::default());
        world.run_until(|world| world.transfer(id).transferred > 20_000);
        world.after(Duration::from_millis(after), |world| {
            world.inject(Injection::Reset);
        });
        world.after(Duration::from_secs(4), move |world| {
            world.act(id, Action::Cancel);
        });
        world.wait(Duration::from_secs(9));
        world.put(b"next", "next");
        let lines = &world.seen.dialogue;
        let ready = lines.iter().rposition(|line| line == "< RDY").unwrap();
        let set_up = lines[ready..].iter().position(|line| line == "> ATE0");
        let ftp = lines[ready..]
            .iter()
            .position(|line| line.starts_with("> AT+QFTP"));
        assert!(set_up.is_some(), "{after} ms: {}", world.dialogue());
        assert!(set_up < ftp, "{after} ms: {}", world.dialogue());
    }
}
