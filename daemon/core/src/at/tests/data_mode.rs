//! Leaving data mode and exchanges before their end, and having two at once
//! (docs/module/at-ftp.md §1.3, 1.4).

use super::run::{cuts, go_on, lines, local, once, path};
use crate::at::command::ftp::{Get, SessionStatus, Status, TransferLength};
use crate::at::urc::Urc;
use crate::at::{Awaited, Channel, Command, Event, Outcome};

fn get(length: u64) -> (Get, String) {
    let command = Get::stream(path("f"), 0, length);
    (command, format!(r#"AT+QFTPGET="f","COM:",0,{length}"#))
}

fn download(data: &[u8], trailer: &str) -> Vec<u8> {
    [b"\r\nCONNECT\r\n", data, trailer.as_bytes()].concat()
}

/// The host leaves a download: late data is discarded, and nothing in it ends the exchange.
#[test]
fn a_download_that_is_left() {
    let (command, line) = get(100_000);
    let late: &[u8] = b"late\r\nOK\r\ndata\r\n+QFTPGET: 0,5\r\nand more";
    for cut in cuts(&[late, b"\r\nOK\r\n"].concat()) {
        let mut channel = Channel::new();
        channel.begin(&line, command.conversation());
        let seen = go_on(&mut channel, [&download(b"hello", "")[..]]);
        assert_eq!(seen.data, b"hello");
        channel.interrupt();
        assert_eq!(
            (channel.waiting(), channel.in_data()),
            (Awaited::Final, true)
        );
        let seen = go_on(&mut channel, cut);
        assert_eq!((seen.data.as_slice(), seen.answer), (&b""[..], None));
        // No result line follows on some firmware (docs/module/quirks.md F3).
        assert_eq!(
            (channel.waiting(), channel.in_data()),
            (Awaited::Result, false)
        );

        let mut without = Channel::new();
        std::mem::swap(&mut without, &mut channel);
        let answer = without.expire().unwrap();
        assert_eq!((answer.outcome, answer.result), (Outcome::Ok, None));
        assert_eq!(without.waiting(), Awaited::Nothing);
    }
    let mut channel = Channel::new();
    channel.begin(&line, command.conversation());
    go_on(&mut channel, [&download(b"hello", "")[..]]);
    channel.interrupt();
    let wire = b"rest\r\nOK\r\n\r\n+QFTPGET: 607,0\r\n";
    let answer = go_on(&mut channel, [&wire[..]]).answer.unwrap();
    assert_eq!(
        (answer.outcome.clone(), answer.code()),
        (Outcome::Ok, Some(607))
    );
}

/// The host gives up before CONNECT, and CONNECT comes all the same.
#[test]
fn left_before_connect() {
    let (command, line) = get(1000);
    let mut channel = Channel::new();
    channel.begin(&line, command.conversation());
    channel.interrupt();
    let seen = go_on(&mut channel, [&download(b"data", "\r\nOK\r\n")[..]]);
    assert_eq!(seen.data, b"");
    assert_eq!(channel.waiting(), Awaited::Result);
}

/// Nothing of a broken exchange reaches the next one.
#[test]
fn abandoned() {
    let (command, line) = get(1000);
    let mut channel = Channel::new();
    channel.begin(&line, command.conversation());
    // Half a line is forgotten as well.
    go_on(&mut channel, [&b"\r\nCONN"[..]]);
    channel.abandon();
    assert_eq!(channel.waiting(), Awaited::Resume);
    let seen = go_on(&mut channel, [&b"rest\r\nOK\r\n\r\nRDY\r\nhalf a li"[..]]);
    assert_eq!(seen, Default::default());
    channel.resume();
    assert_eq!(channel.waiting(), Awaited::Nothing);
    assert_eq!(go_on(&mut channel, [&b"\r\n"[..]]), Default::default());
    channel.begin("AT+QFTPSTAT", Status.conversation());
    let wire = lines(["OK", "+QFTPSTAT: 0,1"]);
    let answer = go_on(&mut channel, [&wire[..]]).answer.unwrap();
    assert_eq!(Status.read(answer), Ok(SessionStatus::Idle));
}

/// docs/module/at-ftp.md §1.3: QFTPLEN and QFTPSTAT answer during a transfer of the module's own.
#[test]
fn questions_during_a_transfer() {
    let get = Get::stored(path("f"), local("f"));
    let mut channel = Channel::new();
    assert!(!channel.park());
    channel.begin(r#"AT+QFTPGET="f","f""#, get.conversation());
    assert!(!channel.park());
    go_on(&mut channel, [&b"\r\nOK\r\n"[..]]);
    assert!(channel.park());
    assert_eq!(channel.waiting(), Awaited::Nothing);

    // The result comes while a question is out, between its two lines.
    channel.begin("AT+QFTPLEN", TransferLength.conversation());
    assert!(!channel.park());
    let wire = lines(["OK", "+QFTPGET: 0,550", "+QFTPLEN: 0,550"]);
    let seen = go_on(&mut channel, [&wire[..]]);
    assert_eq!(TransferLength.read(seen.answer.unwrap()), Ok(550));
    let [Event::Settled(answer)] = seen.events.as_slice() else {
        panic!("{:?}", seen.events);
    };
    assert_eq!(get.read(answer.clone()), Ok(550));

    // Once forgotten, its result is late.
    channel.begin(r#"AT+QFTPGET="f","f""#, get.conversation());
    go_on(&mut channel, [&b"\r\nOK\r\n"[..]]);
    assert!(channel.park());
    channel.forget_parked();
    let seen = go_on(&mut channel, [&b"\r\n+QFTPGET: 627,550\r\n"[..]]);
    let late = Urc::Late {
        prefix: "+QFTPGET".into(),
        text: "627,550".into(),
    };
    assert_eq!(seen.events, [Event::Urc(late)]);
}

/// A result line whose OK never comes is taken when the patience is over, and only then.
#[test]
fn a_result_without_ok() {
    let wire = lines(["+QFTPSTAT: 0,1"]);
    let (seen, mut channel) = once("AT+QFTPSTAT", Status.conversation(), [&wire[..]]);
    assert_eq!((seen.answer, channel.waiting()), (None, Awaited::Ok));
    assert_eq!(channel.quiet(), None);
    assert_eq!(
        Status.read(channel.expire().unwrap()),
        Ok(SessionStatus::Idle)
    );

    let (_, mut channel) = once("AT+QFTPSTAT", Status.conversation(), [&b"\r\nOK\r\n"[..]]);
    assert_eq!(channel.waiting(), Awaited::Result);
    assert_eq!(channel.expire(), None);
    assert_eq!(channel.waiting(), Awaited::Result);
}
