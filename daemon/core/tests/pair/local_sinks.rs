//! A local disk that is slow or refuses something, sooner or later than the payload moves.

use std::time::Duration;

use modem_ftp_core::api::options::{IfExists, Options, Via};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Action;
use modem_ftp_core::api::status::TransferState;
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
fn an_error_at_close_after_the_commit_is_harmless() {
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

/// A commit whose writes fail late is answered twice: by the failure of the write and by that of the
/// commit behind it. The second answer may come when the next attempt is running.
#[test]
fn a_late_commit_result_of_an_earlier_attempt_is_ignored() {
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

/// Without flow control a download comes in segments of one block each; the error comes before, at
/// and after the end of the first of them.
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
