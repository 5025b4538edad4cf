//! Pipes whose other end is slow, stops, closes or fails: before the first byte, in the middle or at
//! the end.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Action;
use modem_ftp_core::api::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Reader, Setup, SinkPlan, SourcePlan, World};

const SIZE: usize = 100_000;

fn source(bytes: &[u8]) -> SourcePlan {
    SourcePlan {
        bytes: bytes.to_vec(),
        pipe: true,
        ..SourcePlan::default()
    }
}

fn closing_at(bytes: usize) -> Reader {
    Reader {
        closes_at: Some(bytes),
        ..Reader::default()
    }
}

fn stopping_at(bytes: usize, time: Duration) -> Reader {
    Reader {
        stops_at: Some((bytes, time)),
        ..Reader::default()
    }
}

const FOR_EVER: Duration = Duration::from_secs(1_000_000);

#[test]
fn a_reader_that_closes_its_end_fails_the_download() {
    for via in [Via::Com, Via::Ufs] {
        for size in [1, 3000, SIZE] {
            for closes_at in [0, size / 2, size - 1] {
                let what = format!("{via:?}, {size} bytes, closed at {closes_at}");
                let mut world = World::online();
                world.server.put("/a", &noise(size));
                let options = Options {
                    via,
                    ..Options::default()
                };
                let plan = SinkPlan::read_by(closing_at(closes_at));
                let (id, handle) = world.download_to(plan, "a", options);
                let status = world.finish(id);
                let whole = closes_at > 0 && size - closes_at <= 4096;
                if status.state == TransferState::Done {
                    // The pipe itself had room for the rest.
                    assert!(whole, "{what}: {status:?}");
                } else {
                    assert_eq!(status.state, TransferState::Failed, "{what}");
                    assert_eq!(status.error.unwrap().0, ErrorName::LocalIo, "{what}");
                    assert_eq!(status.attempts, 1, "{what}");
                }
                let written = world.written(handle);
                assert_eq!(written, &noise(size)[..written.len()], "{what}");
                assert!(world.files.names().is_empty(), "{what}");
                world.put(b"next", "b");
            }
        }
    }
}

#[test]
fn a_closed_pipe_stops_the_download_soon() {
    let mut world = World::online();
    world.server.put("/a", &noise(600_000));
    let plan = SinkPlan::read_by(closing_at(10_000));
    let (id, handle) = world.download_to(plan, "a", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Failed);
    let moved = world.port.statistics().data_mode.bytes;
    assert!(moved < 60_000, "{moved} bytes");
    assert!(world.is_released(handle), "a pipe cannot be written twice");
}

#[test]
fn a_reader_that_is_slow_or_pauses_is_waited_for() {
    let paced = Reader {
        pace: Some((500, Duration::from_millis(200))),
        ..Reader::default()
    };
    for reader in [
        paced,
        stopping_at(0, Duration::from_secs(50)),
        stopping_at(30_000, Duration::from_secs(55)),
        stopping_at(SIZE - 10_000, Duration::from_secs(55)),
    ] {
        let mut world = World::online();
        world.server.put("/a", &noise(SIZE));
        let plan = SinkPlan::read_by(reader);
        let (id, handle) = world.download_to(plan, "a", Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{reader:?}: {status:?}");
        assert_eq!(world.landed(handle), Some(noise(SIZE)), "{reader:?}");
        assert_eq!(world.line.overruns, 0);
        assert!(world.passed() > Duration::from_secs(35), "{reader:?}");
        world.put(b"next", "b");
    }
}

#[test]
fn a_reader_that_stops_for_ever_fails_the_download() {
    let mut world = World::online();
    world.server.put("/a", &noise(SIZE));
    let plan = SinkPlan::read_by(stopping_at(10_000, FOR_EVER));
    let (id, handle) = world.download_to(plan, "a", Options::default());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed);
    assert_eq!(
        status.error.as_ref().unwrap().0,
        ErrorName::LocalIo,
        "{status:?}"
    );
    assert!(world.is_released(handle));
    world.put(b"next", "b");
}

#[test]
fn a_download_to_a_reader_that_stopped_can_be_cancelled() {
    let mut world = World::online();
    world.server.put("/a", &noise(SIZE));
    let plan = SinkPlan::read_by(stopping_at(10_000, FOR_EVER));
    let (id, _) = world.download_to(plan, "a", Options::default());
    world.run_until(|world| world.transfer(id).transferred > 40_000);
    world.wait(Duration::from_secs(20));
    let ticket = world.act(id, Action::Cancel);
    world.run_within(Duration::from_secs(5), |world| {
        world.seen.replies.contains_key(&ticket)
    });
    assert_eq!(world.transfer(id).state, TransferState::Cancelled);
    world.put(b"next", "b");
}

