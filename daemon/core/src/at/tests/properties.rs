//! Properties that hold for any input.

use std::time::Duration;

use proptest::prelude::*;

use super::run::{go_on, once, path};
use crate::api::secret::Secret;
use crate::at::command::file::{ReadOpen, Store};
use crate::at::command::ftp::{Get, List, MakeDirectory, Put, Rename, Setting, Status};
use crate::at::command::identity::Model;
use crate::at::command::network::{ConfigureContext, PinStatus};
use crate::at::command::raw::Raw;
use crate::at::quote::{ContextPassword, ContextText, FileName, Password, RemotePath, User};
use crate::at::{Channel, Command, Conversation, Lines, Outcome};

/// Pieces of real answers, so that inputs get past the first line.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let said = prop::sample::select(vec![
        "\r\nOK\r\n",
        "\r\nERROR\r\n",
        "\r\n+CME ERROR: 603\r\n",
        "\r\nCONNECT\r\n",
        "\r\nCONNECT 5\r\n",
        "\r\nNO CARRIER\r\n",
        "\r\n+QFTPGET: 0,5\r\n",
        "\r\n+QFTPLIST: 0,5\r\n",
        "\r\n+QFTPSTAT: 0,1\r\n",
        "\r\n+QFTPPUT: 607,426\r\n",
        "\r\n+QFUPL: 5,707\r\n",
        "\r\n+CPIN: READY\r\n",
        "\r\n+CEREG: 2,1\r\n",
        "\r\nRDY\r\n\r\n+CFUN: 1\r\n",
        "AT+X\r",
        "A",
        "\r",
        "\n",
        "\0",
        "hello",
    ]);
    prop_oneof![
        4 => said.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(fragment(), 0..16).prop_map(|pieces| pieces.concat())
}

fn conversation() -> impl Strategy<Value = Conversation> {
    let name = || FileName::new("file", "f").unwrap();
    prop::sample::select(vec![
        Conversation::Plain { lines: Lines::None },
        Conversation::Plain { lines: Lines::Any },
        Model.conversation(),
        PinStatus.conversation(),
        Status.conversation(),
        Put::stream(path("f"), 0, None).conversation(),
        Store::new(name(), 5, true).conversation(),
        Get::stream(path("f"), 0, 5).conversation(),
        List { path: path("f") }.conversation(),
        ReadOpen {
            handle: 0,
            length: 5,
        }
        .conversation(),
    ])
}

