//! No secret appears in masked command lines, in `Debug` or in events for the log; string
//! parameters that could end their quotes are refused.

use std::time::Duration;

use super::run::{go_on, lines, once};
use crate::api::secret::Secret;
use crate::at::command::LINE_MAX;
use crate::at::command::file::ReadStored;
use crate::at::command::ftp::{Put, Setting, SettingQuery};
use crate::at::command::identity::Manufacturer;
use crate::at::command::network::{ConfigureContext, ContextConfiguration, EnterPin};
use crate::at::command::raw::Raw;
use crate::at::quote::{
    ContextPassword, ContextText, FileName, LocalName, Password, Pin, RemotePath, User,
};
use crate::at::{Command, Event};
use modem_ftp_dbus::ErrorName;

const SECRET: &str = "Hunter2SECRET";

fn secret() -> Secret {
    Secret::new(SECRET.into())
}

fn account() -> Setting {
    Setting::Account {
        user: User::or_empty("user", "gw17").unwrap(),
        password: Password::new("password", &secret()).unwrap(),
    }
}

fn hidden(text: &str) {
    assert!(
        !text.to_lowercase().contains(&SECRET.to_lowercase()),
        "{text}"
    );
}

#[test]
fn commands_show_no_secret() {
    let context = ConfigureContext {
        kind: 1,
        context: 1,
        apn: ContextText::or_empty("apn", "a").unwrap(),
        user: ContextText::or_empty("user", "u").unwrap(),
        password: ContextPassword::new("password", &secret()).unwrap(),
        authentication: 1,
    };
    let raw = Raw::new(
        &format!("AT+QFTPCFG=\"account\",\"u\",\"{SECRET}\""),
        Duration::ZERO,
    );
    let pin = Pin::new(&Secret::new("13579".into())).unwrap();
    let pin = EnterPin { pin };
    for text in [
        account().display(),
        format!("{:?}", account()),
        context.display(),
        format!("{context:?}"),
        raw.clone().unwrap().display(),
        format!("{:?}", raw.unwrap()),
        pin.display(),
        format!("{pin:?}"),
    ] {
        hidden(&text);
        assert!(text.contains("***"), "{text}");
        assert!(!text.contains("13579"), "{text}");
    }
    assert_eq!(account().display(), r#"AT+QFTPCFG="account","gw17","***""#);
}

/// Any part of a raw line but the name of the command may be a secret.
#[test]
fn raw_lines_show_their_name_only() {
    let rows = [
        ("AT+CPIN=4711", "AT+CPIN=***"),
        ("AT+CPIN=\"4711\"", "AT+CPIN=***"),
        ("AT+CPIN 4711", "AT+CPIN ***"),
        ("AT+CPIN:4711=?", "AT+CPIN:***"),
        ("AT+CSQ;+CPIN=4711;+CREG?", "AT+CSQ;+CPIN=***"),
        ("AT&D1", "AT&D1"),
        ("AT+CREG?", "AT+CREG?"),
        ("AT+CREG=", "AT+CREG="),
    ];
    for (line, shown) in rows {
        let raw = Raw::new(line, Duration::ZERO).unwrap();
        assert_eq!(raw.display(), shown);
    }
}

/// Damaged, repeated and late echoes.
#[test]
fn events_show_no_secret() {
    let mut line = String::new();
    account().write(&mut line);
    for cut in 0..line.len() {
        let wire = format!("{}\r{line}\r{line}\r\r\nOK\r\n{line}\r", &line[cut..]);
        let (seen, _) = once(&line, account().conversation(), [wire.as_bytes()]);
        assert!(seen.events.len() >= 2);
        for event in seen.events {
            hidden(&format!("{event:?}"));
        }
    }
}

/// The state of an exchange has the command line, echoes and the end of the data.
#[test]
fn the_channel_shows_no_secret() {
    let mut line = String::new();
    account().write(&mut line);
    let (_, channel) = once(&line, account().conversation(), [line.as_bytes()]);
    hidden(&format!("{channel:?}"));
    let numbers = format!("{:?}", SECRET.as_bytes());
    let numbers = numbers.trim_matches(['[', ']']);
    assert!(!format!("{channel:?}").contains(numbers));

    let read = ReadStored::new(FileName::new("file", "key.pem").unwrap(), 1000);
    let wire = format!("\r\nCONNECT\r\n{SECRET}");
    let (seen, channel) = once("AT", read.conversation(), [wire.as_bytes()]);
    assert_eq!(seen.data, SECRET.as_bytes());
    hidden(&format!("{channel:?}"));
    assert!(!format!("{channel:?}").contains(numbers));
}

/// A late echo is not taken for the text of the next answer.
#[test]
fn late_echoes_are_no_answer() {
    let mut line = String::new();
    account().write(&mut line);
    let wire = format!("{line}\r\r\nQuectel\r\n\r\nOK\r\n");
    let (seen, _) = once("AT+CGMI", Manufacturer.conversation(), [wire.as_bytes()]);
    hidden(&format!("{seen:?}"));
    assert_eq!(
        Manufacturer.read(seen.answer.unwrap()),
        Ok("Quectel".into())
    );
}

/// If a key is uploaded while the module is not in data mode, it is echoed.
#[test]
fn echoed_data_is_not_shown() {
    let command = Put::stream(RemotePath::new("path", "f").unwrap(), 0, None);
    let wire = format!(
        "\r\nCONNECT\r\n{SECRET}\r\n+{SECRET}: 1\r\n{}: 2\r\n",
        SECRET.to_uppercase()
    );
    let (seen, _) = once("AT", command.conversation(), [wire.as_bytes()]);
    assert_eq!(seen.events.len(), 4);
    for event in &seen.events[1..] {
        assert!(matches!(event, Event::Unexpected(_)), "{event:?}");
        hidden(&format!("{event:?}"));
    }
}

/// Passwords that the module returns (docs/module/quirks.md F8).
#[test]
fn answers_show_no_secret() {
    let wire = lines([&format!(r#"+QFTPCFG: "account","gw17","{SECRET}""#), "OK"]);
    let query = SettingQuery { key: "account" };
    let (seen, mut channel) = once("AT", query.conversation(), [&wire[..]]);
    hidden(&format!("{seen:?}"));
    assert_eq!(query.read(seen.answer.unwrap()), Ok("gw17".into()));
    hidden(&format!("{:?}", go_on(&mut channel, [&wire[..]])));

    let wire = lines([&format!(r#"+QICSGP: 1,"a","u","{SECRET}",1"#), "OK"]);
    let query = ContextConfiguration { context: 1 };
    let (seen, _) = once("AT", query.conversation(), [&wire[..]]);
    hidden(&format!("{seen:?}"));
    hidden(&format!("{:?}", query.read(seen.answer.unwrap())));
}

/// The capacity is reserved before the line is written, so that no copy of a secret is left.
#[test]
fn lines_do_not_grow_while_they_are_written() {
    let longest = Secret::new("p".repeat(255));
    let setting = Setting::Account {
        user: User::or_empty("user", &"u".repeat(255)).unwrap(),
        password: Password::new("password", &longest).unwrap(),
    };
    let mut line = String::new();
    setting.write(&mut line);
    assert_eq!(line.capacity(), LINE_MAX);
    assert!(line.len() < LINE_MAX);
}

#[test]
fn texts_that_could_end_their_quotes_are_refused() {
    let (long, wide) = ("x".repeat(256), "ä".repeat(128));
    let rows = [
        ("", "remote path is empty"),
        (&wide, "remote path is 256 bytes long, the module takes 255"),
        (&long, "remote path is 256 bytes long, the module takes 255"),
        (
            "a\"b",
            "remote path has a quote or a control character at byte 2",
        ),
        (
            "a\rb",
            "remote path has a quote or a control character at byte 2",
        ),
        (
            "ä\n",
            "remote path has a quote or a control character at byte 3",
        ),
        (
            "\0",
            "remote path has a quote or a control character at byte 1",
        ),
        (
            "\x7f",
            "remote path has a quote or a control character at byte 1",
        ),
        (
            "\x1a",
            "remote path has a quote or a control character at byte 1",
        ),
    ];
    for (text, message) in rows {
        let failure = RemotePath::new("remote path", text).unwrap_err();
        assert_eq!(
            (&*failure.text, failure.name),
            (message, ErrorName::InvalidArguments)
        );
    }
    for text in ["a b,c", "ä/ö.txt", "COM:", "*", &long[1..]] {
        assert_eq!(RemotePath::new("remote path", text).unwrap().as_str(), text);
    }
    for pin in ["123", "123456789", "12a4", "12 4", ""] {
        assert!(Pin::new(&Secret::new(pin.into())).is_err());
    }
    let failure = Password::new("password", &Secret::new(format!("{SECRET}\""))).unwrap_err();
    hidden(&failure.text);
}

/// A name on the module is never a wildcard and never the port.
#[test]
fn names_on_the_module() {
    for name in [
        "*", "COM:", "com:", "UFS:a", "a?", "../a", "a b", "ä", "a\"", "",
    ] {
        assert!(FileName::new("file", name).is_err(), "{name}");
        assert!(LocalName::new("file", name).is_err(), "{name}");
    }
    assert!(LocalName::new("file", &"x".repeat(61)).is_err());
    assert!(FileName::new("file", &"x".repeat(81)).is_err());
    let local = LocalName::new("file", "00000017.mft").unwrap();
    assert_eq!(FileName::from(local).as_str(), "00000017.mft");
}
