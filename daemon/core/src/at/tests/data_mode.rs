//! Data mode: uploads, downloads of known length, and every way they end
//! (at-ftp.md 1.4, 2.5, 2.6, 3.6, 3.7).

use super::run::{all_ways, check, check_lines, cuts, go_on, lines, local, once, path};
use crate::at::command::ftp::{Get, Put, Segment, SessionStatus, Status, TransferLength};
use crate::at::urc::Urc;
use crate::at::{Channel, Command, Event, Outcome, Waiting};
use modem_ftp_dbus::ErrorName;

const CONNECTED: Event = Event::Connected { announced: None };
const NOT_THERE: &str = "QFTPGET: 627 action not taken, file unavailable (server said 550)";

fn put() -> Put {
    let segment = Segment {
        length: 1000,
        last: true,
    };
    Put::stream(path("f"), 0, Some(segment))
}

const PUT: &str = r#"AT+QFTPPUT="f","COM:",0,1000,1"#;

fn get(length: u64) -> (Get, String) {
    let command = Get::stream(path("f"), 0, length);
    (command, format!(r#"AT+QFTPGET="f","COM:",0,{length}"#))
}

fn download(data: &[u8], trailer: &str) -> Vec<u8> {
    [b"\r\nCONNECT\r\n", data, trailer.as_bytes()].concat()
}

/// 3.6, with the lines of all its forms.
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

/// In the middle of the sending the failure is told at once, without waiting for an OK.
#[test]
fn a_failure_while_sending_is_told_at_once() {
    let text = "QFTPPUT: 607 data connection closed \
        (server said 426 connection closed, transfer aborted)";
    let wire = lines(["CONNECT", "+QFTPPUT: 607,426"]);
    let answer = check(&put(), PUT, &wire, Err(text)).answer.unwrap();
    assert_eq!(answer.outcome, Outcome::Missing);
    assert_eq!((answer.code(), answer.reply_code()), (Some(607), Some(426)));
}

/// An upload of unknown length ends by DTR or the escape: OK, and later the result.
#[test]
fn an_upload_that_is_left() {
    let command = Put::stream(path("f"), 0, None);
    let mut channel = Channel::new();
    channel.begin(r#"AT+QFTPPUT="f","COM:",0"#, command.conversation());
    assert_eq!(channel.waiting(), Waiting::Final);
    go_on(&mut channel, [&b"\r\nCONNECT\r\n"[..]]);
    assert_eq!(
        (channel.waiting(), channel.in_data()),
        (Waiting::Data, true)
    );
    channel.interrupt();
    assert_eq!(channel.waiting(), Waiting::Final);
    go_on(&mut channel, [&b"\r\nOK\r\n"[..]]);
    assert_eq!(
        (channel.waiting(), channel.in_data()),
        (Waiting::Result, false)
    );
    let seen = go_on(&mut channel, [&b"\r\n+QFTPPUT: 0,5\r\n"[..]]);
    assert_eq!(command.read(seen.answer.unwrap()), Ok(5));
    assert!(channel.is_idle());
}

/// 3.7; the byte behind CONNECT's CR LF is data, whatever it is.
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

/// 2.6, the three ways to say that there is no such file.
#[test]
fn a_missing_file() {
    let (command, line) = get(1000);
    let text = "QFTPGET: 627 action not taken, file unavailable";
    check_lines(&command, &line, &lines(["+CME ERROR: 627"]), Err(text));
    let wire = lines(["CONNECT", "OK", "+QFTPGET: 627,550"]);
    assert_eq!(check(&command, &line, &wire, Err(NOT_THERE)).data, b"");
    let wire = lines(["OK", "+QFTPGET: 627,550"]);
    check(&command, &line, &wire, Err(NOT_THERE));

    // Without CONNECT and OK it is over when the patience is.
    for wire in [
        lines(["+QFTPGET: 627,550"]),
        lines(["CONNECT", "+QFTPGET: 627,550"]),
    ] {
        let (seen, mut channel) = once(&line, command.conversation(), [&wire[..]]);
        let answer = seen.answer.or_else(|| {
            assert_eq!(channel.waiting(), Waiting::Ok);
            channel.expire()
        });
        let failure = command.read(answer.unwrap()).unwrap_err();
        assert_eq!(
            (failure.text.as_str(), failure.name),
            (NOT_THERE, ErrorName::RemoteNotFound)
        );
        assert!(channel.is_idle());
    }
}

/// 0 bytes of a file that has some (quirks.md F6) end at once, not at the patience.
#[test]
fn nothing_comes() {
    let (command, line) = get(1000);
    let wire = lines(["CONNECT", "OK", "+QFTPGET: 0,0"]);
    assert_eq!(check(&command, &line, &wire, Ok(0)).data, b"");
    let wire = lines(["CONNECT", "OK", "+QFTPGET: 627,150"]);
    let text = "QFTPGET: 627 action not taken, file unavailable (server said 150)";
    check(&command, &line, &wire, Err(text));
}

/// Fewer bytes than expected, by any number: also where part of the trailer was counted as data.
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
        let failure = command.read(seen.answer.unwrap()).unwrap_err();
        assert_eq!(failure.name, ErrorName::Protocol, "{}", failure.text);
        assert_eq!(seen.data, b"hello");
    }
}

/// The module's count must be ours.
#[test]
fn counts_that_differ() {
    let (command, line) = get(5);
    let wire = download(b"hello", "\r\nOK\r\n\r\n+QFTPGET: 0,4\r\n");
    check(
        &command,
        &line,
        &wire,
        Err("QFTPGET: the module counted 4 bytes, 5 came"),
    );
}

/// The connection breaks in the middle.
#[test]
fn downloads_that_fail() {
    let (command, line) = get(1000);
    let wire = download(b"hello", "\r\nOK\r\n\r\n+QFTPGET: 616,426\r\n");
    let text = "QFTPGET: 616 connection closed, transfer aborted (server said 426)";
    assert_eq!(check(&command, &line, &wire, Err(text)).data, b"hello");
}

/// The module restarts in the middle (quirks.md N6).
#[test]
fn a_restart_in_the_middle() {
    let (command, line) = get(1000);
    let wire = download(b"hello", "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n");
    let text = "QFTPGET: the module restarted in the middle";
    let seen = check(&command, &line, &wire, Err(text));
    assert_eq!(seen.data, b"hello");
    assert!(seen.events.contains(&Event::Urc(Urc::Ready)));
    // RDY alone may be a line of the file.
    let (seen, channel) = once(
        &line,
        command.conversation(),
        [&download(b"a", "\r\nRDY\r\n")[..]],
    );
    assert_eq!((seen.answer, channel.waiting()), (None, Waiting::Data));
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
            (Waiting::Final, true)
        );
        let seen = go_on(&mut channel, cut);
        assert_eq!((seen.data.as_slice(), seen.answer), (&b""[..], None));
        // No result line follows on some firmware (quirks.md F3).
        assert_eq!(
            (channel.waiting(), channel.in_data()),
            (Waiting::Result, false)
        );

        let mut without = Channel::new();
        std::mem::swap(&mut without, &mut channel);
        let answer = without.expire().unwrap();
        assert_eq!((answer.outcome, answer.result), (Outcome::Ok, None));
        assert!(without.is_idle());
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
    assert_eq!(channel.waiting(), Waiting::Result);
}

