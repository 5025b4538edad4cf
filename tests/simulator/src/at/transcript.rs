//! The dialogue as a person reads it: one line an AT line, data as a count, passwords as `***`.

use std::collections::VecDeque;

/// Who sent something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The host: `>`.
    Host,
    /// The module: `<`.
    Module,
}

impl Side {
    fn mark(self) -> char {
        match self {
            Self::Host => '>',
            Self::Module => '<',
        }
    }
}

/// Collects finished lines until somebody polls them; collects nothing when off.
#[derive(Debug)]
pub(crate) struct Transcript {
    on: bool,
    lines: VecDeque<String>,
    data: Option<(Side, u64)>,
}

impl Transcript {
    pub(crate) fn new(on: bool) -> Self {
        Self {
            on,
            lines: VecDeque::new(),
            data: None,
        }
    }

    /// A line of the dialogue.
    pub(crate) fn line(&mut self, side: Side, text: &[u8]) {
        if !self.on || text.is_empty() {
            return;
        }
        self.end_data();
        self.lines.push_back(format!(
            "{} {}",
            side.mark(),
            readable(&mask(&String::from_utf8_lossy(text)))
        ));
    }

    /// Something that happened but was not said, for instance a reset.
    pub(crate) fn note(&mut self, text: &str) {
        if self.on {
            self.end_data();
            self.lines.push_back(format!("* {text}"));
        }
    }

    /// Bytes of data mode; neighbouring ones become one line.
    pub(crate) fn data(&mut self, side: Side, count: usize) {
        if !self.on || count == 0 {
            return;
        }
        match &mut self.data {
            Some((last, sum)) if *last == side => *sum += count as u64,
            _ => {
                self.end_data();
                self.data = Some((side, count as u64));
            }
        }
    }

    /// Data mode is over: its bytes become a line.
    pub(crate) fn end_data(&mut self) {
        if let Some((side, count)) = self.data.take() {
            self.lines
                .push_back(format!("{} <{count} bytes>", side.mark()));
        }
    }

    /// The next finished line.
    pub(crate) fn poll(&mut self) -> Option<String> {
        self.lines.pop_front()
    }
}

/// Control characters made visible.
fn readable(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, c| {
            if c.is_control() {
                out.extend(c.escape_default())
            } else {
                out.push(c)
            }
            out
        })
}

/// Splits at `separator` where it is not inside quotes; the separators stay with the piece before.
fn pieces(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split_inclusive(move |c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
}

/// Replaces the secrets of the commands that carry one: account, QICSGP's password, SIM PINs.
fn mask(line: &str) -> String {
    pieces(line, ';').map(mask_command).collect()
}

fn mask_command(command: &str) -> String {
    let upper = command.to_ascii_uppercase();
    let from_host = upper.contains("=");
    let hide = |index: usize| match () {
        () if upper.contains("QFTPCFG") && upper.contains("\"ACCOUNT\"") => index >= 2,
        () if upper.contains("QICSGP=") => index == 4,
        () if upper.contains("QICSGP: ") => index == 3,
        () if upper.contains("CPIN=") && from_host => true,
        () => false,
    };
    let Some(start) = upper.find(['=', ':']).map(|at| at + 1) else {
        return command.to_owned();
    };
    let (head, tail) = command.split_at_checked(start).unwrap_or((command, ""));
    let mut out = head.to_owned();
    for (index, piece) in pieces(tail, ',').enumerate() {
        let body = piece.trim_end_matches([',', ';']);
        if hide(index) && !body.trim().is_empty() && body.trim() != "?" && body.trim() != "\"\"" {
            out.push_str("***");
            out.push_str(piece.get(body.len()..).unwrap_or(""));
        } else {
            out.push_str(piece);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Side, Transcript, mask};

    #[test]
    fn secrets_are_masked() {
        for (line, shown) in [
            (
                r#"AT+QFTPCFG="account","test","s3,c;ret""#,
                r#"AT+QFTPCFG="account","test",***"#,
            ),
            (
                r#"+QFTPCFG: "account","test","secret""#,
                r#"+QFTPCFG: "account","test",***"#,
            ),
            (
                r#"AT+QICSGP=1,1,"apn","user","pass",1"#,
                r#"AT+QICSGP=1,1,"apn","user",***,1"#,
            ),
            (
                r#"+QICSGP: 1,"apn","user","pass",1"#,
                r#"+QICSGP: 1,"apn","user",***,1"#,
            ),
            (r#"AT+CPIN="1234";+CSQ"#, "AT+CPIN=***;+CSQ"),
            ("AT+CPIN=1234", "AT+CPIN=***"),
            ("AT+CPIN=?", "AT+CPIN=?"),
            (
                r#"AT+QFTPPUT="a","COM:",0,5,1"#,
                r#"AT+QFTPPUT="a","COM:",0,5,1"#,
            ),
        ] {
            assert_eq!(mask(line), shown);
        }
    }

    #[test]
    fn data_is_counted_and_control_bytes_are_shown() {
        let mut transcript = Transcript::new(true);
        transcript.line(Side::Host, b"AT\x01");
        transcript.data(Side::Host, 1000);
        transcript.data(Side::Host, 24);
        transcript.line(Side::Module, b"OK");
        let lines: Vec<_> = std::iter::from_fn(|| transcript.poll()).collect();
        assert_eq!(lines, [r"> AT\u{1}", "> <1024 bytes>", "< OK"]);
    }
}
