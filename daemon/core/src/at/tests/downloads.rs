//! Downloads of known length and all their endings (docs/module/at-ftp.md §1.4, 2.6, 3.7).

use modem_ftp_dbus::ErrorName;

use super::run::{all_ways, check, check_lines, lines, once, path};
use crate::at::command::ftp::Get;
use crate::at::urc::Urc;
use crate::at::{Awaited, Command, Event, Outcome};

const CONNECTED: Event = Event::Connected { announced: None };
const NOT_THERE: &str = "QFTPGET: 627 action not taken, file unavailable (server said 550)";

fn get(length: u64) -> (Get, String) {
    let command = Get::stream(path("f"), 0, length);
    (command, format!(r#"AT+QFTPGET="f","COM:",0,{length}"#))
}

fn download(data: &[u8], trailer: &str) -> Vec<u8> {
    [b"\r\nCONNECT\r\n", data, trailer.as_bytes()].concat()
}

/// Any payload, also one that looks like result codes.
#[test]
fn downloads() {
    let payloads: [&[u8]; 14] = [
        b"x",
        b"hello, world",
        b"\r",
        b"\n",
        b"\r\n",
        b"\r\nOK\r\n",
        b"\r\nOK\r\n\r\n+QFTPGET: 0,5\r\n",
        b"+++",
        b"\r\nNO CARRIER\r\n",
        b"\r\n+CME ERROR: 603\r\n",
        b"\r\nRDY\r\n\r\n+CFUN: 1\r\n",
        b"\r\nCONNECT\r\n",
        b"\0\x11\x13\xff\xfe\r\0\n",
        b"AT+QFTPGET=\"f\",\"COM:\",0,24\r",
    ];
    for data in payloads {
        let (command, line) = get(data.len() as u64);
        let trailer = format!("\r\nOK\r\n\r\n+QFTPGET: 0,{}\r\n", data.len());
        let seen = check(
            &command,
            &line,
            &download(data, &trailer),
            Ok(data.len() as u64),
        );
        assert_eq!(seen.data, data);
        assert_eq!(seen.events, [CONNECTED]);
    }
}

/// The byte after the CR of CONNECT is data if it is no LF.
#[test]
fn connect_without_lf() {
    let (command, line) = get(5);
    let wire = b"\r\nCONNECT\rhello\r\nOK\r\n\r\n+QFTPGET: 0,5\r\n";
    assert_eq!(check(&command, &line, wire, Ok(5)).data, b"hello");
}

/// Lines of the file that look like results, before a pause of the server, do not end the download.
#[test]
fn a_pause_in_the_data_is_no_end() {
    let (command, line) = get(1000);
    for data in [
        "a\r\nOK\r\n",
        "a\r\nOK\r\n\r\n+QFTPGET: 0,2\r\n",
        "a\r\n+QFTPGET: 627,550\r\n",
        "a\r\n+CME ERROR: 603\r\n",
        "a\r\nNO CARRIER\r\n",
        "a\r\nRDY\r\n",
    ] {
        let wire = download(data.as_bytes(), "");
        let (seen, mut channel) = once(&line, command.conversation(), [&wire[..]]);
        assert_eq!(
            (seen.answer, channel.waiting()),
            (None, Awaited::Data),
            "{data:?}"
        );
        assert_eq!((channel.quiet(), channel.expire()), (None, None));
    }
}

/// The three answers for a missing file (docs/module/at-ftp.md §2.6).
#[test]
fn a_missing_file() {
    let (command, line) = get(1000);
    let text = "QFTPGET: 627 action not taken, file unavailable";
    check_lines(&command, &line, &lines(["+CME ERROR: 627"]), Err(text));
    let wire = lines(["CONNECT", "OK", "+QFTPGET: 627,550"]);
    assert_eq!(check(&command, &line, &wire, Err(NOT_THERE)).data, b"");
    let wire = lines(["OK", "+QFTPGET: 627,550"]);
    check(&command, &line, &wire, Err(NOT_THERE));

    // Without CONNECT and OK the exchange ends with the time-out.
    for wire in [
        lines(["+QFTPGET: 627,550"]),
        lines(["CONNECT", "+QFTPGET: 627,550"]),
    ] {
        let (seen, mut channel) = once(&line, command.conversation(), [&wire[..]]);
        let answer = seen.answer.or_else(|| {
            assert_eq!(channel.waiting(), Awaited::Ok);
            channel.expire()
        });
        let failure = command.read(answer.unwrap()).unwrap_err();
        assert_eq!(
            (&*failure.text, failure.name),
            (NOT_THERE, ErrorName::RemoteNotFound)
        );
        assert_eq!(channel.waiting(), Awaited::Nothing);
    }
}

/// A download of 0 bytes (docs/module/quirks.md F6) ends at once, not after the time-out.
#[test]
fn downloads_without_data() {
    let (command, line) = get(1000);
    let wire = lines(["CONNECT", "OK", "+QFTPGET: 0,0"]);
    assert_eq!(check(&command, &line, &wire, Ok(0)).data, b"");
    let wire = lines(["CONNECT", "OK", "+QFTPGET: 627,150"]);
    let text = "QFTPGET: 627 action not taken, file unavailable (server said 150)";
    check(&command, &line, &wire, Err(text));
}

/// Any smaller number of bytes than expected, also if part of the trailer was counted as data.
#[test]
fn downloads_that_end_short() {
    let file: Vec<u8> = b"\r\nab\rc\nOK".iter().copied().cycle().take(60).collect();
    for expected in [1, 2, 10, 27, 60] {
        let (command, line) = get(expected as u64);
        for came in 0..expected {
            let data = &file[..came];
            let trailer = format!("\r\nOK\r\n\r\n+QFTPGET: 0,{came}\r\n");
            let seen = check(&command, &line, &download(data, &trailer), Ok(came as u64));
            assert_eq!(seen.data, data, "{came} of {expected}");
        }
    }
}

/// More bytes than expected are a failure, whatever they are.
#[test]
fn downloads_that_overrun() {
    let (command, line) = get(5);
    let wire = download(b"hello!", "\r\nOK\r\n\r\n+QFTPGET: 0,6\r\n");
    check(
        &command,
        &line,
        &wire,
        Err("QFTPGET: more was received than expected"),
    );
    let more: [&[u8]; 7] = [
        b"x",
        b"more data\r\nof several\r\nlines\r\n",
        b"\r\nmore",
        b"\r\nOK\r\nmore",
        b"\r\nOK\r\n\r\n+QFTPGET: 0,5000\r\nmore",
        b"\r\n+QFTPGET: 0,5000\r\nmore",
        b"\xff\0\r\r\n",
    ];
    for more in more {
        let data = [b"hello", more].concat();
        let trailer = format!("\r\nOK\r\n\r\n+QFTPGET: 0,{}\r\n", data.len());
        let wire = download(&data, &trailer);
        let seen = all_ways(&line, command.conversation(), &wire);
        let answer = seen.answer.as_ref().unwrap();
        assert!(answer.outcome == Outcome::TooMuch || answer.result != Some("0,5".into()));
        let failure = command.read(seen.answer.unwrap()).unwrap_err();
        assert_eq!(failure.name, ErrorName::Protocol, "{}", failure.text);
        assert_eq!(seen.data, b"hello");
    }
}

/// The module's count must equal the number of bytes received.
#[test]
fn counts_that_differ() {
    let (command, line) = get(5);
    let wire = download(b"hello", "\r\nOK\r\n\r\n+QFTPGET: 0,4\r\n");
    check(
        &command,
        &line,
        &wire,
        Err("QFTPGET: the module counted 4 bytes, 5 were received"),
    );
}

/// The connection breaks during the download.
#[test]
fn downloads_that_fail() {
    let (command, line) = get(1000);
    let wire = download(b"hello", "\r\nOK\r\n\r\n+QFTPGET: 616,426\r\n");
    let text = "QFTPGET: 616 connection closed, transfer aborted (server said 426)";
    assert_eq!(check(&command, &line, &wire, Err(text)).data, b"hello");
}

/// The module restarts during the download (docs/module/quirks.md N6).
#[test]
fn a_restart_during_a_download() {
    let (command, line) = get(1000);
    let wire = download(b"hello", "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n");
    let text = "QFTPGET: the module restarted during the command";
    let seen = check(&command, &line, &wire, Err(text));
    assert_eq!(seen.data, b"hello");
    assert!(seen.events.contains(&Event::Urc(Urc::Ready)));
    // RDY alone may be a line of the file.
    let (seen, channel) = once(
        &line,
        command.conversation(),
        [&download(b"a", "\r\nRDY\r\n")[..]],
    );
    assert_eq!((seen.answer, channel.waiting()), (None, Awaited::Data));
}
