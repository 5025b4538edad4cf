//! Target `exchange`: one AT command and what the module sends for it.
//!
//! The first line of an input says which command (its first byte) and in which pieces the rest
//! comes (each further byte is a length). The result must not depend on the pieces.

use crate::bounds::bounded;
use crate::texts;
use modem_ftp_core::api::payload_sink::PayloadSink;
use modem_ftp_core::at::command::file::{ReadOpen, Store};
use modem_ftp_core::at::command::ftp::{
    ChangeDirectory, Get, LISTING_LIMIT, List, MachineList, NameList, Put, Rename, Segment,
    SettingQuery, Size, Status, TransferLength, WorkingDirectory,
};
use modem_ftp_core::at::command::identity::Model;
use modem_ftp_core::at::command::network::{PinStatus, RegistrationStatusOf};
use modem_ftp_core::at::command::raw::Raw;
use modem_ftp_core::at::quote::{FileName, RemotePath};
use modem_ftp_core::at::urc::Domain;
use modem_ftp_core::at::{Answer, Awaited, Channel, Command, Event, Outcome};
use std::time::Duration;

/// Reads an input.
pub fn run(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n');
    let (head, wire) = input.split_at(end.map_or(input.len(), |end| end + 1));
    let Some((which, widths)) = head.trim_ascii_end().split_first() else {
        return;
    };
    match which {
        b'a' => check(&Model, wire, widths),
        b'b' => check(&PinStatus, wire, widths),
        b'c' => check(&Status, wire, widths),
        b'd' => check(&Put::stream(path("f"), 0, None), wire, widths),
        b'e' => check(
            &Put::stream(
                path("f"),
                0,
                Some(Segment {
                    length: 5,
                    last: true,
                }),
            ),
            wire,
            widths,
        ),
        b'f' => check(&Store::new(file(), 5, true), wire, widths),
        b'g' => check(&Get::stream(path("f"), 0, 5), wire, widths),
        b'h' => check(&List { path: path("f") }, wire, widths),
        b'i' => check(&MachineList { path: path("f") }, wire, widths),
        b'j' => check(&NameList { path: path("f") }, wire, widths),
        b'k' => check(
            &ReadOpen {
                handle: 0,
                length: 5,
            },
            wire,
            widths,
        ),
        b'l' => check(&Size { path: path("f") }, wire, widths),
        b'm' => check(&WorkingDirectory, wire, widths),
        b'n' => check(&TransferLength, wire, widths),
        b'o' => check(&ChangeDirectory { path: path("f") }, wire, widths),
        b'p' => check(
            &Rename {
                from: path("f"),
                to: path("g"),
            },
            wire,
            widths,
        ),
        b'q' => check(
            &RegistrationStatusOf {
                domain: Domain::Lte,
            },
            wire,
            widths,
        ),
        b'r' => check(&SettingQuery { key: "account" }, wire, widths),
        b's' => raw(wire, widths),
        _ => {}
    }
}

/// A path of a command.
pub fn path(text: &str) -> RemotePath {
    RemotePath::new("path", text).unwrap()
}

/// A file on the module.
pub fn file() -> FileName {
    FileName::new("file", "f").unwrap()
}

/// What came out of a channel.
#[derive(Debug, Default, PartialEq)]
pub struct Seen {
    events: Vec<Event>,
    data: Vec<u8>,
    answer: Option<Answer>,
    waiting: Option<Awaited>,
    in_data: bool,
}

/// Keeps the data of an exchange.
#[derive(Debug, Default)]
pub struct Kept(pub Vec<u8>);

impl PayloadSink for Kept {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

fn check<C: Command>(command: &C, wire: &[u8], widths: &[u8]) {
    let Some(answer) = answer(command, wire, widths) else {
        return;
    };
    let good = matches!(answer.outcome, Outcome::Ok | Outcome::Missing);
    match command.read(answer) {
        Ok(_) => assert!(good, "a failed command is read as a success"),
        Err(failure) => texts::check(&failure.text),
    }
}

/// A user's own command line: its answer is also an `ERROR`.
fn raw(wire: &[u8], widths: &[u8]) {
    let command = Raw::new("AT+X", Duration::ZERO).unwrap();
    let Some(answer) = answer(&command, wire, widths) else {
        return;
    };
    if let Err(failure) = command.read(answer) {
        texts::check(&failure.text);
    }
}

fn answer<C: Command>(command: &C, wire: &[u8], widths: &[u8]) -> Option<Answer> {
    let (whole, pieces) = bounded(wire.len(), || {
        let whole = once(command, std::iter::once(wire));
        (
            whole,
            once(
                command,
                Pieces {
                    wire,
                    widths,
                    at: 0,
                },
            ),
        )
    });
    assert_eq!(whole, pieces, "it depends on the pieces");
    assert!(whole.data.len() <= wire.len());
    assert!(whole.events.len() <= wire.len() + 2);
    whole.events.iter().for_each(event);
    let answer = whole.answer?;
    assert!(answer.received <= wire.len() as u64);
    assert!(answer.data.len() <= wire.len().min(LISTING_LIMIT));
    let lines: usize = answer.lines.iter().map(|line| line.len()).sum();
    assert!(lines <= wire.len() * 3, "U+FFFD has three bytes");
    Some(answer)
}

/// What must hold of an event.
pub fn event(event: &Event) {
    if let Event::Unexpected(text) = event {
        // It may be the damaged echo of a password: only words of the module may be quoted.
        let is_harmless = |c: char| c.is_ascii_alphanumeric() || " +:…()".contains(c);
        assert!(
            text.chars().count() <= 64 && text.chars().all(is_harmless),
            "{text:?}"
        );
    }
}

fn once<'a, C: Command>(command: &C, pieces: impl Iterator<Item = &'a [u8]>) -> Seen {
    let mut line = String::new();
    command.write(&mut line);
    let mut channel = Channel::new();
    channel.begin(&line, command.conversation());
    let mut seen = Seen::default();
    let mut kept = Kept::default();
    for piece in pieces {
        channel.receive(piece, &mut kept);
        note(&mut channel, &mut seen);
    }
    if let Some(answer) = channel.quiet() {
        assert_eq!(seen.answer, None, "two answers");
        // The ending was delivered as data at first.
        kept.0.truncate(usize::try_from(answer.received).unwrap());
        seen.answer = Some(answer);
        note(&mut channel, &mut seen);
    }
    seen.data = kept.0;
    seen.waiting = Some(channel.waiting());
    seen.in_data = channel.in_data();
    seen
}

fn note(channel: &mut Channel, seen: &mut Seen) {
    while let Some(event) = channel.poll() {
        match event {
            Event::Finished(answer) => {
                assert_eq!(seen.answer, None, "two answers");
                seen.answer = Some(answer);
            }
            other => seen.events.push(other),
        }
    }
}

/// The bytes in pieces of these lengths, again and again; byte by byte if there are none.
struct Pieces<'a> {
    wire: &'a [u8],
    widths: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.wire.is_empty() {
            return None;
        }
        let width = match self.widths.len() {
            0 => 1,
            count => usize::from(self.widths[self.at % count] % 32).max(1),
        };
        self.at += 1;
        let (piece, rest) = self.wire.split_at(width.min(self.wire.len()));
        self.wire = rest;
        Some(piece)
    }
}
