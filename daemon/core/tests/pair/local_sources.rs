//! Local files that fail or change while they are sent: before the first byte, while bytes that
//! were read before are on their way, or at the very end.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Action;
use modem_ftp_core::api::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{DiskPlan, Setup, SourcePlan, World};

const SIZE: usize = 100_000;

fn failing_at(offset: usize) -> SourcePlan {
    SourcePlan {
        bytes: noise(SIZE),
        fails_at: Some(offset),
        ..SourcePlan::default()
    }
}

fn changing() -> SourcePlan {
    SourcePlan {
        bytes: noise(SIZE),
        changes: true,
        ..SourcePlan::default()
    }
}

fn shorter() -> SourcePlan {
    SourcePlan {
        bytes: noise(SIZE),
        told: Some(SIZE as u64 + 1),
        ..SourcePlan::default()
    }
}

#[test]
fn a_source_that_fails_at_any_moment_fails_the_upload_and_leaves_nothing() {
    let disks = [
        DiskPlan::default(),
        DiskPlan {
            access: Duration::from_secs(5),
            ..DiskPlan::default()
        },
    ];
    for disk in disks {
        for via in [Via::Com, Via::Ufs] {
            for (plan, expected) in [
                (failing_at(0), ErrorName::LocalIo),
                (failing_at(7000), ErrorName::LocalIo),
                (failing_at(40_000), ErrorName::LocalIo),
                (failing_at(SIZE - 1), ErrorName::LocalIo),
                (changing(), ErrorName::LocalChanged),
                (shorter(), ErrorName::LocalChanged),
            ] {
                let what = format!("{via:?}, {:?}", plan.fails_at);
                let mut world = Setup::default().with(|setup| setup.disk = disk).online();
                world.server.put("/a", b"old");
                let options = Options {
                    via,
                    ..Options::default()
                };
                let (id, handle) = world.upload_from(plan, "a", options);
                let status = world.finish(id);
                assert_eq!(status.state, TransferState::Failed, "{what}");
                assert_eq!(status.error.unwrap().0, expected, "{what}");
                assert_eq!(status.attempts, 1, "{what}");
                assert!(!world.is_released(handle), "{what}: it may be tried again");
                world.wait(Duration::from_secs(30));
                assert_eq!(world.server.paths(), ["/a"], "{what}");
                assert_eq!(world.server.get("/a").unwrap(), b"old", "{what}");
                assert!(world.files.names().is_empty(), "{what}");
                world.put(b"next", "b");
            }
        }
    }
}

#[test]
fn what_was_read_ahead_is_not_sent_after_a_failure() {
    let mut world = World::online();
    let (id, _) = world.upload_from(failing_at(30_000), "a", Options::default());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed);
    let sent = world.port.statistics().data_mode.bytes;
    assert!(sent < 16 * 1024, "{sent} bytes were sent after the failure");
}

#[test]
fn a_cancel_drops_what_was_read_ahead() {
    let mut world = World::online();
    let id = world.upload(&noise(SIZE), "a", Options::default());
    world.run_until(|world| world.transfer(id).transferred > 20_000);
    let before = world.port.statistics().data_mode.bytes;
    let ticket = world.act(id, Action::Cancel);
    assert_eq!(world.reply(ticket), Ok(Reply::Done));
    let after = world.port.statistics().data_mode.bytes - before;
    assert!(after <= 8192, "{after} bytes more than the kernel held");
    let again = world.act(id, Action::Retry);
    assert_eq!(world.reply(again), Ok(Reply::Done));
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/a"), Some(noise(SIZE)));
}

#[test]
fn a_source_that_is_slower_than_the_line_is_waited_for() {
    for via in [Via::Com, Via::Ufs] {
        let mut world = Setup::default()
            .with(|setup| setup.disk.access = Duration::from_secs(20))
            .online();
        let options = Options {
            via,
            ..Options::default()
        };
        let id = world.upload(&noise(SIZE), "a", options);
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{via:?}: {status:?}");
        assert_eq!(status.attempts, 1, "{via:?}");
        assert_eq!(world.server.get("/a"), Some(noise(SIZE)));
    }
}
