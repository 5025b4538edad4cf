//! Input that no manual describes: garbage, floods, lines of any length.

use super::run::{all_ways, check, check_lines, go_on, lines, once};
use crate::at::command::file::ListStored;
use crate::at::command::ftp::{Status, TransferLength};
use crate::at::command::identity::SerialNumber;
use crate::at::command::serial::Attention;
use crate::at::{Awaited, Channel, Command, Event, Outcome, Urc};

const OK: &[u8] = b"\r\nOK\r\n";

fn unexpected(text: &str) -> Event {
    Event::Unexpected(text.into())
}

/// The first characters after power-up are garbage (docs/module/quirks.md S9).
#[test]
fn garbage_before_the_answer() {
    let wire = [b"\xff\xfe\0\x80garbage\r\n", OK].concat();
    let seen = check(&Attention, "AT", &wire, Ok(()));
    assert_eq!(seen.events.len(), 1);
    let wire = [b"\0\0\0", OK].concat();
    let seen = check(&Attention, "AT", &wire, Ok(()));
    assert_eq!(seen.events, []);
}

/// Glued and doubled line ends (docs/module/at-serial.md §4, docs/module/quirks.md S6, S7).
#[test]
fn line_ends() {
    let wires: [&[u8]; 6] = [
        b"OK\r+QFTPLEN: 0,550\r",
        b"\r\nOK\r\n+QFTPLEN: 0,550\r\n",
        b"\r\n\r\n\r\nOK\r\n\r\n\r\n\r\n+QFTPLEN: 0,550\r\n\r\n",
        b"\nOK\n+QFTPLEN: 0,550\n",
        b"\r\r\nOK\r\r\n\r\r\n+QFTPLEN:0,550\r\r\n",
        b"\r\nO\0K\r\n\0\r\n+QFTPLEN: 0,550\r\n",
    ];
    for wire in wires {
        check_lines(&TransferLength, "AT+QFTPLEN", wire, Ok(550));
    }
}

/// A line of any length takes bounded memory and does not affect the exchange.
#[test]
fn over_long_lines() {
    let wire = [&b"x".repeat(2000)[..], b"\r\n", OK].concat();
    let seen = check(&Attention, "AT", &wire, Ok(()));
    assert_eq!(seen.events, [unexpected("a line of 2000 bytes")]);
}

/// Only an exact echo is dropped, and only once.
#[test]
fn echoes() {
    let wire = [b"AT\r", OK].concat();
    assert_eq!(
        all_ways("AT+X", Attention.conversation(), &wire).events,
        [unexpected("AT")]
    );
    let wire = [b"AT\rAT\r", OK].concat();
    let (seen, _) = once("AT", Attention.conversation(), [&wire[..]]);
    assert_eq!(seen.events, [unexpected("AT")]);
    // Late, after the final result (the next command was sent too early, or twice).
    let (seen, mut channel) = once("AT", Attention.conversation(), [OK]);
    assert!(seen.answer.is_some());
    assert_eq!(
        go_on(&mut channel, [&b"AT\r"[..]]).events,
        [unexpected("AT")]
    );
}

/// Without an outstanding command, final results and answers are unexpected, FTP results late.
#[test]
fn lines_without_an_outstanding_command() {
    let mut channel = Channel::new();
    let wire = lines([
        "OK",
        "ERROR",
        "+CSQ: 20,99",
        "+QFTPGET: 627,550",
        "RDY",
        "weather",
    ]);
    let seen = go_on(&mut channel, [&wire[..]]);
    let late = Urc::Late {
        prefix: "+QFTPGET".into(),
        text: "627,550".into(),
    };
    let expected = [
        unexpected("OK"),
        Event::Refused,
        unexpected("+CSQ: … (11 bytes)"),
        Event::Urc(late),
        Event::Urc(Urc::Ready),
        unexpected("a line of 7 bytes"),
    ];
    assert_eq!(seen.events, expected);
    assert_eq!(channel.waiting(), Awaited::Nothing);
}

/// A flood of garbage makes a few events, and a few more only after a line that was understood.
#[test]
fn floods() {
    let flood = b"garbage\r\n".repeat(10_000);
    let mut channel = Channel::new();
    let seen = go_on(&mut channel, [&flood[..]]);
    assert_eq!(seen.events.len(), 8);
    let seen = go_on(&mut channel, [b"RDY\r\n", &flood[..]]);
    assert_eq!(seen.events.len(), 9);
}

/// An answer with more information lines than may be kept is a failure, never a truncated answer.
#[test]
fn too_much_information() {
    let line = "+QFLST: \"some_name.txt\",1000\r\n";
    for (count, fits) in [(2000, true), (3000, false)] {
        let wire = [line.repeat(count).as_bytes(), OK].concat();
        let command = ListStored::all();
        let (seen, _) = once("AT+QFLST=\"*\"", command.conversation(), wire.chunks(1000));
        let answer = seen.answer.unwrap();
        assert_eq!(answer.outcome == Outcome::TooMuch, !fits);
        assert!(answer.lines.len() < 2500);
        let read = command.read(answer);
        assert_eq!(read.is_ok_and(|files| files.len() == count), fits);
    }
}

/// CONNECT to a command that does not use data mode.
#[test]
fn connect_in_command_mode() {
    let text = "QFTPSTAT: the module entered data mode unexpectedly";
    check(&Status, "AT+QFTPSTAT", b"\r\nCONNECT\r\n", Err(text));
    let (seen, channel) = once("", Attention.conversation(), [&b"\r\nCONNECTED\r\n"[..]]);
    assert_eq!((seen.answer, channel.in_data()), (None, false));
}

/// An answer without a prefix is the last line that fits.
#[test]
fn bare_text_after_garbage() {
    let wire = lines(["rubbish", "866425030000000", "OK"]);
    check(
        &SerialNumber,
        "AT+CGSN",
        &wire,
        Ok("866425030000000".into()),
    );
}
