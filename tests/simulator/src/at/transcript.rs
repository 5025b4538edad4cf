//! The readable transcript of the port: one line per AT line, data as a byte count, passwords and
//! PINs masked.

use std::collections::VecDeque;

/// Which side sent a line or data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The host, printed as `>`.
    Host,
    /// The module, printed as `<`.
    Module,
}

impl Side {
    fn prefix(self) -> char {
        match self {
            Self::Host => '>',
            Self::Module => '<',
        }
    }
}

/// The finished lines that have not been polled yet; records nothing when off.
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

    /// Records a line that one side sent.
    pub(crate) fn line(&mut self, side: Side, text: &[u8]) {
        if !self.on || text.is_empty() {
            return;
        }
        self.end_data();
        self.lines.push_back(format!(
            "{} {}",
            side.prefix(),
            escape_control(&mask(&String::from_utf8_lossy(text)))
        ));
    }

    /// Records an event that is not visible on the port, for instance a reset.
    pub(crate) fn note(&mut self, text: &str) {
        if self.on {
            self.end_data();
            self.lines.push_back(format!("* {text}"));
        }
    }

    /// Records bytes of data mode; consecutive bytes of one side become one line.
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

    /// Finishes the line of the data bytes recorded so far.
    pub(crate) fn end_data(&mut self) {
        if let Some((side, count)) = self.data.take() {
            self.lines
                .push_back(format!("{} <{count} bytes>", side.prefix()));
        }
    }

    /// The next finished line.
    pub(crate) fn poll(&mut self) -> Option<String> {
        self.lines.pop_front()
    }
}

/// Escapes control characters.
fn escape_control(text: &str) -> String {
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

/// Splits at `separator` outside quotes; a separator stays at the end of its piece.
fn pieces(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split_inclusive(move |c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
}

/// Masks secrets: the FTP account's password, the APN password of QICSGP, PINs and PUKs.
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
    fn masks_secrets() {
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
    fn counts_data_and_escapes_control_characters() {
        let mut transcript = Transcript::new(true);
        transcript.line(Side::Host, b"AT\x01");
        transcript.data(Side::Host, 1000);
        transcript.data(Side::Host, 24);
        transcript.line(Side::Module, b"OK");
        let lines: Vec<_> = std::iter::from_fn(|| transcript.poll()).collect();
        assert_eq!(lines, [r"> AT\u{1}", "> <1024 bytes>", "< OK"]);
    }
}
