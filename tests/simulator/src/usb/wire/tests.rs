//! Decoding of complete, fragmented and invalid messages; encoding of replies.

use super::*;

/// A CMD_SUBMIT header.
fn submit(seqnum: u32, direction: u32, endpoint: u32, length: u32, setup: [u8; 8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in [
        1, seqnum, 0x1_0001, direction, endpoint, 0x200, length, 0, 0, 0,
    ] {
        bytes.extend_from_slice(&u32::to_be_bytes(word));
    }
    bytes.extend_from_slice(&setup);
    bytes
}

fn unlink(seqnum: u32, victim: u32) -> Vec<u8> {
    [2, seqnum, 0x1_0001, 0, 0, victim, 0, 0, 0, 0, 0, 0]
        .into_iter()
        .flat_map(u32::to_be_bytes)
        .collect()
}

fn decode_all(decoder: &mut Decoder) -> Vec<Command> {
    let mut commands = Vec::new();
    while let Some(command) = decoder.next_command().expect("a good stream") {
        commands.push(command);
    }
    commands
}

#[test]
fn decoding_does_not_depend_on_fragmentation() {
    let setup = [0x80, 6, 0, 1, 0, 0, 18, 0];
    let mut stream = submit(7, 1, 0, 18, setup);
    stream.extend(submit(8, 0, 3, 4, [0; 8]));
    stream.extend(b"AT\r\n");
    stream.extend(unlink(9, 7));
    stream.extend(submit(10, 0, 3, 0, [0; 8]));
    let expected = vec![
        Command::Submit(Submit {
            seqnum: 7,
            endpoint: 0,
            transfer: Transfer::In(18),
            setup,
        }),
        Command::Submit(Submit {
            seqnum: 8,
            endpoint: 3,
            transfer: Transfer::Out(b"AT\r\n".to_vec()),
            setup: [0; 8],
        }),
        Command::Unlink {
            seqnum: 9,
            victim: 7,
        },
        Command::Submit(Submit {
            seqnum: 10,
            endpoint: 3,
            transfer: Transfer::Out(vec![]),
            setup: [0; 8],
        }),
    ];
    for split in 0..=stream.len() {
        let (head, tail) = stream.split_at(split);
        let mut decoder = Decoder::default();
        decoder.push(head);
        let mut commands = decode_all(&mut decoder);
        decoder.push(tail);
        commands.extend(decode_all(&mut decoder));
        assert_eq!(commands, expected, "split at {split}");
    }
    let mut decoder = Decoder::default();
    let mut commands = Vec::new();
    for byte in stream {
        decoder.push(&[byte]);
        commands.extend(decode_all(&mut decoder));
    }
    assert_eq!(commands, expected);
}

#[test]
fn invalid_messages_are_errors() {
    let error_of = |bytes: Vec<u8>| {
        let mut decoder = Decoder::default();
        decoder.push(&bytes);
        decoder.next_command().expect_err("an error")
    };
    let mut command = submit(1, 1, 0, 0, [0; 8]);
    command[3] = 9;
    assert_eq!(error_of(command), WireError::UnknownCommand(9));
    assert_eq!(
        error_of(submit(1, 2, 0, 0, [0; 8])),
        WireError::UnknownDirection(2)
    );
    assert_eq!(
        error_of(submit(1, 0, 16, 0, [0; 8])),
        WireError::UnknownEndpoint(16)
    );
    assert_eq!(
        error_of(submit(1, 0, 1, 65_537, [0; 8])),
        WireError::TooLong(65_537)
    );
    let mut isochronous = submit(1, 0, 1, 8, [0; 8]);
    isochronous[35] = 4;
    assert_eq!(error_of(isochronous), WireError::Isochronous(4));
}

#[test]
fn accepts_all_ones_as_not_isochronous() {
    let mut newer = submit(1, 1, 2, 512, [0; 8]);
    newer[32..36].copy_from_slice(&[0xff; 4]);
    let mut decoder = Decoder::default();
    decoder.push(&newer);
    assert!(decoder.next_command().expect("good").is_some());
}

#[test]
fn replies_have_the_layout_the_kernel_expects() {
    let mut out = Vec::new();
    encode_in_reply(&mut out, 0x0102_0304, Status::Success, b"OK");
    let mut expected = vec![0, 0, 0, 3, 1, 2, 3, 4];
    expected.extend([0; 12]);
    expected.extend([0, 0, 0, 0, 0, 0, 0, 2]);
    expected.extend([0; 20]);
    expected.extend(b"OK");
    assert_eq!(out, expected);

    out.clear();
    encode_out_reply(&mut out, 5, Status::Stall, 0);
    assert_eq!(out.len(), 48);
    assert_eq!(out[20..24], [0xff, 0xff, 0xff, 0xe0], "-EPIPE");

    out.clear();
    encode_unlink_reply(&mut out, 6, Status::Unlinked);
    assert_eq!(out[..8], [0, 0, 0, 4, 0, 0, 0, 6]);
    assert_eq!(out[20..24], [0xff, 0xff, 0xff, 0x98], "-ECONNRESET");
}
