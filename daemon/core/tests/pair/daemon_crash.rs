//! A daemon that dies without a word, at any moment: the next one finds the module wherever the
//! last one left it, brings it back to command mode, and leaves nothing of it behind.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::settings::DataModeExit;
use modem_ftp_core::api::status::ModemState;

use crate::transfers::noise;
use crate::world::{Setup, SourcePlan, World};

/// The daemon dies when so many bytes went over the line, and is back a second later.
fn dies(world: &mut World, bytes: u64) {
    world.rough();
    world.after_bytes(bytes, |world| {
        world.close_line("the daemon died");
        world.after(Duration::from_secs(1), World::restart_daemon);
    });
}

/// What must be true after the next daemon came online.
fn check(world: &mut World, what: &str) {
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

fn ways() -> [Setup; 3] {
    let escape = |setup: &mut Setup| setup.settings.modem.data_mode_exit = DataModeExit::Escape;
    [
        Setup::default(),
        Setup::default().with(escape),
        Setup::default().without_dtr(),
    ]
}

#[test]
fn in_the_payload_of_a_long_upload() {
    for (way, setup) in ways().into_iter().enumerate() {
        let mut world = setup.online();
        world.upload(&noise(300_000), "big", Options::default());
        dies(&mut world, 50_000);
        world.run_until(|world| !world.line.open);
        check(&mut world, &format!("way {way}"));
    }
}

#[test]
fn in_the_payload_of_a_pipe() {
    for (way, setup) in ways().into_iter().enumerate() {
        let mut world = setup.online();
        let plan = SourcePlan {
            bytes: noise(300_000),
            pipe: true,
            ..SourcePlan::default()
        };
        world.upload_from(plan, "big", Options::default());
        dies(&mut world, 50_000);
        world.run_until(|world| !world.line.open);
        check(&mut world, &format!("way {way}"));
    }
}

#[test]
fn in_the_payload_of_a_long_download() {
    for (way, setup) in ways().into_iter().enumerate() {
        let mut world = setup.online();
        world.server.put("/big", &noise(300_000));
        world.download("big", Options::default());
        dies(&mut world, 50_000);
        world.run_until(|world| !world.line.open);
        check(&mut world, &format!("way {way}"));
    }
}

#[test]
fn at_any_byte() {
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
            dies(&mut world, at);
            world.wait(Duration::from_secs(5));
            check(&mut world, &format!("byte {at} {via:?}"));
        }
    }
}
