//! Runs a dialogue all ways and checks that it means the same each time.

use std::fmt::Debug;

use crate::api::payload_sink::PayloadSink;
use crate::at::quote::{FileName, LocalName, RemotePath};
use crate::at::{Answer, Awaited, Channel, Command, Conversation, Event};

/// What was seen of one exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub events: Vec<Event>,
    pub data: Vec<u8>,
    /// The answer, whether it came by itself or by the line being quiet.
    pub answer: Option<Answer>,
}

struct Store(Vec<u8>);

impl PayloadSink for Store {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// One exchange, the module's bytes in these pieces. Behind them the line is quiet.
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

/// The same with a channel that has begun something.
pub fn go_on<'a>(channel: &mut Channel, pieces: impl IntoIterator<Item = &'a [u8]>) -> Seen {
    let mut seen = Seen::default();
    let mut store = Store(Vec::new());
    for piece in pieces {
        channel.receive(piece, &mut store);
        while let Some(event) = channel.poll() {
            take(&mut seen, event);
        }
    }
    if let Some(answer) = channel.quiet() {
        assert_eq!(seen.answer, None, "two answers");
        // What was taken for data at first is not.
        let data = usize::try_from(answer.received).unwrap().min(store.0.len());
        store.0.truncate(data);
        seen.answer = Some(answer);
        while let Some(event) = channel.poll() {
            take(&mut seen, event);
        }
    }
    seen.data = store.0;
    seen
}

fn take(seen: &mut Seen, event: Event) {
    match event {
        Event::Finished(answer) => {
            assert_eq!(seen.answer, None, "two answers");
            seen.answer = Some(answer);
        }
        other => seen.events.push(other),
    }
}

/// All ways to cut `bytes`: whole, byte by byte, in two at every position.
pub fn cuts(bytes: &[u8]) -> Vec<Vec<&[u8]>> {
    let mut cuts = vec![vec![bytes], bytes.chunks(1).collect()];
    for at in 1..bytes.len() {
        let (first, second) = bytes.split_at(at);
        cuts.push(vec![first, second]);
    }
    cuts
}

/// Runs an exchange all ways, with and without echo; what is seen must always be the same.
pub fn all_ways(line: &str, conversation: Conversation, wire: &[u8]) -> Seen {
    let echoed = [format!("{line}\r").as_bytes(), wire].concat();
    let (expected, channel) = once(line, conversation, [wire]);
    if expected.answer.is_some() {
        assert_eq!(channel.waiting(), Awaited::Nothing);
    }
    for wire in [wire, &echoed] {
        for cut in cuts(wire) {
            let (seen, _) = once(line, conversation, cut.iter().copied());
            assert_eq!(seen, expected, "{line} cut as {cut:?}");
        }
    }
    expected
}

/// Checks a command: its line, and what it reads from the wire, all ways; with `Err` the text of
/// the failure. Returns what was seen.
pub fn check<C>(command: &C, line: &str, wire: &[u8], reply: Result<C::Reply, &str>) -> Seen
where
    C: Command,
    C::Reply: PartialEq + Debug,
{
    let mut written = String::new();
    command.write(&mut written);
    assert_eq!(written, line);
    let seen = all_ways(line, command.conversation(), wire);
    let answer = seen.answer.clone().expect("the exchange is over");
    let read = command.read(answer);
    let read = read.as_ref().map_err(|failure| failure.text.as_str());
    assert_eq!(read, reply.as_ref().map_err(|text| *text), "{line}");
    seen
}

/// As [`check`], for an exchange of lines only: also with URCs before, between and behind them,
/// which are all told and change nothing.
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
        // The command's own name among the URCs is its answer.
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

/// Wire form of lines, each between CR LF.
pub fn lines<const N: usize>(lines: [&str; N]) -> Vec<u8> {
    let framed = lines.map(|line| format!("\r\n{line}\r\n"));
    framed.concat().into_bytes()
}
