//! Cancel and pause during a transfer: data mode is left, the port is known to be in command mode
//! before the next command, and no late byte of the aborted transfer gets into the next response.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, Operation};
use modem_ftp_core::api::settings::DataModeExit;
use modem_ftp_core::api::status::{TransferId, TransferState};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Setup, World};

const SIZE: usize = 200_000;

/// A configuration with one of the data mode exits, and the longest time that exit may take.
struct Exit {
    setup: Setup,
    soon: Duration,
}

fn exits() -> [Exit; 4] {
    let second = Duration::from_secs(1);
    let escape = |setup: &mut Setup| setup.settings.modem.data_mode_exit = DataModeExit::Escape;
    let exit = |setup: Setup, soon| Exit { setup, soon };
    [
        exit(Setup::default(), second),
        exit(Setup::default().with(escape), 4 * second),
        exit(Setup::default().without_dtr(), 4 * second),
        exit(Setup::default().fault("dtr-ignored"), 8 * second),
    ]
}

fn up(world: &mut World) -> TransferId {
    world.upload(&noise(SIZE), "big.bin", Options::default())
}

fn down(world: &mut World) -> TransferId {
    world.server.put("/big.bin", &noise(SIZE));
    world.download("big.bin", Options::default()).0
}

const BOTH: [fn(&mut World) -> TransferId; 2] = [up, down];

/// Waits until payload is moving.
fn until_moving(world: &mut World, id: TransferId) {
    world.run_until(|world| {
        world.port.condition().data_mode && world.transfer(id).transferred > 20_000
    });
}

/// Cancels or pauses the transfer and checks that the module leaves data mode within `soon`.
fn stop(world: &mut World, id: TransferId, action: Action, soon: Duration) {
    until_moving(world, id);
    let ticket = world.act(id, action);
    world.run_within(soon, |world| !world.port.condition().data_mode);
    assert_eq!(world.reply(ticket), Ok(Reply::Done));
    assert!(!world.port.condition().data_mode);
}

/// Checks that the next transfers are byte-exact.
fn check_next(world: &mut World) {
    let bytes = noise(3000);
    world.put(&bytes, "next.bin");
    assert_eq!(world.server.get("/next.bin").as_ref(), Some(&bytes));
    assert_eq!(world.get("next.bin"), bytes);
}

#[test]
fn cancel_during_payload_with_every_data_mode_exit() {
    for begin in BOTH {
        for exit in exits() {
            let mut world = exit.setup.online();
            let id = begin(&mut world);
            stop(&mut world, id, Action::Cancel, exit.soon);
            let status = world.transfer(id);
            assert_eq!(status.state, TransferState::Cancelled, "{status:?}");
            assert_eq!(status.error.as_ref().unwrap().0, ErrorName::Cancelled);
            check_next(&mut world);
            let parts = world.server.paths();
            assert!(
                !parts.iter().any(|path| path.contains(".part")),
                "{parts:?}"
            );
        }
    }
}

#[test]
fn pause_and_resume_during_payload_with_every_data_mode_exit() {
    for begin in BOTH {
        for exit in exits() {
            let mut world = exit.setup.online();
            let id = begin(&mut world);
            stop(&mut world, id, Action::Pause, exit.soon);
            assert_eq!(world.transfer(id).state, TransferState::Paused);
            check_next(&mut world);
            let resumed = world.act(id, Action::Resume);
            assert_eq!(world.reply(resumed), Ok(Reply::Done));
            assert_eq!(world.finish(id).state, TransferState::Done);
            assert_eq!(world.server.get("/big.bin"), Some(noise(SIZE)));
        }
    }
}

#[test]
fn a_cancelled_download_leaves_no_local_file_and_can_be_retried() {
    let mut world = World::online();
    world.server.put("/big.bin", &noise(SIZE));
    let (id, handle) = world.download("big.bin", Options::default());
    stop(&mut world, id, Action::Cancel, Duration::from_secs(1));
    assert_eq!(world.landed(handle), None);
    let again = world.act(id, Action::Retry);
    assert_eq!(world.reply(again), Ok(Reply::Done));
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.landed(handle), Some(noise(SIZE)));
}

#[test]
fn a_late_result_of_an_aborted_download_is_ignored() {
    for urc in ["abort-urc", "abort-urc=616,426"] {
        let mut world = Setup::default().fault(urc).online();
        let id = down(&mut world);
        stop(&mut world, id, Action::Cancel, Duration::from_secs(1));
        check_next(&mut world);
    }
}

