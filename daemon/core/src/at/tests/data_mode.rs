//! Leaving data mode early, giving up exchanges, and parking one (docs/module/at-ftp.md §1.3, 1.4).

use super::run::{go_on, lines, local, once, path, splits};
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

/// The host leaves data mode during a download: late data is discarded and cannot end the exchange.
#[test]
fn late_data_of_an_interrupted_download_is_discarded() {
    let (command, line) = get(100_000);
    let late: &[u8] = b"late\r\nOK\r\ndata\r\n+QFTPGET: 0,5\r\nand more";
    for split in splits(&[late, b"\r\nOK\r\n"].concat()) {
        let mut channel = Channel::new();
        channel.begin(&line, command.conversation());
        let seen = go_on(&mut channel, [&download(b"hello", "")[..]]);
        assert_eq!(seen.data, b"hello");
        channel.interrupt();
        assert_eq!(
            (channel.waiting(), channel.in_data()),
            (Awaited::Final, true)
        );
        let seen = go_on(&mut channel, split);
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

/// The host interrupts before CONNECT, and CONNECT is received nevertheless.
#[test]
fn interrupted_before_connect() {
    let (command, line) = get(1000);
    let mut channel = Channel::new();
    channel.begin(&line, command.conversation());
    channel.interrupt();
    let seen = go_on(&mut channel, [&download(b"data", "\r\nOK\r\n")[..]]);
    assert_eq!(seen.data, b"");
    assert_eq!(channel.waiting(), Awaited::Result);
}

/// Nothing of an abandoned exchange affects the next one.
#[test]
fn abandoned() {
    let (command, line) = get(1000);
    let mut channel = Channel::new();
    channel.begin(&line, command.conversation());
    // An incomplete line is discarded as well.
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

/// QFTPLEN and QFTPSTAT are answered during a UFS transfer (docs/module/at-ftp.md §1.3).
#[test]
fn commands_during_a_parked_transfer() {
    let get = Get::stored(path("f"), local("f"));
    let mut channel = Channel::new();
    assert!(!channel.park());
    channel.begin(r#"AT+QFTPGET="f","f""#, get.conversation());
    assert!(!channel.park());
    go_on(&mut channel, [&b"\r\nOK\r\n"[..]]);
    assert!(channel.park());
    assert_eq!(channel.waiting(), Awaited::Nothing);

    // The result line of the transfer comes between the two lines of an answer.
    channel.begin("AT+QFTPLEN", TransferLength.conversation());
    assert!(!channel.park());
    let wire = lines(["OK", "+QFTPGET: 0,550", "+QFTPLEN: 0,550"]);
    let seen = go_on(&mut channel, [&wire[..]]);
    assert_eq!(TransferLength.read(seen.answer.unwrap()), Ok(550));
    let [Event::Settled(answer)] = seen.events.as_slice() else {
        panic!("{:?}", seen.events);
    };
    assert_eq!(get.read(answer.clone()), Ok(550));

    // A forgotten transfer has a late result.
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

/// A result line without its OK is accepted after the time-out, and only then.
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
