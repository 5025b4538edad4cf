//! Runs an exchange with its input split in all ways, and checks that the result is the same.

use std::fmt::Debug;

use crate::api::payload_sink::PayloadSink;
use crate::at::quote::{FileName, LocalName, RemotePath};
use crate::at::{Answer, Awaited, Channel, Command, Conversation, Event};

/// The results of one exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub events: Vec<Event>,
    pub data: Vec<u8>,
    /// The answer, ended by a line or by silence.
    pub answer: Option<Answer>,
}

struct Store(Vec<u8>);

impl PayloadSink for Store {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// Runs an exchange. The bytes are received in these pieces; silence follows.
pub fn once<'a>(
    line: &str,
    conversation: Conversation,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Seen, Channel) {
    let mut channel = Channel::new();
    channel.begin(line, conversation);
    let seen = go_on(&mut channel, pieces);
    (seen, channel)
}

/// The same with a channel that has already begun an exchange.
pub fn go_on<'a>(channel: &mut Channel, pieces: impl IntoIterator<Item = &'a [u8]>) -> Seen {
    let mut seen = Seen::default();
    let mut store = Store(Vec::new());
    for piece in pieces {
        channel.receive(piece, &mut store);
        while let Some(event) = channel.poll() {
            record(&mut seen, event);
        }
    }
    if let Some(answer) = channel.quiet() {
        assert_eq!(seen.answer, None, "two answers");
        // The ending was delivered as data at first.
        let data = usize::try_from(answer.received).unwrap().min(store.0.len());
        store.0.truncate(data);
        seen.answer = Some(answer);
        while let Some(event) = channel.poll() {
            record(&mut seen, event);
        }
    }
    seen.data = store.0;
    seen
}

fn record(seen: &mut Seen, event: Event) {
    match event {
        Event::Finished(answer) => {
            assert_eq!(seen.answer, None, "two answers");
            seen.answer = Some(answer);
        }
        other => seen.events.push(other),
    }
}

/// All ways to split `bytes`: whole, byte by byte, in two at every position.
pub fn splits(bytes: &[u8]) -> Vec<Vec<&[u8]>> {
    let mut splits = vec![vec![bytes], bytes.chunks(1).collect()];
    for at in 1..bytes.len() {
        let (first, second) = bytes.split_at(at);
        splits.push(vec![first, second]);
    }
    splits
}

/// Runs an exchange in all ways, with and without echo; the results must be the same.
pub fn all_ways(line: &str, conversation: Conversation, wire: &[u8]) -> Seen {
    let echoed = [format!("{line}\r").as_bytes(), wire].concat();
    let (expected, channel) = once(line, conversation, [wire]);
    if expected.answer.is_some() {
        assert_eq!(channel.waiting(), Awaited::Nothing);
    }
    for wire in [wire, &echoed] {
        for split in splits(wire) {
            let (seen, _) = once(line, conversation, split.iter().copied());
            assert_eq!(seen, expected, "{line} split as {split:?}");
        }
    }
    expected
}

/// Checks a command: its command line, and what it reads from `wire` in all ways (`Err` is the text
/// of the failure). Returns the results.
pub fn check<C>(command: &C, line: &str, wire: &[u8], reply: Result<C::Reply, &str>) -> Seen
where
    C: Command,
    C::Reply: PartialEq + Debug,
{
    let mut written = String::new();
    command.write(&mut written);
    assert_eq!(written, line);
    let seen = all_ways(line, command.conversation(), wire);
    let answer = seen.answer.clone().expect("the exchange is complete");
    let read = command.read(answer);
    let read = read.as_ref().map_err(|failure| &*failure.text);
    assert_eq!(read, reply.as_ref().map_err(|text| *text), "{line}");
    seen
}

/// As [`check`], for an exchange of lines only: also with URCs before, between and after the lines,
/// which are all reported and change nothing.
pub fn check_lines<C>(command: &C, line: &str, wire: &[u8], reply: Result<C::Reply, &str>)
where
    C: Command,
    C::Reply: PartialEq + Debug + Clone,
{
    let seen = check(command, line, wire, reply.clone());
    assert_eq!(seen.events, [], "{line}");
    let urcs: [(&[u8], usize); 3] = [
        (b"\r\n+CEREG: 2\r\n", 1),
        (b"\r\nRDY\r\n\r\n+CFUN: 1\r\n", 2),
        (b"\r\n+QFTPGET: 627,550\r\n", 1),
    ];
    for (urc, count) in urcs {
        // A URC with the command's own prefix would be its answer.
        let name = C::NAME;
        if String::from_utf8_lossy(urc).contains(&format!("+{name}:")) {
            continue;
        }
        let mut noisy = urc.to_vec();
        let mut ends = 1;
        for line in wire.split_inclusive(|byte| *byte == b'\n') {
            noisy.extend_from_slice(line);
            if line.len() > 2 {
                noisy.extend_from_slice(urc);
                ends += 1;
            }
        }
        let seen = check(command, line, &noisy, reply.clone());
        assert_eq!(seen.events.len(), ends * count, "{line}: {:?}", seen.events);
        assert!(
            seen.events
                .iter()
                .all(|event| matches!(event, Event::Urc(_)))
        );
    }
}

pub fn path(text: &str) -> RemotePath {
    RemotePath::new("remote path", text).unwrap()
}

pub fn local(text: &str) -> LocalName {
    LocalName::new("file on the module", text).unwrap()
}

pub fn file(text: &str) -> FileName {
    FileName::new("file on the module", text).unwrap()
}

/// The lines as bytes, each between CR LF.
pub fn lines<const N: usize>(lines: [&str; N]) -> Vec<u8> {
    let framed = lines.map(|line| format!("\r\n{line}\r\n"));
    framed.concat().into_bytes()
}
