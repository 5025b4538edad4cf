//! The serial port against a pty: the test holds the master side.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use mio::{Poll, Token};
use nix::fcntl::OFlag;
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};

use super::results::Progress;
use super::*;
use crate::files::{BLOCK_SIZE, Blocks};

fn pty() -> (PtyMaster, String) {
    let master = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname_r(&master).unwrap();
    (master, name)
}

struct Bench {
    poll: Poll,
    tty: Tty,
    spare: Blocks,
    now: Instant,
}

impl Bench {
    fn new(device: &str, baud: u32) -> Self {
        let now = Instant::now();
        let settings = PortSettings {
            device: device.to_owned(),
            baud,
            hardware_flow_control: true,
        };
        Self {
            poll: Poll::new().unwrap(),
            tty: Tty::new(now, settings, Token(0)),
            spare: Blocks::default(),
            now,
        }
    }

    fn open(&mut self) -> Option<Opening> {
        self.tty.open_if_due(self.now, self.poll.registry())
    }

    fn send(&mut self) -> Result<Progress, String> {
        self.tty.send(self.now, &mut self.spare)
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
    }
}

#[test]
fn a_pty_is_opened_raw_without_modem_control_lines() {
    let (mut master, name) = pty();
    let mut bench = Bench::new(&name, 115_200);
    assert_eq!(bench.open(), Some(Opening::Opened(false)));
    assert_eq!(bench.open(), None);
    let every_byte: Vec<u8> = (0..=255).collect();
    bench.tty.write(every_byte.clone());
    bench.send().unwrap();
    let mut there = [0; 256];
    master.read_exact(&mut there).unwrap();
    assert_eq!(there.as_slice(), every_byte);
    master.write_all(&every_byte).unwrap();
    let mut back = [0; 512];
    assert_eq!(bench.tty.read(&mut back), Reading::Bytes(256));
    assert_eq!(&back[..256], every_byte);
    assert_eq!(bench.tty.read(&mut back), Reading::Nothing);
    // Without modem control lines, setting DTR does nothing.
    assert_eq!(bench.tty.set_dtr(false), Ok(()));
}

#[test]
fn a_drain_ends_when_the_bytes_had_time_to_be_sent() {
    let (_master, name) = pty();
    let mut bench = Bench::new(&name, 9600);
    bench.open();
    bench.tty.write(vec![b'x'; 960]);
    bench.tty.drain();
    bench.tty.write(b"after the mark".to_vec());
    assert!(!bench.send().unwrap().drained);
    let due = bench.tty.deadline().unwrap();
    assert_eq!(due, bench.now + Duration::from_secs(1));
    bench.wait(Duration::from_millis(999));
    assert!(!bench.send().unwrap().drained);
    bench.wait(Duration::from_millis(1));
    assert!(bench.send().unwrap().drained);
    assert_eq!(bench.tty.deadline(), None);
}

#[test]
fn the_baud_rate_changes_after_everything_written_before() {
    let (_master, name) = pty();
    let mut bench = Bench::new(&name, 9600);
    bench.open();
    bench.tty.write(vec![b'x'; 960]);
    bench.tty.set_rate(921_600);
    bench.tty.drain();
    bench.send().unwrap();
    bench.wait(Duration::from_secs(1));
    assert!(bench.send().unwrap().drained);
    bench.tty.write(vec![b'x'; 960]);
    bench.tty.drain();
    bench.send().unwrap();
    bench.wait(Duration::from_millis(11));
    assert!(bench.send().unwrap().drained);
}

#[test]
fn queued_payload_is_counted_and_dropped_without_the_commands() {
    let (mut master, name) = pty();
    let mut bench = Bench::new(&name, 115_200);
    bench.open();
    let mut queued = 0;
    let mut taken = 0;
    // Until the pty is full.
    loop {
        let mut block = bench.spare.take();
        block.append(&[b'p'; BLOCK_SIZE]);
        bench.tty.write_payload(block);
        queued += BLOCK_SIZE;
        taken += usize::try_from(bench.send().unwrap().payload).unwrap();
        assert_eq!(bench.tty.payload_queued(), queued - taken);
        if taken < queued {
            break;
        }
    }
    bench.tty.write(b"+++".to_vec());
    bench.tty.drop_payload(&mut bench.spare);
    assert_eq!(bench.tty.payload_queued(), 0);
    let mut there = vec![0; taken];
    master.read_exact(&mut there).unwrap();
    assert!(there.iter().all(|byte| *byte == b'p'));
    assert_eq!(bench.send().unwrap().payload, 0);
    let mut escape = [0; 3];
    master.read_exact(&mut escape).unwrap();
    assert_eq!(&escape, b"+++");
}

