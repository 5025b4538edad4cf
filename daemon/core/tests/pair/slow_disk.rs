//! A local disk that is slow or stalled: commits are waited for, and flow control stops the module.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::request::{Action, Operation};
use modem_ftp_core::api::status::{ModemState, TransferState};
use modem_ftp_core::engine::STOP_PATIENCE;

use crate::transfers::noise;
use crate::world::{DiskPlan, Setup, World};

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
fn a_slow_commit_is_waited_for() {
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
fn the_port_is_closed_while_a_commit_is_pending() {
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
fn cancel_while_a_commit_is_pending() {
    let mut world = World::online();
    world.server.put("/a", &noise(5000));
    let (id, handle) = world.download("a", Options::default());
    world.when("< +QFTPGET: ", |world| {
        world.stall_disk(Duration::from_secs(30));
    });
    world.until_said("< +QFTPGET: ");
    assert_eq!(world.transfer(id).state, TransferState::Active);
    world.wait(Duration::from_secs(5));
    let begin = world.passed();
    let ticket = world.act(id, Action::Cancel);
    world.reply(ticket).unwrap();
    assert!(world.passed() - begin < Duration::from_secs(1));
    assert_eq!(world.transfer(id).state, TransferState::Cancelled);
    world.wait(Duration::from_secs(60));
    assert_eq!(world.landed(handle), None);
    world.put(b"next", "b");
}

#[test]
fn calls_are_served_while_a_file_is_being_opened() {
    for cancelled in [false, true] {
        let mut world = World::online();
        world.stall_disk(Duration::from_secs(40));
        let id = world.upload(b"content", "a", Options::default());
        let begin = world.passed();
        let call = world.begin(Operation::WorkingDirectory);
        world.reply(call).unwrap();
        assert!(world.passed() - begin < Duration::from_secs(5));
        if cancelled {
            let ticket = world.act(id, Action::Cancel);
            world.reply(ticket).unwrap();
            assert_eq!(world.transfer(id).state, TransferState::Cancelled);
        } else {
            assert_eq!(world.finish(id).state, TransferState::Done);
            assert_eq!(world.server.get("/a"), Some(b"content".to_vec()));
        }
        world.put(b"next", "b");
    }
}

#[test]
fn a_file_that_is_not_opened_in_time_fails_and_the_next_one_is_sent() {
    let mut world = World::online();
    world.stall_disk(Duration::from_secs(75));
    let options = Options {
        retries: 0,
        ..Options::default()
    };
    let id = world.upload(b"content", "a", options);
    let ended = world.finish(id);
    assert_eq!(ended.state, TransferState::Failed);
    let (name, text) = ended.error.unwrap();
    assert_eq!(name, modem_ftp_dbus::errors::ErrorName::LocalIo, "{text}");
    world.put(b"next", "b");
}

#[test]
fn the_daemon_stops_while_a_commit_is_pending() {
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
fn uploads_from_a_slow_disk_are_byte_exact() {
    for binary in [true, false] {
        let mut world = slow(Duration::from_secs(4))
            .server(|server| server.binary = binary)
            .online();
        let bytes = b"0123456\r\n".repeat(10_000);
        world.put(&bytes, "a");
        assert_eq!(world.server.get("/a"), Some(bytes));
    }
}

#[test]
fn overruns_without_flow_control_are_detected() {
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
fn cancel_while_the_disk_is_stalled() {
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
