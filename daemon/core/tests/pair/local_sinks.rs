//! A local disk that is slow or refuses something, sooner or later than the payload moves.

use std::time::Duration;

use modem_ftp_core::api::options::{IfExists, Options, Via};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, Operation};
use modem_ftp_core::api::status::{ModemState, TransferState};
use modem_ftp_core::engine::STOP_PATIENCE;
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{DiskFault, DiskPlan, Setup, SinkPlan, World};

fn via(via: Via) -> Options {
    Options {
        via,
        ..Options::default()
    }
}

/// A disk every job of which may take this long.
fn slow(access: Duration) -> Setup {
    Setup::default().with(|setup| {
        setup.disk = DiskPlan {
            access,
            ..DiskPlan::default()
        };
    })
}

#[test]
fn every_fault_of_a_sink_fails_the_download_and_leaves_nothing() {
    for route in [Via::Com, Via::Ufs] {
        for size in [1, 3000, 16 * 1024, 100_000] {
            for fault in [
                DiskFault::Cut,
                DiskFault::Write(0),
                DiskFault::Write(size - 1),
                DiskFault::Sync,
                DiskFault::Rename,
            ] {
                let what = format!("{route:?}, {size} bytes, {fault:?}");
                let mut world = World::online();
                let bytes = noise(size);
                world.server.put("/a", &bytes);
                let plan = SinkPlan::with_fault(fault);
                let (id, handle) = world.download_to(plan, "a", via(route));
                let status = world.finish(id);
                assert_eq!(status.state, TransferState::Failed, "{what}");
                assert_eq!(status.error.unwrap().0, ErrorName::LocalIo, "{what}");
                assert_eq!(status.attempts, 1, "{what}: it will not get better");
                assert_eq!(world.landed(handle), None, "{what}");
                world.wait(Duration::from_secs(5));
                assert!(!world.is_staged(handle), "{what}: removed");
                assert!(!world.is_released(handle), "{what}: it may be tried again");
                assert!(world.files.names().is_empty(), "{what}");

                world.repair(handle);
                let again = world.act(id, Action::Retry);
                assert_eq!(world.reply(again), Ok(Reply::Done));
                assert_eq!(world.finish(id).state, TransferState::Done, "{what}");
                assert_eq!(world.landed(handle), Some(bytes), "{what}");
            }
        }
    }
}

#[test]
fn an_error_at_close_comes_when_the_file_is_safe() {
    let mut world = World::online();
    world.server.put("/a", &noise(5000));
    let plan = SinkPlan::with_fault(DiskFault::Close);
    let (id, handle) = world.download_to(plan, "a", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.landed(handle), Some(noise(5000)));
    assert!(world.is_released(handle));
}

#[test]
fn an_empty_download_is_committed_like_any_other() {
    for (fault, done) in [
        (None, true),
        (Some(DiskFault::Cut), false),
        (Some(DiskFault::Sync), false),
    ] {
        let mut world = World::online();
        world.server.put("/a", b"");
        let plan = SinkPlan {
            fault,
            ..SinkPlan::default()
        };
        let (id, handle) = world.download_to(plan, "a", Options::default());
        let state = world.finish(id).state;
        assert_eq!(state == TransferState::Done, done, "{fault:?}");
        assert_eq!(world.landed(handle).is_some(), done, "{fault:?}");
    }
}

#[test]
fn a_write_error_in_the_middle_ends_the_download_soon() {
    let mut world = slow(Duration::from_secs(1)).online();
    world.server.put("/a", &noise(600_000));
    let plan = SinkPlan::with_fault(DiskFault::Write(20_000));
    let (id, _) = world.download_to(plan, "a", Options::default());
    let status = world.finish(id);
    assert_eq!(status.error.unwrap().0, ErrorName::LocalIo);
    let moved = world.port.statistics().data_mode.bytes;
    assert!(moved < 120_000, "{moved} bytes were read after the error");
    world.put(b"next", "b");
}