/// Splits `bytes` at these places.
fn split<'a>(bytes: &'a [u8], places: &[usize]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = places.iter().map(|at| at % (bytes.len() + 1)).collect();
    places.sort_unstable();
    let mut pieces = Vec::new();
    let mut from = 0;
    for at in places {
        pieces.push(&bytes[from..at]);
        from = at;
    }
    pieces.push(&bytes[from..]);
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bytes, split anywhere, give the same events, answer, data and state.
    #[test]
    fn splits_change_nothing(
        conversation in conversation(),
        bytes in bytes(),
        places in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        let (whole, one) = once("AT+X", conversation, [&bytes[..]]);
        let (pieces, other) = once("AT+X", conversation, split(&bytes, &places));
        let (single, _) = once("AT+X", conversation, bytes.chunks(1));
        prop_assert_eq!(&whole, &pieces);
        prop_assert_eq!(&whole, &single);
        prop_assert_eq!(one.waiting(), other.waiting());
        prop_assert_eq!(one.in_data(), other.in_data());
    }

    /// Any order of interrupting, abandoning and resuming: no panic, no more data than was
    /// received, and no more events than bytes.
    #[test]
    fn any_order_of_calls(
        conversation in conversation(),
        steps in prop::collection::vec((0..7_u8, bytes()), 0..12),
    ) {
        let mut channel = Channel::new();
        for (call, bytes) in steps {
            match call {
                0 => channel.begin("AT+X", conversation),
                1 => channel.interrupt(),
                2 => channel.abandon(),
                3 => channel.resume(),
                4 => { channel.park(); }
                5 => { channel.expire(); }
                _ => { channel.quiet(); }
            }
            let seen = go_on(&mut channel, [&bytes[..]]);
            prop_assert!(seen.data.len() <= bytes.len());
            prop_assert!(seen.events.len() <= bytes.len() + 2);
            let kept = seen.answer.map_or(0, |answer| answer.data.len());
            prop_assert!(kept <= 1 << 16);
        }
    }

    /// Any counted data is delivered completely, whatever follows it.
    #[test]
    fn any_data_is_delivered(data in prop::collection::vec(any::<u8>(), 1..400), tail in bytes()) {
        let length = data.len() as u64;
        let command = Get::stream(path("f"), 0, length);
        let trailer = format!("\r\nOK\r\n\r\n+QFTPGET: 0,{length}\r\n");
        let wire = [b"\r\nCONNECT\r\n", &data[..], trailer.as_bytes(), &tail].concat();
        let (seen, _) = once("AT+X", command.conversation(), [&wire[..]]);
        prop_assert_eq!(seen.data, data);
        prop_assert_eq!(command.read(seen.answer.unwrap()), Ok(length));
    }

    /// So is any listing that is followed by its trailer and silence.
    #[test]
    fn any_listing_is_delivered(data in bytes()) {
        let command = List { path: path(".") };
        let trailer = format!("\r\nOK\r\n\r\n+QFTPLIST: 0,{}\r\n", data.len());
        let wire = [b"\r\nCONNECT\r\n", &data[..], trailer.as_bytes()].concat();
        let (seen, _) = once("AT+X", command.conversation(), [&wire[..]]);
        prop_assert_eq!(command.read(seen.answer.unwrap()), Ok(data));
    }

    /// A listing of which a byte was lost is never accepted.
    #[test]
    fn no_incomplete_listing_is_accepted(data in bytes(), at in any::<prop::sample::Index>()) {
        prop_assume!(!data.is_empty());
        let command = List { path: path(".") };
        let trailer = format!("\r\nOK\r\n\r\n+QFTPLIST: 0,{}\r\n", data.len());
        let lost = at.index(data.len());
        let data = [&data[..lost], &data[lost + 1..]].concat();
        let wire = [b"\r\nCONNECT\r\n", &data[..], trailer.as_bytes()].concat();
        let (seen, _) = once("AT+X", command.conversation(), [&wire[..]]);
        if let Some(answer) = seen.answer {
            prop_assert!(command.read(answer).is_err());
        }
    }

    /// No string parameter ends its line or its quotes; an accepted one is sent unchanged.
    #[test]
    fn string_parameters_stay_in_their_quotes(text in any::<String>(), other in "[ -~]{0,300}") {
        let Ok(one) = RemotePath::new("path", &text) else {
            let refused = text.is_empty()
                || text.len() > 255
                || text.bytes().any(|byte| byte == b'"' || byte < 0x20 || byte == 0x7f);
            prop_assert!(refused, "{text:?} is refused without a reason");
            return Ok(());
        };
        prop_assert_eq!(one.as_str(), &text);
        let command = MakeDirectory { path: one.clone() };
        prop_assert_eq!(written(&command), format!("AT+QFTPMKDIR=\"{text}\""));
        if let Ok(two) = RemotePath::new("path", &other) {
            let command = Rename { from: one, to: two };
            prop_assert_eq!(written(&command), format!("AT+QFTPRENAME=\"{text}\",\"{other}\""));
        }
    }

    /// The same for every command with strings: one line, and two quotes for each string.
    #[test]
    fn every_line_is_one_line(text in "\\PC{0,80}|.{0,80}|[\"\r\n\0-\x1fa]{0,9}") {
        let secret = Secret::new(text.clone());
        let mut lines = Vec::new();
        if let (Ok(user), Ok(password)) =
            (User::or_empty("user", &text), Password::new("password", &secret))
        {
            lines.push((written(&Setting::Account { user, password }), 6));
        }
        if let (Ok(apn), Ok(password)) =
            (ContextText::or_empty("apn", &text), ContextPassword::new("password", &secret))
        {
            let (user, context, authentication) = (apn.clone(), 1, 3);
            let wanted = ConfigureContext { context, kind: 1, apn, user, password, authentication };
            lines.push((written(&wanted), 6));
        }
        if let Ok(name) = FileName::new("file", &text) {
            lines.push((written(&Store::new(name, 1, false)), 2));
        }
        for (line, quotes) in lines {
            prop_assert!(line.bytes().all(|byte| !byte.is_ascii_control()), "{line:?}");
            prop_assert_eq!(line.matches('"').count(), quotes, "{}", line);
        }
    }

    /// A raw line is one line that begins with AT.
    #[test]
    fn raw_lines_are_one_line(text in ".{0,40}|(AT|at)[ -~\r\n]{0,40}") {
        if let Ok(raw) = Raw::new(&text, Duration::ZERO) {
            let line = written(&raw);
            prop_assert_eq!(&line, &text);
            prop_assert!(line.bytes().all(|byte| !byte.is_ascii_control()), "{line:?}");
            prop_assert!(line.get(..2).is_some_and(|at| at.eq_ignore_ascii_case("AT")));
        }
    }

    /// Every command reads any answer without panic, and never as a success if an error ended it.
    #[test]
    fn any_answer_can_be_read(bytes in bytes()) {
        fn read<C: Command>(command: &C, bytes: &[u8]) -> Result<(), TestCaseError> {
            let (seen, mut channel) = once("AT+X", command.conversation(), [bytes]);
            let answer = seen.answer.or_else(|| channel.expire());
            if let Some(answer) = answer {
                let good = matches!(answer.outcome, Outcome::Ok | Outcome::Missing);
                let read = command.read(answer);
                prop_assert!(good || read.is_err());
            }
            Ok(())
        }
        read(&Status, &bytes)?;
        read(&PinStatus, &bytes)?;
        read(&Model, &bytes)?;
        read(&Get::stream(path("f"), 0, 5), &bytes)?;
        read(&List { path: path("f") }, &bytes)?;
        read(&Put::stream(path("f"), 0, None), &bytes)?;
        read(&ReadOpen { handle: 0, length: 5 }, &bytes)?;
    }
}

fn written<C: Command>(command: &C) -> String {
    let mut line = String::new();
    command.write(&mut line);
    line
}
