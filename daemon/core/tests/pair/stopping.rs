//! `Engine::stop` in every state: within seconds data mode is left, the session closed and every
//! call answered.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::settings::DataModeExit;
use modem_ftp_core::api::status::TransferState;
use modem_ftp_core::engine::STOP_PATIENCE;
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::module::Injection;

use crate::transfers::noise;
use crate::world::{Setup, SourcePlan, World};

/// Stops the engine and checks that it has stopped in time.
fn stop(world: &mut World) {
    let now = world.now();
    world.engine.stop(now);
    world.run_within(STOP_PATIENCE + Duration::from_secs(4), |world| {
        world.seen.stopped
    });
    assert!(world.engine.deadline().is_none(), "it is over");
    assert!(!world.port.condition().data_mode);
    // Input after that has no effect.
    world.inject(Injection::Urc("+CEREG: 1".into()));
    world.wait(Duration::from_secs(10));
}

#[test]
fn while_coming_online() {
    for text in [
        "looking for the module",
        "setting the module up",
        "waiting for the SIM",
        "registered",
        "activating",
    ] {
        let mut world = Setup::default()
            .fault("slow=1")
            .fault("sim-late=5000")
            .start();
        world.run_until(|world| {
            let modem = world.seen.modem.last();
            modem.is_some_and(|modem| modem.state_reason.contains(text))
        });
        let ticket = world.begin(Operation::Connect);
        stop(&mut world);
        assert_eq!(
            world.seen.replies[&ticket]
                .as_ref()
                .expect_err("stopping")
                .name,
            ErrorName::Stopping
        );
    }
}

#[test]
fn before_the_port_is_opened_and_after_it_was_closed() {
    let mut world = Setup::default().with(|setup| setup.line = false).start();
    world.wait(Duration::from_secs(60));
    stop(&mut world);

    let mut world = World::online();
    world.close_line("unplugged");
    stop(&mut world);
}

#[test]
fn without_an_answer_of_the_module_and_without_network() {
    let mut world = Setup::default().fault("mute").start();
    world.wait(Duration::from_secs(60));
    stop(&mut world);

    let mut world = Setup::default().start();
    world.inject(Injection::Registration(2));
    world.wait(Duration::from_secs(60));
    stop(&mut world);
}

#[test]
fn idle_with_and_without_a_session() {
    let mut world = World::online();
    stop(&mut world);
    let mut world = World::online();
    world.call(Operation::Connect).unwrap();
    stop(&mut world);
    assert_eq!(world.port.condition().ftp, 4, "logged out");
}

#[test]
fn during_uploads_and_downloads_via_com_and_ufs() {
    for via in [Via::Com, Via::Ufs] {
        for up in [true, false] {
            let mut world = World::online();
            world.server.put("/b", &noise(100_000));
            let options = Options {
                via,
                ..Options::default()
            };
            let id = if up {
                world.upload(&noise(100_000), "a", options)
            } else {
                world.download("b", options).0
            };
            world.run_until(|world| world.port.condition().data_mode);
            world.wait(Duration::from_secs(1));
            stop(&mut world);
            assert_eq!(
                world.transfer(id).state,
                TransferState::Queued,
                "nothing is lost"
            );
            assert!(world.files.names().is_empty(), "{:?}", world.files.names());
            assert_eq!(world.port.condition().ftp, 4, "logged out");
        }
    }
}

#[test]
fn during_a_call_with_transfers_queued() {
    let mut world = World::online();
    world.call(Operation::Connect).unwrap();
    world.server.set_latency(Duration::from_secs(3));
    let running = world.begin(Operation::WorkingDirectory);
    let waiting = world.begin(Operation::WorkingDirectory);
    let id = world.upload(b"1", "a", Options::default());
    stop(&mut world);
    assert!(
        world.seen.replies[&running].is_ok(),
        "what runs is finished"
    );
    let refused = world.seen.replies[&waiting].as_ref().expect_err("stopping");
    assert_eq!(refused.name, ErrorName::Stopping);
    assert_eq!(world.transfer(id).state, TransferState::Queued);
}

#[test]
fn with_a_server_that_stopped_answering() {
    let mut world = World::online();
    world.call(Operation::Connect).unwrap();
    world.server.set_frozen(true);
    let ticket = world.begin(Operation::WorkingDirectory);
    let now = world.now();
    world.engine.stop(now);
    world.run_within(STOP_PATIENCE + Duration::from_secs(1), |world| {
        world.seen.stopped
    });
    assert!(world.seen.replies[&ticket].is_err());
}

#[test]
fn after_any_number_of_bytes_on_the_line() {
    let escape = |setup: &mut Setup| setup.settings.modem.data_mode_exit = DataModeExit::Escape;
    for at in (0..9000).step_by(97) {
        for via in [Via::Com, Via::Ufs] {
            let setup = match at % 2 {
                0 => Setup::default(),
                _ => Setup::default().with(escape),
            };
            let mut world = setup.start();
            world.rough();
            world.server.put("/b", &noise(1500));
            let options = || Options {
                via,
                ..Options::default()
            };
            let up = world.upload(&noise(1500), "a", options());
            let (down, handle) = world.download("b", options());
            world.after_bytes(at, |world| {
                let now = world.now();
                world.engine.stop(now);
            });
            world.run_until(|world| {
                world.seen.stopped || world.transfer(down).state == TransferState::Done
            });
            if !world.seen.stopped {
                world.wait(Duration::from_secs(40));
                let now = world.now();
                world.engine.stop(now);
            }
            world.run_within(STOP_PATIENCE + Duration::from_secs(2), |world| {
                world.seen.stopped
            });
            assert!(!world.port.condition().data_mode, "{at} {via:?}");
            let whole = world.server.get("/a") == Some(noise(1500));
            assert_eq!(whole, world.transfer(up).state == TransferState::Done);
            let landed = world.landed(handle);
            assert!(
                landed.is_none() || landed == Some(noise(1500)),
                "{at} {via:?}"
            );
            world.end_plans();
            world.wait(Duration::from_secs(60));
            assert_eq!(world.port.condition().ftp, 4, "{at} {via:?}: logged out");
        }
    }
}

/// A partial upload that goes on after a restart stays; one that cannot go on leaves nothing.
#[test]
fn no_staging_name_is_left_of_an_upload_that_cannot_go_on() {
    for exit in [DataModeExit::Dtr, DataModeExit::Escape] {
        for pipe in [true, false] {
            let mut world = Setup::default()
                .with(|setup| setup.settings.modem.data_mode_exit = exit)
                .start();
            let plan = SourcePlan {
                bytes: noise(200_000),
                pipe,
                ..SourcePlan::default()
            };
            let (id, _) = world.upload_from(plan, "a", Options::default());
            world.run_until(|world| world.port.condition().data_mode);
            world.wait(Duration::from_secs(1));
            assert_eq!(world.names_left().len(), 1);
            stop(&mut world);
            let status = world.transfer(id);
            let left = world.names_left();
            if pipe {
                assert_eq!(status.state, TransferState::Failed, "{status:?}");
                let error = status.error.clone().unwrap();
                assert_eq!(error.0, ErrorName::LocalIo, "{error:?}");
                assert_eq!(left, [""; 0], "{exit:?}");
            } else {
                assert_eq!(status.state, TransferState::Queued);
                assert_eq!(left.len(), 1);
            }
            assert_eq!(world.port.condition().ftp, 4, "logged out");
        }
    }
}
