//! Payload on its way to a file and to a pipe.

use super::*;
use crate::files::{Disk, Owner};

fn lane() -> Lane {
    let disk = Disk::new(std::sync::mpsc::channel().0);
    disk.lane(Owner::Daemon, "a file")
}

fn file() -> Arc<SinkFile> {
    let file = tempfile::tempfile().unwrap();
    Arc::new(SinkFile::from_fd(file.into()).unwrap())
}

#[test]
fn payload_is_gathered_into_blocks_with_their_offsets() {
    let (mut buffer, mut blocks) = (ReceiveBuffer::default(), Blocks::default());
    buffer.sink(&mut blocks).write(b"dropped");
    buffer.aim_at_file(Handle(1), &lane(), file(), 7);
    buffer.sink(&mut blocks).write(&[b'a'; 10]);
    assert!(buffer.next_write(false).is_none());
    buffer.sink(&mut blocks).write(&[b'b'; BLOCK_SIZE]);
    let full = buffer.next_write(false).unwrap();
    assert_eq!((full.offset, full.block.len()), (7, BLOCK_SIZE));
    assert!(buffer.next_write(false).is_none());
    let rest = buffer.next_write(true).unwrap();
    assert_eq!(
        (rest.offset, rest.block.as_slice()),
        (7 + BLOCK_SIZE as u64, &[b'b'; 10][..])
    );
    assert!(buffer.next_write(true).is_none());
}

#[test]
fn a_slow_disk_or_pipe_fills_the_buffer() {
    let (mut buffer, mut blocks) = (ReceiveBuffer::default(), Blocks::default());
    buffer.aim_at_file(Handle(1), &lane(), file(), 0);
    for _ in 0..BLOCKS_AT_DISK {
        assert!(!buffer.is_full());
        buffer.sink(&mut blocks).write(&[b'a'; BLOCK_SIZE]);
        assert!(buffer.next_write(false).is_some());
    }
    assert!(buffer.is_full());
    buffer.block_written(buffer.attempt() - 1);
    assert!(buffer.is_full(), "a block of an earlier attempt");
    buffer.block_written(buffer.attempt());
    assert!(!buffer.is_full());
    buffer.sink(&mut blocks).write(&[b'a'; BLOCK_SIZE]);
    assert!(buffer.next_write(false).is_some());
    assert!(buffer.is_full());
    buffer.forget(Handle(1));
    assert!(!buffer.is_full(), "blocks of a forgotten file");

    buffer.aim_at_pipe(Handle(2));
    buffer.sink(&mut blocks).write(&[b'a'; BYTES_FOR_PIPE]);
    assert!(buffer.is_full());
    buffer.written_to_pipe(1);
    assert!(!buffer.is_full());
    assert_eq!(buffer.for_pipe().len(), BYTES_FOR_PIPE - 1);
}

#[test]
fn payload_for_a_forgotten_file_is_dropped() {
    let (mut buffer, mut blocks) = (ReceiveBuffer::default(), Blocks::default());
    buffer.aim_at_pipe(Handle(2));
    buffer.forget(Handle(1));
    assert_eq!(buffer.pipe(), Some(Handle(2)));
    buffer.forget(Handle(2));
    buffer.sink(&mut blocks).write(b"x");
    assert_eq!((buffer.pipe(), buffer.for_pipe().len()), (None, 0));
}
