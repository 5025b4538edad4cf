//! [`Final`]: final result codes, which end a command or enter data mode (docs/module/at-serial.md
//! §4).

use super::answer::{Cme, Outcome};
use super::fields::strip_prefix;

/// A final result code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Final {
    /// A result code that ends the command.
    End(Outcome),
    /// `CONNECT`, with the number after it, if there is one.
    Connect(Option<u64>),
}

impl Final {
    /// Parses a line; `None` if it is no final result code.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        Some(match line {
            "OK" => Self::End(Outcome::Ok),
            "ERROR" => Self::End(Outcome::Error),
            "NO CARRIER" | "BUSY" | "NO ANSWER" | "NO DIALTONE" => Self::End(Outcome::NoCarrier),
            "CONNECT" => Self::Connect(None),
            _ => {
                if let Some(code) = strip_prefix(line, "+CME ERROR") {
                    return Some(Self::End(Outcome::Cme(cme(code))));
                }
                if let Some(code) = strip_prefix(line, "+CMS ERROR") {
                    return Some(Self::End(Outcome::Cme(Cme::Text(format!("CMS {code}")))));
                }
                let text = line.strip_prefix("CONNECT ")?;
                Self::Connect(text.trim().parse().ok())
            }
        })
    }
}

fn cme(code: &str) -> Cme {
    code.parse()
        .map_or_else(|_| Cme::Text(code.to_owned()), Cme::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_final_result_code() {
        let end = |outcome| Some(Final::End(outcome));
        let text = |text: &str| end(Outcome::Cme(Cme::Text(text.to_owned())));
        let rows = [
            ("OK", end(Outcome::Ok)),
            ("ERROR", end(Outcome::Error)),
            ("+CME ERROR: 603", end(Outcome::Cme(Cme::Number(603)))),
            ("+CME ERROR:603", end(Outcome::Cme(Cme::Number(603)))),
            ("+CME ERROR: SIM busy", text("SIM busy")),
            ("+CMS ERROR: 500", text("CMS 500")),
            ("NO CARRIER", end(Outcome::NoCarrier)),
            ("BUSY", end(Outcome::NoCarrier)),
            ("NO ANSWER", end(Outcome::NoCarrier)),
            ("NO DIALTONE", end(Outcome::NoCarrier)),
            ("CONNECT", Some(Final::Connect(None))),
            ("CONNECT 500", Some(Final::Connect(Some(500)))),
            ("CONNECT fast", Some(Final::Connect(None))),
            ("CONNECTED", None),
            ("OKAY", None),
            ("ok", None),
            ("+QFTPOPEN: 0,0", None),
        ];
        for (line, expected) in rows {
            assert_eq!(Final::parse(line), expected, "{line}");
        }
    }
}
