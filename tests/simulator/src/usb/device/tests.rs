//! Enumeration, flow control, modem lines and unlinking, with a simulated kernel.

use super::*;
use crate::usb::kernel::{control, read, split, unlink, write};

/// The replies so far.
fn replies(device: &mut Device) -> Vec<(u32, u32, i32, Vec<u8>)> {
    let bytes = device.replies().to_vec();
    device.sent(bytes.len());
    split(&bytes)
}

const AT_IN: u32 = 4;
const AT_OUT: u32 = 3;
const AT_NOTIFICATION: u32 = 5;
const OK: i32 = 0;
const STALL: i32 = -32;

#[test]
fn enumeration_succeeds() {
    let mut device = Device::new("virtual0");
    device
        .receive(&control(1, [0x80, 6, 0, 1, 0, 0, 8, 0]))
        .expect("good");
    device
        .receive(&control(2, [0, 9, 1, 0, 0, 0, 0, 0]))
        .expect("good");
    device
        .receive(&control(3, [0x80, 8, 0, 0, 0, 0, 1, 0]))
        .expect("good");
    device
        .receive(&control(5, [0x80, 6, 0, 15, 0, 0, 5, 0]))
        .expect("good");
    let replies = replies(&mut device);
    assert_eq!(
        replies[0],
        (3, 1, OK, vec![18, 1, 0, 2, 0, 0, 0, 64]),
        "truncated to the requested length"
    );
    assert_eq!(replies[1], (3, 2, OK, vec![]));
    assert_eq!(replies[2], (3, 3, OK, vec![1]));
    assert_eq!(replies[3], (3, 5, STALL, vec![]));
}

#[test]
fn write_completes_when_the_module_has_accepted_all_bytes() {
    let mut device = Device::new("");
    device.receive(&write(2, AT_OUT, b"AT\rAT")).expect("good");
    device.receive(&write(4, AT_OUT, b"I\r")).expect("good");
    assert_eq!(replies(&mut device), []);
    assert_eq!(device.written(), b"AT\rAT");
    device.consume_written(3);
    assert_eq!(replies(&mut device), []);
    assert_eq!(device.written(), b"AT");
    device.consume_written(2);
    assert_eq!(replies(&mut device), [(3, 2, OK, vec![])]);
    assert_eq!(device.written(), b"I\r");
    device.consume_written(2);
    assert_eq!(replies(&mut device), [(3, 4, OK, vec![])]);
    assert_eq!(device.written(), b"");
}

#[test]
fn bytes_for_the_host_are_buffered_up_to_a_limit() {
    let mut device = Device::new("");
    let all = vec![b'x'; 5000];
    assert_eq!(device.queue_to_host(&all), 4096);
    assert_eq!((device.room(), device.queue_to_host(b"y")), (0, 0));
    assert_eq!(replies(&mut device), []);
    device.receive(&read(1, AT_IN, 4000)).expect("good");
    device.receive(&read(3, AT_IN, 4000)).expect("good");
    device.receive(&read(5, AT_IN, 4000)).expect("good");
    let replies = replies(&mut device);
    assert_eq!(
        replies
            .iter()
            .map(|reply| reply.3.len())
            .collect::<Vec<_>>(),
        [4000, 96]
    );
    assert_eq!(device.room(), 4096);
}

#[test]
fn unlinked_transfer_gets_no_reply() {
    let mut device = Device::new("");
    device.receive(&read(1, AT_IN, 100)).expect("good");
    device.receive(&unlink(2, 1)).expect("good");
    device.receive(&unlink(4, 1)).expect("good");
    device.queue_to_host(b"late");
    assert_eq!(
        replies(&mut device),
        [(4, 2, -104, vec![]), (4, 4, OK, vec![])]
    );
    device.receive(&read(3, AT_IN, 100)).expect("good");
    assert_eq!(replies(&mut device), [(3, 3, OK, b"late".to_vec())]);
}

#[test]
fn dtr_pulse_is_reported_as_two_changes() {
    let mut device = Device::new("");
    let state = |seqnum, value| control(seqnum, [0x21, 0x22, value, 0, 2, 0, 0, 0]);
    let mut burst = state(2, 3);
    burst.extend(state(4, 3));
    burst.extend(state(6, 2));
    burst.extend(state(8, 3));
    burst.extend(control(10, [0x21, 0x22, 0, 0, 3, 0, 0, 0])); // the modem port, not the AT port
    device.receive(&burst).expect("good");
    let changes: Vec<_> = std::iter::from_fn(|| device.poll_lines())
        .map(|lines| (lines.dtr, lines.rts))
        .collect();
    assert_eq!(changes, [(true, true), (false, true), (true, true)]);
    assert_eq!(replies(&mut device).len(), 5);
}

#[test]
fn modem_lines_are_reported_once_per_change() {
    let mut device = Device::new("");
    device.receive(&read(1, AT_NOTIFICATION, 16)).expect("good");
    device.receive(&read(3, AT_NOTIFICATION, 16)).expect("good");
    assert_eq!(
        replies(&mut device),
        [(3, 1, OK, vec![0xa1, 0x20, 0, 0, 2, 0, 2, 0, 0, 0])]
    );
    device.set_lines(DeviceLines {
        dcd: true,
        dsr: true,
        ri: false,
    });
    assert_eq!(
        replies(&mut device),
        [(3, 3, OK, vec![0xa1, 0x20, 0, 0, 2, 0, 2, 0, 3, 0])]
    );
    device.set_lines(DeviceLines {
        dcd: true,
        dsr: true,
        ri: true,
    });
    device.receive(&read(5, AT_NOTIFICATION, 16)).expect("good");
    assert_eq!(replies(&mut device)[0].3[8], 11);
}

#[test]
fn other_interfaces_discard_writes_and_send_nothing() {
    let mut device = Device::new("");
    device.receive(&write(2, 1, b"diagnostics")).expect("good");
    device.receive(&write(4, 4, b"AT\r")).expect("good");
    device.receive(&read(1, 6, 64)).expect("good");
    assert_eq!(
        replies(&mut device),
        [(3, 2, OK, vec![]), (3, 4, OK, vec![])]
    );
    assert_eq!(device.written(), b"");
    device
        .receive(&write(6, 9, b"no such endpoint"))
        .expect("good");
    device.receive(&read(3, 3, 16)).expect("good"); // the NMEA interface's lines, all low
    let all_low = vec![0xa1, 0x20, 0, 0, 1, 0, 2, 0, 0, 0];
    assert_eq!(
        replies(&mut device),
        [(3, 6, STALL, vec![]), (3, 3, OK, all_low)]
    );
}

#[test]
fn more_than_64_pending_transfers_are_stalled() {
    let mut device = Device::new("");
    for number in 0..65 {
        device
            .receive(&read(number * 2 + 1, AT_IN, 10))
            .expect("good");
    }
    assert_eq!(replies(&mut device), [(3, 129, STALL, vec![])]);
}
