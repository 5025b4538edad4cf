//! Uploads and downloads through data mode: every size, every content, byte-exact.

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::status::{SessionState, TransferState};
use modem_ftp_dbus::errors::ErrorName;

use crate::world::{DiskFault, Pieces, Setup, SinkPlan, SourcePlan, World};

/// Pseudo-random bytes, always the same.
pub fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..count).map(|_| byte()).collect()
}

const SIZES: [usize; 6] = [0, 1, 1023, 1024, 1025, 100_000];

#[test]
fn every_size_goes_up() {
    let mut world = World::online();
    for size in SIZES {
        let bytes = noise(size);
        let status = world.put(&bytes, "a.csv");
        assert_eq!(world.server.get("/a.csv"), Some(bytes));
        assert_eq!(status.size, Some(size as u64));
        assert_eq!(status.transferred, size as u64);
        assert_eq!((status.attempts, status.error), (1, None));
        assert_eq!(world.server.paths(), ["/a.csv"], "no temporary name stays");
    }
    assert!(world.holds_nothing());
    assert_eq!(world.server.logins(), 1);
}

#[test]
fn every_size_comes_down() {
    let mut world = World::online();
    for size in SIZES {
        let bytes = noise(size);
        world.server.put("/a.csv", &bytes);
        assert_eq!(world.get("a.csv"), bytes, "{size} bytes");
    }
    assert!(world.holds_nothing());
}

/// Contents that look like responses of the module, and control characters.
const TREACHEROUS: &[&[u8]] = &[
    b"OK",
    b"\r\nOK\r\n",
    b"\r\nOK\r\n\r\n+QFTPGET: 0,5\r\n",
    b"+QFTPGET: 0,5\r\n",
    b"+++",
    b"\r\nNO CARRIER\r\n",
    b"\r\nERROR\r\n",
    b"\r\n+CME ERROR: 605\r\n",
    b"\r\nRDY\r\n\r\n+CFUN: 1\r\n",
    b"\r\nPOWERED DOWN\r\n",
    b"\r\n+QIURC: \"pdpdeact\",1\r\n",
    b"\r\nCONNECT\r\n",
    b"\0\0\0\x11\x13\x11\x13\x1a\x04\x7f\xff",
    b"AT+QPOWD=0\r",
    b"A",
];

#[test]
fn contents_that_look_like_responses_are_byte_exact_both_ways() {
    let mut world = World::online();
    let mut contents: Vec<Vec<u8>> = TREACHEROUS.iter().map(|bytes| bytes.to_vec()).collect();
    contents.push(TREACHEROUS.concat());
    for content in contents {
        world.put(&content, "t.bin");
        assert_eq!(world.server.get("/t.bin").as_ref(), Some(&content));
        assert_eq!(world.get("t.bin"), content);
    }
    assert_eq!(world.server.logins(), 1, "nothing broke the session");
}

#[test]
fn contents_that_look_like_responses_are_byte_exact_in_any_fragmentation() {
    for pieces in [Pieces::Of(1), Pieces::Of(2), Pieces::Random(7, 99)] {
        let mut world = Setup::default()
            .with(|setup| setup.pieces = pieces)
            .online();
        let content = TREACHEROUS.concat();
        world.put(&content, "t.bin");
        assert_eq!(world.get("t.bin"), content);
    }
}

#[test]
fn with_a_declared_length_the_module_leaves_data_mode_itself() {
    let mut world = World::online();
    world.put(&noise(5000), "a.csv");
    let line = world.sent("AT+QFTPPUT=")[0];
    assert!(line.ends_with(",\"COM:\",0,5000,1"), "{line}");
    assert!(world.seen.dtr.is_empty(), "DTR was not needed");
}

#[test]
fn at_921600_baud_more_than_99_percent_of_the_line_is_used() {
    let mut world = Setup::default()
        .with(|setup| {
            setup.settings.modem.baud = 921_600;
            setup.config.line_rate = 921_600;
        })
        .online();
    let bytes = noise(1_000_000);
    world.put(&bytes, "a.bin");
    let up = world.port.statistics().data_mode;
    assert_eq!(world.get("a.bin"), bytes);
    let down = world.port.statistics().data_mode;
    for used in [up, down] {
        let time = used.end.unwrap() - used.begin.unwrap();
        let share = used.bytes as f64 / 92_160.0 / time.as_secs_f64();
        assert!(share > 0.99, "{share} of the line was used");
    }
}

#[test]
fn progress_is_published_once_a_second_and_the_session_is_transferring() {
    let mut world = World::online();
    let id = world.upload(&noise(100_000), "a.csv", Options::default());
    world.finish(id);
    let shown = &world.seen.transfers[&id];
    let moving = shown.iter().filter(|status| {
        status.state == TransferState::Active && (1..100_000).contains(&status.transferred)
    });
    let count = moving.count();
    assert!(
        (6..=12).contains(&count),
        "9 s of transfer, {count} updates"
    );
    assert!(shown.is_sorted_by_key(|status| status.transferred));
    let mut modem = world.seen.modem.iter();
    assert!(modem.any(|modem| modem.session == SessionState::Transferring));
    assert_eq!(world.modem().session, SessionState::Idle);
    assert_eq!(world.modem().bytes_sent, 100_000);
}

#[test]
fn a_source_that_shrinks_or_fails_leaves_nothing_on_the_server() {
    for (plan, expected) in [
        (
            SourcePlan {
                bytes: noise(5000),
                told: Some(20_000),
                ..SourcePlan::default()
            },
            ErrorName::LocalChanged,
        ),
        (
            SourcePlan {
                bytes: noise(20_000),
                fails_at: Some(7000),
                ..SourcePlan::default()
            },
            ErrorName::LocalIo,
        ),
    ] {
        let mut world = World::online();
        world.server.put("/a.csv", b"old");
        let (id, handle) = world.upload_from(plan, "a.csv", Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Failed);
        assert_eq!(status.error.as_ref().unwrap().0, expected, "{status:?}");
        world.wait(std::time::Duration::from_secs(10));
        assert_eq!(world.server.paths(), ["/a.csv"], "the part was removed");
        assert_eq!(world.server.get("/a.csv").unwrap(), b"old");
        assert!(!world.is_released(handle), "it may be tried again");
        world.put(b"next", "b.csv");
    }
}

#[test]
fn a_sink_that_fails_ends_the_download() {
    let mut world = World::online();
    world.server.put("/a.bin", &noise(100_000));
    let plan = SinkPlan::with_fault(DiskFault::Write(10_000));
    let (id, handle) = world.download_to(plan, "a.bin", Options::default());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed);
    assert_eq!(status.error.as_ref().unwrap().0, ErrorName::LocalIo);
    assert_eq!(world.landed(handle), None);
    assert!(
        world.port.statistics().data_mode.bytes < 60_000,
        "it was stopped, not read to its end"
    );
    world.server.put("/b.bin", b"next");
    assert_eq!(world.get("b.bin"), b"next");
}

#[test]
fn a_download_to_a_pipe() {
    let mut world = World::online();
    let bytes = noise(30_000);
    world.server.put("/a.bin", &bytes);
    let plan = SinkPlan::pipe();
    let (id, handle) = world.download_to(plan, "a.bin", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.landed(handle), Some(bytes));
    assert!(world.is_released(handle));
}