#[test]
fn cancel_at_every_stage_of_an_upload() {
    for stage in [
        "> AT+QFTPCFG=\"contextid\"",
        "> AT+QFTPOPEN=",
        "< +QFTPOPEN: 0,0",
        "> AT+QFTPPUT=",
        "< CONNECT",
        "< +QFTPPUT: 0,",
        "> AT+QFTPSIZE=",
        "> AT+QFTPRENAME=",
        "< +QFTPRENAME: 0,0",
    ] {
        let mut world = World::online();
        let id = world.upload(&noise(2000), "a.bin", Options::default());
        world.when(stage, move |world| {
            world.act(id, Action::Cancel);
        });
        let status = world.finish(id);
        let there = world.server.get("/a.bin");
        match status.state {
            TransferState::Done => assert_eq!(there, Some(noise(2000)), "{stage}"),
            TransferState::Cancelled => assert_eq!(there, None, "{stage}"),
            other => panic!("{stage}: {other:?}"),
        }
        world.run_until(|world| world.seen.replies.len() == 2);
        check_next(&mut world);
        world.wait(Duration::from_secs(5));
        let parts = world.server.paths();
        assert!(
            !parts.iter().any(|path| path.contains(".part")),
            "{stage}: {parts:?}"
        );
    }
}

#[test]
fn a_queued_transfer_is_cancelled_at_once() {
    let mut world = World::online();
    let first = up(&mut world);
    let second = world.upload(b"2", "second", Options::default());
    until_moving(&mut world, first);
    let ticket = world.act(second, Action::Cancel);
    assert_eq!(world.reply(ticket), Ok(Reply::Done));
    assert_eq!(world.transfer(second).state, TransferState::Cancelled);
    assert_eq!(world.finish(first).state, TransferState::Done);
    assert_eq!(world.server.get("/second"), None);
}

#[test]
fn cancel_via_ufs_leaves_no_file_on_the_module() {
    let options = || Options {
        via: Via::Ufs,
        ..Options::default()
    };
    let mut world = World::online();
    let id = world.upload(&noise(50_000), "a.bin", options());
    world.run_until(|world| world.port.condition().data_mode);
    world.wait(Duration::from_secs(2));
    let ticket = world.act(id, Action::Cancel);
    world.run_within(Duration::from_secs(1), |world| {
        !world.port.condition().data_mode
    });
    assert_eq!(world.reply(ticket), Ok(Reply::Done));
    assert_eq!(world.transfer(id).state, TransferState::Cancelled);
    check_next(&mut world);
    assert!(world.files.names().is_empty(), "{:?}", world.files.names());
}

#[test]
fn cancel_of_a_transfer_between_ufs_and_server_deactivates_the_context() {
    for begin in ["< +QFUPL: ", "< +QFLDS: "] {
        let mut world = World::online();
        world.server.put("/b.bin", &noise(50_000));
        let options = Options {
            via: Via::Ufs,
            ..Options::default()
        };
        let up = begin.contains("QFUPL");
        let id = if up {
            world.upload(&noise(50_000), "a.bin", options)
        } else {
            world.download("b.bin", options).0
        };
        // The server stops answering: the transfer between UFS and server stalls.
        world.when(begin, |world| {
            world.server.set_latency(Duration::from_secs(600))
        });
        world.run_until(|world| world.has_sent("AT+QFTPLEN"));
        let ticket = world.act(id, Action::Cancel);
        assert_eq!(world.reply(ticket), Ok(Reply::Done));
        assert_eq!(world.transfer(id).state, TransferState::Cancelled);
        world.server.set_latency(Duration::ZERO);
        check_next(&mut world);
        assert!(world.has_sent("AT+QIDEACT=1"));
        assert!(world.files.names().is_empty(), "{:?}", world.files.names());
    }
}

#[test]
fn resume_before_the_pause_has_taken_effect_continues_the_transfer() {
    let mut world = World::online();
    world.call(Operation::Connect).unwrap();
    let id = up(&mut world);
    // The data connection opens late; a transfer cannot be interrupted before that.
    world.server.set_latency(Duration::from_secs(20));
    world.run_until(|world| world.has_sent("AT+QFTPPUT="));
    let paused = world.act(id, Action::Pause);
    let resumed = world.act(id, Action::Resume);
    world.server.set_latency(Duration::ZERO);
    assert_eq!(world.reply(resumed), Ok(Reply::Done));
    assert_eq!(world.reply(paused), Ok(Reply::Done));
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/big.bin"), Some(noise(SIZE)));
}

#[test]
fn cancel_and_pause_after_the_rename_command_fail_with_wrong_state() {
    for action in [Action::Cancel, Action::Pause] {
        let mut world = World::online();
        world.call(Operation::Connect).unwrap();
        world.server.set_latency(Duration::from_secs(1));
        let id = world.upload(&noise(2000), "a.bin", Options::default());
        world.run_until(|world| world.has_sent("AT+QFTPRENAME="));
        let ticket = world.act(id, action);
        let failure = world.reply(ticket).expect_err("too late");
        assert_eq!(world.transfer(id).state, TransferState::Done);
        assert_eq!(failure.name, ErrorName::WrongState);
        let text = format!("transfer {} is done already", id.0);
        assert_eq!(failure.text, text);
    }
}
