//! Staging names of failed and cancelled transfers are removed as soon as the server can be reached.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::Action;
use modem_ftp_core::api::status::TransferState;

use crate::transfers::noise;
use crate::world::{SourcePlan, World};

fn once() -> Options {
    Options {
        retries: 0,
        ..Options::default()
    }
}

/// Waits until no staging name is left.
fn until_tidy(world: &mut World) {
    world.run_within(Duration::from_secs(1800), |world| {
        world.names_left().is_empty()
    });
}

#[test]
fn after_a_failure_with_the_session_open() {
    let mut world = World::online();
    world.fault("fail=QFTPPUT:617,450");
    let id = world.upload(&noise(5000), "a", once());
    assert_eq!(world.finish(id).state, TransferState::Failed);
    assert_eq!(world.names_left().len(), 1);
    until_tidy(&mut world);
    assert!(world.server.paths().is_empty());
}

#[test]
fn after_the_port_was_away() {
    let mut world = World::online();
    world.rough();
    let plan = SourcePlan {
        bytes: noise(50_000),
        pipe: true,
        ..SourcePlan::default()
    };
    let (id, _) = world.upload_from(plan, "a", once());
    world.run_until(|world| world.transfer(id).transferred > 20_000);
    world.close_line("unplugged");
    assert_eq!(world.finish(id).state, TransferState::Failed);
    assert_eq!(world.names_left().len(), 1);
    world.wait(Duration::from_secs(60));
    world.open_line();
    until_tidy(&mut world);
}

#[test]
fn after_the_module_was_silent() {
    let mut world = World::online();
    world.rough();
    let id = world.upload(&noise(5000), "a", once());
    world.when("< +QFTPPUT: 0,", |world| world.fault("mute"));
    // It fails without a further attempt when somebody cancels it meanwhile.
    world.after(Duration::from_secs(20), move |world| {
        world.act(id, Action::Cancel);
    });
    world.finish(id);
    assert_eq!(world.names_left().len(), 1);
    world.wait(Duration::from_secs(120));
    world.heal("mute");
    until_tidy(&mut world);
}

#[test]
fn after_the_server_was_out_of_reach() {
    let mut world = World::online();
    world.fault("fail=QFTPPUT:609,0");
    let id = world.upload(&noise(5000), "a", once());
    world.when("< +QFTPPUT: 609", |world| {
        for _ in 0..3 {
            world.fault("fail=QFTPOPEN:609,0");
        }
    });
    assert_eq!(world.finish(id).state, TransferState::Failed);
    assert_eq!(world.names_left().len(), 1);
    until_tidy(&mut world);
}