/// The last 32 KiB wait for the pipe when the server has sent everything.
#[test]
fn a_reader_that_stops_for_ever_near_the_end_fails_the_download() {
    let mut world = World::online();
    world.server.put("/a", &noise(SIZE));
    let plan = SinkPlan::read_by(stopping_at(SIZE - 10_000, FOR_EVER));
    let (id, _) = world.download_to(plan, "a", Options::default());
    let status = world.finish(id);
    assert_eq!(
        status.error.as_ref().unwrap().0,
        ErrorName::LocalIo,
        "{status:?}"
    );
    world.put(b"next", "b");
}

#[test]
fn a_download_that_waits_for_its_reader_at_the_end_can_be_cancelled() {
    let mut world = World::online();
    world.server.put("/a", &noise(SIZE));
    let plan = SinkPlan::read_by(stopping_at(SIZE - 10_000, FOR_EVER));
    let (id, _) = world.download_to(plan, "a", Options::default());
    world.until_said("< +QFTPGET: ");
    world.wait(Duration::from_secs(20));
    let ticket = world.act(id, Action::Cancel);
    world.run_within(Duration::from_secs(5), |world| {
        world.seen.replies.contains_key(&ticket)
    });
    assert_eq!(world.transfer(id).state, TransferState::Cancelled);
    world.put(b"next", "b");
}

#[test]
fn a_writer_that_closes_without_a_byte_uploads_an_empty_file() {
    let mut world = World::online();
    let plan = SourcePlan {
        open: true,
        ..source(b"")
    };
    let (id, handle) = world.upload_from(plan, "a", Options::default());
    world.after(Duration::from_secs(20), move |world| {
        world.feed(handle, b"", true);
    });
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert_eq!(world.server.get("/a").unwrap(), b"");
}

#[test]
fn a_pipe_that_fails_at_its_first_read_or_later_fails_the_upload() {
    for fails_at in [0, 1, 20_000, 50_000] {
        let mut world = World::online();
        world.server.put("/a", b"old");
        let plan = SourcePlan {
            fails_at: Some(fails_at),
            ..source(&noise(SIZE))
        };
        let (id, _) = world.upload_from(plan, "a", Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Failed, "{fails_at}");
        assert_eq!(status.error.unwrap().0, ErrorName::LocalIo, "{fails_at}");
        assert_eq!(status.attempts, 1, "{fails_at}");
        assert_eq!(world.server.get("/a").unwrap(), b"old", "{fails_at}");
        world.put(b"next", "b");
    }
}

#[test]
fn a_writer_that_is_slow_is_waited_for() {
    for modem_lines in [true, false] {
        let mut world = Setup::default()
            .with(|setup| setup.modem_lines = modem_lines)
            .online();
        let plan = SourcePlan {
            open: true,
            ..source(b"")
        };
        let (id, handle) = world.upload_from(plan, "a", Options::default());
        let bytes = noise(6000);
        for (number, piece) in bytes.chunks(100).enumerate() {
            let (piece, last) = (piece.to_vec(), number == 59);
            let at = Duration::from_secs(1 + number as u64);
            world.after(at, move |world| world.feed(handle, &piece, last));
        }
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{status:?}");
        assert_eq!(world.server.get("/a"), Some(bytes));
    }
}

/// Bytes that were read ahead from a pipe are lost when the pump is stopped, although none of them
/// was sent.
#[test]
fn an_upload_from_a_pipe_is_not_repeated_after_bytes_were_read_ahead() {
    let mut world = World::online();
    world.rough();
    let (id, _) = world.upload_from(source(&noise(SIZE)), "a", Options::default());
    world.when("< CONNECT", |world| world.line.full = true);
    world.run_until(|world| world.has_sent("AT+QFTPPUT="));
    world.wait(Duration::from_secs(3));
    world.close_line("unplugged");
    world.line.full = false;
    world.after(Duration::from_secs(5), World::open_line);
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed, "{status:?}");
    assert_eq!(status.attempts, 1);
    world.wait(Duration::from_secs(30));
}

#[test]
fn a_text_of_line_ends_doubles_in_size() {
    let mut world = Setup::default()
        .server(|server| server.binary = false)
        .online();
    let (id, _) = world.upload_from(source(&b"\n".repeat(40_000)), "a", Options::default());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert_eq!(world.server.get("/a"), Some(b"\r\n".repeat(40_000)));
    assert_eq!(status.transferred, 80_000);
    let ticket = world.act(id, Action::Forget);
    assert_eq!(world.reply(ticket), Ok(Reply::Done));
}