#[test]
fn a_flush_discards_received_and_unsent_bytes() {
    let (mut master, name) = pty();
    let mut bench = Bench::new(&name, 115_200);
    bench.open();
    master.write_all(b"old").unwrap();
    bench.tty.write(b"unsent".to_vec());
    bench.tty.drain();
    bench.tty.flush(bench.now, &mut bench.spare).unwrap();
    let mut buffer = [0; 16];
    assert_eq!(bench.tty.read(&mut buffer), Reading::Nothing);
    assert!(bench.send().unwrap().drained, "marks are kept");
    bench.tty.write(b"new".to_vec());
    bench.send().unwrap();
    assert_eq!(master.read(&mut buffer).unwrap(), 3);
    assert_eq!(&buffer[..3], b"new");
}

#[test]
fn a_port_that_was_hung_up_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("tty");
    let device = link.to_str().unwrap().to_owned();
    let mut bench = Bench::new(&device, 115_200);
    let Some(Opening::Failed(reason)) = bench.open() else {
        panic!("there is nothing to open");
    };
    assert!(reason.starts_with(&device), "{reason}");
    // The next attempt is made after a pause, and the same failure is not reported twice.
    assert_eq!(bench.open(), None);
    let mut pauses = Vec::new();
    for _ in 0..8 {
        let due = bench.tty.deadline().unwrap();
        pauses.push(due - bench.now);
        bench.now = due;
        assert_eq!(bench.open(), None);
    }
    assert_eq!(pauses[0], Duration::from_millis(50));
    assert_eq!(pauses[7], Duration::from_secs(2));

    for _ in 0..2 {
        let (master, name) = pty();
        std::os::unix::fs::symlink(&name, &link).unwrap();
        bench.now = bench.tty.deadline().unwrap();
        assert_eq!(bench.open(), Some(Opening::Opened(false)));
        drop(master);
        let mut buffer = [0; 16];
        let Reading::Gone(reason) = bench.tty.read(&mut buffer) else {
            panic!("the master is closed");
        };
        assert!(reason.starts_with(&device), "{reason}");
        let registry = bench.poll.registry();
        bench.tty.close(bench.now, registry, &mut bench.spare);
        bench.tty.write(b"not sent".to_vec());
        assert_eq!(bench.send(), Ok(Progress::default()));
        std::fs::remove_file(&link).unwrap();
    }
}

#[test]
fn a_port_that_fails_as_soon_as_it_is_open_is_opened_ever_more_rarely() {
    let (_master, name) = pty();
    let mut bench = Bench::new(&name, 115_200);
    let mut opened = 0;
    let end = bench.now + Duration::from_secs(300);
    while bench.now < end {
        if let Some(due) = bench.tty.deadline() {
            bench.now = bench.now.max(due);
        }
        assert_eq!(bench.open(), Some(Opening::Opened(false)));
        opened += 1;
        bench.wait(Duration::from_millis(2));
        bench
            .tty
            .close(bench.now, bench.poll.registry(), &mut bench.spare);
    }
    assert!(opened < 20, "{opened} times in five minutes");
}

#[test]
fn bytes_that_nobody_takes_do_not_delay_the_close() {
    let (_master, name) = pty();
    let mut bench = Bench::new(&name, 115_200);
    bench.open();
    // More than the pty takes: the master reads nothing, as a module that holds CTS.
    bench.tty.write(vec![b'x'; 200_000]);
    let _ = bench.send();
    let begin = Instant::now();
    bench
        .tty
        .close(bench.now, bench.poll.registry(), &mut bench.spare);
    assert!(begin.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_second_opener_is_refused_and_leaves_the_port_exclusive() {
    let (_master, name) = pty();
    let mut first = Bench::new(&name, 115_200);
    assert_eq!(first.open(), Some(Opening::Opened(false)));
    for _ in 0..3 {
        let mut second = Bench::new(&name, 115_200);
        let refused = super::holders::refusal(&name, None);
        assert_eq!(second.open(), Some(Opening::Failed(refused)));
        assert!(is_exclusive(&name), "the first one's lock is gone");
    }
    first
        .tty
        .close(first.now, first.poll.registry(), &mut first.spare);
    let mut second = Bench::new(&name, 115_200);
    assert_eq!(second.open(), Some(Opening::Opened(false)));
    assert!(is_exclusive(&name));
}

/// Whether the kernel says that the port is in exclusive use. Root can open it nevertheless.
fn is_exclusive(device: &str) -> bool {
    let port = std::fs::File::open(device);
    port.is_err() || super::ioctl::is_exclusive(port.unwrap().as_fd())
}
