//! The kernel's USB/IP messages, for tests. IN transfers have odd sequence numbers here, OUT
//! transfers even ones.

/// Splits replies into (command, sequence number, status, data).
pub fn split(mut rest: &[u8]) -> Vec<(u32, u32, i32, Vec<u8>)> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let word = |at: usize| u32::from_be_bytes(rest[at..at + 4].try_into().expect("four bytes"));
        let (command, seqnum, status, length) =
            (word(0), word(4), word(20).cast_signed(), word(24) as usize);
        let data = if command == 3 && seqnum % 2 == 1 {
            rest[48..48 + length].to_vec()
        } else {
            vec![]
        };
        rest = &rest[48 + data.len()..];
        found.push((command, seqnum, status, data));
    }
    found
}

fn header(words: [u32; 10], setup: [u8; 8]) -> Vec<u8> {
    words
        .into_iter()
        .flat_map(u32::to_be_bytes)
        .chain(setup)
        .collect()
}

/// An IN transfer: the host reads up to `room` bytes.
pub fn read(seqnum: u32, endpoint: u32, room: u32) -> Vec<u8> {
    assert_eq!(seqnum % 2, 1);
    header([1, seqnum, 0, 1, endpoint, 0, room, 0, 0, 0], [0; 8])
}

/// An OUT transfer: the host writes `data`.
pub fn write(seqnum: u32, endpoint: u32, data: &[u8]) -> Vec<u8> {
    assert_eq!(seqnum % 2, 0);
    let mut bytes = header(
        [1, seqnum, 0, 0, endpoint, 0, data.len() as u32, 0, 0, 0],
        [0; 8],
    );
    bytes.extend(data);
    bytes
}

/// A request on endpoint 0.
pub fn control(seqnum: u32, setup: [u8; 8]) -> Vec<u8> {
    let direction = u32::from(setup[0] >> 7);
    assert_eq!(direction, seqnum % 2);
    header(
        [1, seqnum, 0, direction, 0, 0, u32::from(setup[6]), 0, 0, 0],
        setup,
    )
}

/// The host cancels the transfer `victim`.
pub fn unlink(seqnum: u32, victim: u32) -> Vec<u8> {
    header([2, seqnum, 0, 0, 0, victim, 0, 0, 0, 0], [0; 8])
}