#[test]
fn a_late_error_of_a_paused_attempt_does_not_fail_the_next_one() {
    let mut world = slow(Duration::ZERO).online();
    world.server.put("/a", &noise(100_000));
    let plan = SinkPlan::with_fault(DiskFault::WriteOnce(30_000));
    let (id, handle) = world.download_to(plan, "a", Options::default());
    world.run_until(|world| world.port.statistics().data_mode.bytes > 20_000);
    // The write that fails is done when the next attempt receives.
    world.stall_disk(Duration::from_secs(10));
    world.run_until(|world| world.port.statistics().data_mode.bytes > 50_000);
    let paused = world.act(id, Action::Pause);
    assert_eq!(world.reply(paused), Ok(Reply::Done));
    let resumed = world.act(id, Action::Resume);
    assert_eq!(world.reply(resumed), Ok(Reply::Done));
    world.run_until(|world| world.sent("AT+QFTPGET=").len() == 2);
    assert!(world.fault_is_left(handle), "the write was done too early");
    let status = world.finish(id);
    assert!(!world.fault_is_left(handle), "the write never failed");
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert_eq!(world.landed(handle), Some(noise(100_000)));
}

/// Two answers come for a commit whose writes failed late: that of the write and that of the commit
/// behind it. The second may come when the next attempt has begun.
#[test]
#[ignore = "core: Engine::committed has no number of the attempt: a late answer fails the next one"]
fn a_late_answer_to_a_commit_belongs_to_its_attempt() {
    let mut world = World::online();
    world.server.put("/a", &noise(100_000));
    let plan = SinkPlan::with_fault(DiskFault::Write(80_000));
    let (id, handle) = world.download_to(plan, "a", Options::default());
    // The disk has the last blocks and the commit to do when the download is over.
    world.when("< +QFTPGET: 0,100000", |world| {
        world.stall_disk(Duration::from_secs(20));
    });
    assert_eq!(world.finish(id).state, TransferState::Failed);
    // What is left to do takes until the next attempt has begun to receive.
    world.stall_disk(Duration::from_secs(10));
    world.repair(handle);
    let again = world.act(id, Action::Retry);
    assert_eq!(world.reply(again), Ok(Reply::Done));
    world.run_until(|world| world.transfer(id).state.is_final());
    let status = world.transfer(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert_eq!(world.landed(handle), Some(noise(100_000)));
}

/// Without flow control a download comes in segments of one block each; the error comes before, at and
/// after the end of the first of them.
#[test]
fn a_write_error_around_the_end_of_a_segment_ends_the_download() {
    for late in (1000..3000).step_by(40) {
        let mut world = slow(Duration::ZERO)
            .with(|setup| setup.settings.modem.hardware_flow_control = false)
            .online();
        world.server.put("/a", &noise(200_000));
        let plan = SinkPlan::with_fault(DiskFault::Write(10_000));
        let (id, _) = world.download_to(plan, "a", via(Via::Com));
        world.when("< CONNECT", move |world| {
            world.stall_disk(Duration::from_millis(late));
        });
        let status = world.finish(id);
        assert_eq!(status.error.unwrap().0, ErrorName::LocalIo, "{late} ms");
        let segments = world.sent("AT+QFTPGET=").len();
        assert!(segments < 4, "{late} ms: {segments} segments");
    }
}

#[test]
fn a_local_file_that_appears_meanwhile_is_not_replaced_when_it_must_not_be() {
    let mut world = World::online();
    world.server.put("/a", b"remote");
    let plan = SinkPlan {
        existing: Some(b"local".to_vec()),
        ..SinkPlan::default()
    };
    let options = Options {
        if_exists: IfExists::Fail,
        ..Options::default()
    };
    let (id, handle) = world.download_to(plan, "a", options);
    let status = world.finish(id);
    assert_eq!(status.error.unwrap().0, ErrorName::LocalDenied);
    assert_eq!(world.landed(handle).unwrap(), b"local");
}

#[test]
fn a_commit_that_takes_long_is_waited_for() {
    let mut world = World::online();
    world.server.put("/a", &noise(5000));
    let (id, handle) = world.download("a", Options::default());
    world.when("< +QFTPGET: ", |world| {
        world.stall_disk(Duration::from_secs(40));
    });
    world.until_said("< +QFTPGET: ");
    assert_eq!(world.transfer(id).state, TransferState::Active);
    world.wait(Duration::from_secs(30));
    assert_eq!(world.transfer(id).state, TransferState::Active);
    assert_eq!(world.landed(handle), None);
    let call = world.begin(Operation::WorkingDirectory);
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.landed(handle), Some(noise(5000)));
    world.reply(call).unwrap();
    assert_eq!(world.server.logins(), 1, "the session goes on");
}

