//! A daemon that is killed at any moment: the next one finds the module in whatever state it was
//! left, brings it back to command mode and removes left-over files from UFS.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::settings::DataModeExit;
use modem_ftp_core::api::status::ModemState;

use crate::transfers::noise;
use crate::world::{Setup, SourcePlan, World};

/// The daemon is killed after this many bytes on the line, and started again a second later.
fn crash_after_bytes(world: &mut World, bytes: u64) {
    world.rough();
    world.after_bytes(bytes, |world| {
        world.close_line("the daemon was killed");
        world.after(Duration::from_secs(1), World::restart_daemon);
    });
}

/// Checks that the next daemon comes online soon and transfers work.
fn check_next_daemon(world: &mut World, what: &str) {
    world.end_plans();
    let begin = world.passed();
    world.until_online();
    let took = world.passed() - begin;
    assert!(
        took < Duration::from_secs(60),
        "{what}: online after {took:?}"
    );
    world.put(&noise(700), "next");
    assert_eq!(world.server.get("/next"), Some(noise(700)), "{what}");
    let names = world.files.names();
    assert!(names.is_empty(), "{what}: left on the module: {names:?}");
    assert_eq!(world.state(), ModemState::Online);
}

fn exits() -> [Setup; 3] {
    let escape = |setup: &mut Setup| setup.settings.modem.data_mode_exit = DataModeExit::Escape;
    [
        Setup::default(),
        Setup::default().with(escape),
        Setup::default().without_dtr(),
    ]
}

#[test]
fn during_the_payload_of_an_upload() {
    for (exit, setup) in exits().into_iter().enumerate() {
        let mut world = setup.online();
        world.upload(&noise(300_000), "big", Options::default());
        crash_after_bytes(&mut world, 50_000);
        world.run_until(|world| !world.line.open);
        check_next_daemon(&mut world, &format!("exit {exit}"));
    }
}

#[test]
fn during_the_payload_of_an_upload_from_a_pipe() {
    for (exit, setup) in exits().into_iter().enumerate() {
        let mut world = setup.online();
        let plan = SourcePlan {
            bytes: noise(300_000),
            pipe: true,
            ..SourcePlan::default()
        };
        world.upload_from(plan, "big", Options::default());
        crash_after_bytes(&mut world, 50_000);
        world.run_until(|world| !world.line.open);
        check_next_daemon(&mut world, &format!("exit {exit}"));
    }
}

#[test]
fn during_the_payload_of_a_download() {
    for (exit, setup) in exits().into_iter().enumerate() {
        let mut world = setup.online();
        world.server.put("/big", &noise(300_000));
        world.download("big", Options::default());
        crash_after_bytes(&mut world, 50_000);
        world.run_until(|world| !world.line.open);
        check_next_daemon(&mut world, &format!("exit {exit}"));
    }
}

#[test]
fn after_any_number_of_bytes_on_the_line() {
    for at in (0..9000).step_by(211) {
        for via in [Via::Com, Via::Ufs] {
            let mut world = Setup::default().start();
            world.server.put("/b", &noise(1500));
            let options = || Options {
                via,
                ..Options::default()
            };
            world.upload(&noise(1500), "a", options());
            world.download("b", options());
            crash_after_bytes(&mut world, at);
            world.wait(Duration::from_secs(5));
            check_next_daemon(&mut world, &format!("byte {at} {via:?}"));
        }
    }
}
