//! Uploads and all their endings (docs/module/at-ftp.md §1.4, 2.5, 3.6).

use super::run::{check, check_lines, go_on, lines, once, path};
use crate::at::command::ftp::{Put, Segment};
use crate::at::{Awaited, Channel, Command, Event, Outcome};

const CONNECTED: Event = Event::Connected { announced: None };
const PUT: &str = r#"AT+QFTPPUT="f","COM:",0,1000,1"#;

fn put() -> Put {
    let segment = Segment {
        length: 1000,
        last: true,
    };
    Put::stream(path("f"), 0, Some(segment))
}

/// All forms of the command (docs/module/at-ftp.md §3.6).
#[test]
fn uploads() {
    let first = Segment {
        length: 1024,
        last: false,
    };
    let rows = [
        (
            Put::stream(path("test_my.txt"), 0, None),
            r#""test_my.txt","COM:",0"#,
        ),
        (
            Put::stream(path("test_my.txt"), 1000, None),
            r#""test_my.txt","COM:",1000"#,
        ),
        (
            Put::stream(path("test.txt"), 0, Some(first)),
            r#""test.txt","COM:",0,1024,0"#,
        ),
    ];
    let wire = lines(["CONNECT", "OK", "+QFTPPUT: 0,1000"]);
    for (command, parameters) in rows {
        let seen = check(
            &command,
            &format!("AT+QFTPPUT={parameters}"),
            &wire,
            Ok(1000),
        );
        assert_eq!(seen.events, [CONNECTED]);
    }
    check(
        &put(),
        PUT,
        &lines(["CONNECT 150000000", "OK", "+QFTPPUT: 0,1000"]),
        Ok(1000),
    );
    check(
        &put(),
        PUT,
        &lines(["CONNECT", "+QFTPPUT: 0,1000", "OK"]),
        Ok(1000),
    );
}

/// An additional OK or CONNECT, left over from an earlier command.
#[test]
fn uploads_with_stray_results() {
    let wire = lines(["OK", "CONNECT"]);
    let (seen, channel) = once(PUT, put().conversation(), [&wire[..]]);
    assert_eq!(seen.events, [CONNECTED]);
    assert_eq!(
        (channel.waiting(), channel.in_data()),
        (Awaited::Data, true)
    );
    let wire = lines(["CONNECT", "CONNECT", "OK", "+QFTPPUT: 0,1000"]);
    let seen = check(&put(), PUT, &wire, Ok(1000));
    assert_eq!(
        seen.events,
        [CONNECTED, Event::Unexpected("CONNECT".into())]
    );
}

#[test]
fn uploads_that_fail() {
    let text = "QFTPPUT: 615 data connection could not be opened";
    check_lines(&put(), PUT, &lines(["+CME ERROR: 615"]), Err(text));
    check_lines(&put(), PUT, &lines(["OK", "+QFTPPUT: 615,0"]), Err(text));
    let text = "QFTPPUT: 609 timeout";
    check(
        &put(),
        PUT,
        &lines(["CONNECT", "OK", "+QFTPPUT: 609,0"]),
        Err(text),
    );
    let text = "QFTPPUT: data mode ended (NO CARRIER)";
    check(&put(), PUT, &lines(["CONNECT", "NO CARRIER"]), Err(text));
    let text = "QFTPPUT: 629 file action aborted, storage allocation (server said 552)";
    check(
        &put(),
        PUT,
        &lines(["CONNECT", "OK", "+QFTPPUT: 629,552"]),
        Err(text),
    );
}

/// A failure while the host sends ends the exchange at once, without an OK.
#[test]
fn a_failure_while_sending_ends_the_exchange_at_once() {
    let text = "QFTPPUT: 607 data connection closed \
        (server said 426 connection closed, transfer aborted)";
    let wire = lines(["CONNECT", "+QFTPPUT: 607,426"]);
    let answer = check(&put(), PUT, &wire, Err(text)).answer.unwrap();
    assert_eq!(answer.outcome, Outcome::Missing);
    assert_eq!((answer.code(), answer.reply_code()), (Some(607), Some(426)));
}

/// An upload of unknown length ends by DTR or the escape: OK, and later the result line.
#[test]
fn an_upload_that_the_host_ends() {
    let command = Put::stream(path("f"), 0, None);
    let mut channel = Channel::new();
    channel.begin(r#"AT+QFTPPUT="f","COM:",0"#, command.conversation());
    assert_eq!(channel.waiting(), Awaited::Final);
    go_on(&mut channel, [&b"\r\nCONNECT\r\n"[..]]);
    assert_eq!(
        (channel.waiting(), channel.in_data()),
        (Awaited::Data, true)
    );
    channel.interrupt();
    assert_eq!(channel.waiting(), Awaited::Final);
    go_on(&mut channel, [&b"\r\nOK\r\n"[..]]);
    assert_eq!(
        (channel.waiting(), channel.in_data()),
        (Awaited::Result, false)
    );
    let seen = go_on(&mut channel, [&b"\r\n+QFTPPUT: 0,5\r\n"[..]]);
    assert_eq!(command.read(seen.answer.unwrap()), Ok(5));
    assert_eq!(channel.waiting(), Awaited::Nothing);
}

/// After the host has left data mode, a failure is followed by the OK for leaving it.
#[test]
fn a_failure_after_leaving_waits_for_ok() {
    let mut channel = Channel::new();
    channel.begin(PUT, put().conversation());
    go_on(&mut channel, [&b"\r\nCONNECT\r\n"[..]]);
    channel.interrupt();
    let seen = go_on(&mut channel, [&b"\r\n+QFTPPUT: 607,0\r\n"[..]]);
    assert_eq!((seen.answer, channel.waiting()), (None, Awaited::Ok));
    let answer = go_on(&mut channel, [&b"\r\nOK\r\n"[..]]).answer.unwrap();
    assert_eq!(
        (answer.outcome.clone(), answer.code()),
        (Outcome::Ok, Some(607))
    );
}