/// Nothing of a broken exchange reaches the next one.
#[test]
fn abandoned() {
    let (command, line) = get(1000);
    let mut channel = Channel::new();
    channel.begin(&line, command.conversation());
    go_on(&mut channel, [&download(b"data", "")[..]]);
    channel.abandon();
    assert_eq!(channel.waiting(), Waiting::Resume);
    assert!(!channel.is_idle());
    let seen = go_on(&mut channel, [&b"rest\r\nOK\r\n\r\nRDY\r\nhalf a li"[..]]);
    assert_eq!(seen, Default::default());
    channel.resume();
    assert!(channel.is_idle());
    channel.begin("AT+QFTPSTAT", Status.conversation());
    let wire = lines(["OK", "+QFTPSTAT: 0,1"]);
    let answer = go_on(&mut channel, [&wire[..]]).answer.unwrap();
    assert_eq!(Status.read(answer), Ok(SessionStatus::Idle));
}

/// at-ftp.md 1.3: QFTPLEN and QFTPSTAT answer during a transfer of the module's own.
#[test]
fn questions_during_a_transfer() {
    let get = Get::stored(path("f"), local("f"));
    let mut channel = Channel::new();
    assert!(!channel.park());
    channel.begin(r#"AT+QFTPGET="f","f""#, get.conversation());
    assert!(!channel.park());
    go_on(&mut channel, [&b"\r\nOK\r\n"[..]]);
    assert!(channel.park());
    assert!(channel.is_idle());

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
    assert_eq!((seen.answer, channel.waiting()), (None, Waiting::Ok));
    assert_eq!(channel.quiet(), None);
    assert_eq!(
        Status.read(channel.expire().unwrap()),
        Ok(SessionStatus::Idle)
    );

    let (_, mut channel) = once("AT+QFTPSTAT", Status.conversation(), [&b"\r\nOK\r\n"[..]]);
    assert_eq!(channel.waiting(), Waiting::Result);
    assert_eq!(channel.expire(), None);
    assert_eq!(channel.waiting(), Waiting::Result);
}
