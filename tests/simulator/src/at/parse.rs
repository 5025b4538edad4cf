//! Splits a command line into commands: basic commands follow each other directly, extended
//! commands are separated by `;` (docs/module/at-serial.md §3).

use super::args::Args;

/// The form of an extended command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// `AT+X=?`
    Test,
    /// `AT+X?`
    Read,
    /// `AT+X`
    Exec,
    /// `AT+X=…`
    Write(Args),
}

/// One command of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// A basic command: a letter, or `&` and a letter, with an optional number: `E0`, `&D1`.
    Basic {
        amp: bool,
        letter: u8,
        value: Option<u64>,
    },
    /// `S3?`
    RegisterRead(u64),
    /// `S3=13`
    RegisterWrite(u64, u64),
    /// An extended command; the name is in upper case with its plus sign.
    Extended { name: String, form: Form },
    /// A syntax error; answered with ERROR after the commands before it.
    Malformed,
}

/// Splits a command line. `None` if it does not begin with `AT` or `at`.
pub(crate) fn split(line: &[u8]) -> Option<Vec<Command>> {
    let line = line.trim_ascii();
    let mut rest = line
        .strip_prefix(b"AT")
        .or_else(|| line.strip_prefix(b"at"))?;
    let mut commands = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        let Some((&first, tail)) = rest.split_first() else {
            return Some(commands);
        };
        let (command, after) = match first {
            b';' => {
                rest = tail;
                continue;
            }
            b'+' => extended(rest),
            b'S' | b's' => register(tail),
            b'&' => match tail.split_first() {
                Some((&letter, tail)) if letter.is_ascii_alphabetic() => basic(true, letter, tail),
                _ => (Command::Malformed, &[][..]),
            },
            letter if letter.is_ascii_alphabetic() => basic(false, letter, tail),
            _ => (Command::Malformed, &[][..]),
        };
        commands.push(command);
        rest = after;
    }
}

fn basic(amp: bool, letter: u8, tail: &[u8]) -> (Command, &[u8]) {
    let (value, rest) = number(tail);
    (
        Command::Basic {
            amp,
            letter: letter.to_ascii_uppercase(),
            value,
        },
        rest,
    )
}

fn register(tail: &[u8]) -> (Command, &[u8]) {
    let (index, rest) = number(tail);
    match (index, rest.split_first()) {
        (Some(index), Some((b'?', rest))) => (Command::RegisterRead(index), rest),
        (Some(index), Some((b'=', rest))) => match number(rest) {
            (Some(value), rest) => (Command::RegisterWrite(index, value), rest),
            (None, rest) => (Command::Malformed, rest),
        },
        _ => (Command::Malformed, &[]),
    }
}

/// Parses leading decimal digits; returns the number and the rest. Too large numbers saturate.
fn number(input: &[u8]) -> (Option<u64>, &[u8]) {
    let digits = input
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (head, tail) = input.split_at_checked(digits).unwrap_or((&[], input));
    let value = head.iter().fold(0u64, |sum, byte| {
        sum.saturating_mul(10)
            .saturating_add(u64::from(byte - b'0'))
    });
    ((digits > 0).then_some(value), tail)
}

/// Parses one extended command, up to a `;` outside quotes.
fn extended(rest: &[u8]) -> (Command, &[u8]) {
    let mut quoted = false;
    let end = rest.iter().position(|&byte| {
        quoted ^= byte == b'"';
        byte == b';' && !quoted
    });
    let (body, after) = rest
        .split_at_checked(end.unwrap_or(rest.len()))
        .unwrap_or((rest, &[]));
    let body = body.trim_ascii_end();
    let name_len = body
        .iter()
        .position(|byte| matches!(byte, b'=' | b'?'))
        .unwrap_or(body.len());
    let (name, tail) = body.split_at_checked(name_len).unwrap_or((body, &[]));
    let form = match tail {
        b"" => Some(Form::Exec),
        b"?" => Some(Form::Read),
        b"=?" => Some(Form::Test),
        _ => tail
            .strip_prefix(b"=")
            .and_then(Args::parse)
            .map(Form::Write),
    };
    let name = String::from_utf8_lossy(name.trim_ascii_end()).to_ascii_uppercase();
    match form {
        Some(form) => (Command::Extended { name, form }, after),
        None => (Command::Malformed, after),
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Form, split};

    fn extended(name: &str, form: Form) -> Command {
        Command::Extended {
            name: name.into(),
            form,
        }
    }

    #[test]
    fn splits_basic_commands() {
        assert_eq!(
            split(b"ATE0V1&D2S3=13S4?"),
            Some(vec![
                Command::Basic {
                    amp: false,
                    letter: b'E',
                    value: Some(0)
                },
                Command::Basic {
                    amp: false,
                    letter: b'V',
                    value: Some(1)
                },
                Command::Basic {
                    amp: true,
                    letter: b'D',
                    value: Some(2)
                },
                Command::RegisterWrite(3, 13),
                Command::RegisterRead(4),
            ])
        );
        assert_eq!(split(b"at"), Some(vec![]));
        assert_eq!(split(b"AT&FZE0").map(|commands| commands.len()), Some(3));
    }

    #[test]
    fn splits_extended_commands_outside_quotes() {
        let commands = split(br#"AT+IPR=115200;&W;+CPIN?;+X="a;b";+Y=?"#).unwrap();
        assert_eq!(commands.len(), 5);
        assert_eq!(
            commands[1],
            Command::Basic {
                amp: true,
                letter: b'W',
                value: None
            }
        );
        assert_eq!(commands[2], extended("+CPIN", Form::Read));
        assert_eq!(commands[4], extended("+Y", Form::Test));
        match &commands[3] {
            Command::Extended {
                form: Form::Write(args),
                ..
            } => assert_eq!(args.bytes(0), Some(&b"a;b"[..])),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn question_mark_in_a_string_is_data() {
        let commands = split(br#"AT+QFTPDEL="a?""#).unwrap();
        assert!(
            matches!(&commands[0], Command::Extended { form: Form::Write(args), .. } if args.bytes(0) == Some(b"a?"))
        );
    }

    #[test]
    fn rejects_lines_without_at_and_reports_syntax_errors() {
        assert_eq!(split(b"+++AT"), None);
        assert_eq!(split(b"At"), None);
        assert_eq!(split(b"AT#"), Some(vec![Command::Malformed]));
        assert_eq!(split(br#"AT+X="a"#), Some(vec![Command::Malformed]));
    }
}