#[test]
fn the_line_may_go_while_a_commit_is_waited_for() {
    for back in [5, 60] {
        let mut world = World::online();
        world.server.put("/a", &noise(5000));
        let (id, handle) = world.download("a", Options::default());
        world.when("< +QFTPGET: ", move |world| {
            world.stall_disk(Duration::from_secs(30));
            world.after(Duration::from_secs(1), move |world| {
                world.close_line("unplugged");
                world.after(Duration::from_secs(back), World::open_line);
            });
        });
        assert_eq!(world.finish(id).state, TransferState::Done);
        assert_eq!(world.landed(handle), Some(noise(5000)));
        world.wait(Duration::from_secs(60));
        world.until_online();
        world.put(b"next", "b");
    }
}

#[test]
fn a_cancel_while_a_commit_is_waited_for_is_too_late() {
    let mut world = World::online();
    world.server.put("/a", &noise(5000));
    let (id, handle) = world.download("a", Options::default());
    world.when("< +QFTPGET: ", |world| {
        world.stall_disk(Duration::from_secs(30));
    });
    world.until_said("< +QFTPGET: ");
    assert_eq!(world.transfer(id).state, TransferState::Active);
    world.wait(Duration::from_secs(5));
    let ticket = world.act(id, Action::Cancel);
    let answer = world.reply(ticket);
    let done = world.transfer(id).state == TransferState::Done;
    assert_eq!(answer.is_err(), done, "{answer:?}");
    assert_eq!(world.landed(handle).is_some(), done);
}

#[test]
#[ignore = "core: download::commit waits for the disk for ever, also when the daemon ends"]
fn the_daemon_ends_while_a_commit_is_waited_for() {
    let mut world = World::online();
    world.server.put("/a", &noise(5000));
    let (id, _) = world.download("a", Options::default());
    world.when("< +QFTPGET: ", |world| {
        world.stall_disk(Duration::from_secs(120));
    });
    world.until_said("< +QFTPGET: ");
    assert_eq!(world.transfer(id).state, TransferState::Active);
    world.wait(Duration::from_secs(1));
    let now = world.now();
    world.engine.stop(now);
    world.run_within(STOP_PATIENCE + Duration::from_secs(2), |world| {
        world.seen.stopped
    });
}

#[test]
fn a_slow_disk_holds_the_module_by_flow_control() {
    let mut world = slow(Duration::from_secs(8)).online();
    let bytes = noise(400_000);
    world.server.put("/a", &bytes);
    let begin = world.passed();
    assert_eq!(world.get("a"), bytes);
    assert_eq!(world.line.overruns, 0);
    let line = Duration::from_secs(400_000 / 11_520);
    let took = world.passed() - begin;
    assert!(took > line + Duration::from_secs(20), "held: {took:?}");
    assert_eq!(world.sent("AT+QFTPGET=").len(), 1, "in one attempt");
}

#[test]
fn a_slow_disk_is_read_no_sooner_than_it_answers() {
    for length in [Some(()), None] {
        let mut world = slow(Duration::from_secs(4))
            .server(|server| server.binary = length.is_some())
            .online();
        let bytes = b"0123456\r\n".repeat(10_000);
        world.put(&bytes, "a");
        assert_eq!(world.server.get("/a"), Some(bytes));
    }
}

#[test]
fn bytes_that_overrun_without_flow_control_are_missed() {
    let mut world = slow(Duration::ZERO)
        .with(|setup| setup.settings.modem.hardware_flow_control = false)
        .online();
    world.rough();
    let bytes = noise(300_000);
    world.server.put("/a", &bytes);
    let (id, handle) = world.download("a", via(Via::Com));
    world.after_bytes(20_000, |world| {
        world.stall_disk(Duration::from_secs(60));
    });
    let status = world.finish(id);
    assert!(world.line.overruns > 0, "the disk was never behind");
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert!(status.attempts > 1, "what got lost was not noticed");
    assert_eq!(world.landed(handle), Some(bytes));
}

#[test]
#[ignore = "daemon: event_loop/incoming.rs counts blocks of a sink that is forgotten, the tty stays \
            unread and the module seems to be silent"]
fn a_cancel_while_the_disk_stands_still() {
    let mut world = World::online();
    world.server.put("/a", &noise(600_000));
    let (id, _) = world.download("a", Options::default());
    world.run_until(|world| world.transfer(id).transferred > 20_000);
    world.stall_disk(Duration::from_secs(60));
    world.wait(Duration::from_secs(30));
    let ticket = world.act(id, Action::Cancel);
    world.run_within(Duration::from_secs(5), |world| {
        world.seen.replies.contains_key(&ticket)
    });
    world.wait(Duration::from_secs(120));
    assert!(
        !world.showed(ModemState::Absent, ""),
        "{}",
        world.dialogue()
    );
    world.put(b"next", "b");
}
