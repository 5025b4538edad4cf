//! Parser of unsolicited result codes.

use super::{AccessTechnology, Domain, PinState, Registration, RegistrationStatus as Status, Urc};
use crate::at::fields::Fields;

/// Prefixes of lines that are known and ignored (docs/module/at-network.md §6).
const IGNORED: [&str; 12] = [
    "+CTZV",
    "+CTZE",
    "+CGEV",
    "+QPSMTIMER",
    "+QIND",
    "+CMTI",
    "+QSIMSTAT",
    "+QNTP",
    "+QIURC",
    "+CSCON",
    "+QNITZ",
    "^MODE",
];

impl Urc {
    /// Parses a line; `None` if it is no URC of docs/module/at-network.md §6.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        match line {
            "RDY" => return Some(Self::Ready),
            // After power-up the first characters are garbage (docs/module/quirks.md S9).
            noisy if noisy.ends_with("RDY") && is_noisy(noisy) => return Some(Self::Ready),
            "APP RDY" => return Some(Self::AppReady),
            "POWERED DOWN" | "NORMAL POWER DOWN" | "PSM POWER DOWN" => {
                return Some(Self::PoweredDown);
            }
            text if is_initialised(text) => return Some(Self::Initialised),
            "RING" => return Some(Self::Other(line.to_owned())),
            _ => {}
        }
        let (prefix, text) = line.split_once(':')?;
        let mut fields = Fields::of(text);
        let known = match prefix {
            "+CFUN" => fields.number().map(Self::Functionality),
            "+CPIN" => Some(Self::Pin(PinState::parse(text.trim()))),
            "+QUSIM" => fields.number().map(Self::SimFound),
            "+CREG" | "+CGREG" | "+CEREG" => {
                Registration::parse(Domain::of(prefix)?, fields).map(Self::Registration)
            }
            "+QIURC" => pdp_deactivated(fields),
            "+QIND" if is_initialised(text.trim()) => Some(Self::Initialised),
            "+QIND" => signal_quality(fields),
            "+QSCRUB" => fields.text().map(|text| Self::Scrub(text == "START")),
            _ if is_ftp_result(prefix) => Some(Self::Late {
                prefix: prefix.to_owned(),
                text: text.trim().to_owned(),
            }),
            _ => None,
        };
        let ignored = || IGNORED.contains(&prefix);
        known.or_else(|| ignored().then(|| Self::Other(line.to_owned())))
    }

    /// Whether an unexpected line shows nothing but that something was said: it has bytes that are no
    /// text, or ends with the `RDY` of a start whose noise happens to be text.
    pub(crate) fn is_garbled(line: &str) -> bool {
        is_noisy(line) || line.ends_with("RDY")
    }
}

/// What modules say once after a start, in letters of either case.
fn is_initialised(text: &str) -> bool {
    const SAID: [&str; 5] = [
        "SMS Ready",
        "Call Ready",
        "SIM Ready",
        "SMS DONE",
        "PB DONE",
    ];
    SAID.iter().any(|said| said.eq_ignore_ascii_case(text))
}

/// `+QFTPxxx`, except the settings: their query is no result line, and it shows the password.
fn is_ftp_result(prefix: &str) -> bool {
    prefix.starts_with("+QFTP") && prefix != "+QFTPCFG"
}

fn pdp_deactivated(mut fields: Fields<'_>) -> Option<Urc> {
    (fields.text()? == "pdpdeact").then_some(())?;
    fields.number().map(Urc::PdpDeactivated)
}

fn signal_quality(mut fields: Fields<'_>) -> Option<Urc> {
    (fields.text()? == "csq").then_some(())?;
    Some(Urc::SignalQuality {
        rssi: fields.number()?,
        ber: fields.number()?,
    })
}

impl PinState {
    /// Parses the text of `+CPIN: …`.
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "READY" => Self::Ready,
            "NOT READY" => Self::NotReady,
            "SIM PIN" => Self::Pin,
            "SIM PUK" => Self::Puk,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Domain {
    /// The prefix of answers and URCs.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Circuit => "+CREG",
            Self::Packet => "+CGREG",
            Self::Lte => "+CEREG",
        }
    }

    /// The command without `AT+`.
    pub(crate) fn command(self) -> &'static str {
        self.prefix().trim_start_matches('+')
    }

    fn of(prefix: &str) -> Option<Self> {
        let all = [Self::Circuit, Self::Packet, Self::Lte];
        all.into_iter().find(|domain| domain.prefix() == prefix)
    }
}

impl Registration {
    /// Whether the text after `+C[G|E]REG:` is an answer: that has `<n>,<stat>`, where a URC has
    /// `<stat>` alone or before a quoted area (docs/module/at-network.md §3).
    pub(crate) fn is_answer(text: &str) -> bool {
        let mut fields = Fields::of(text).skip(1);
        fields.next().is_some_and(|stat| {
            !stat.quoted && !stat.text.is_empty() && stat.text.bytes().all(|b| b.is_ascii_digit())
        })
    }

    /// Parses `<stat>[,"<area>","<cell>",<Act>]`.
    pub(crate) fn parse(domain: Domain, mut fields: Fields<'_>) -> Option<Self> {
        let status = match fields.number::<u8>()? {
            0 => Status::Idle,
            1 => Status::Home,
            2 => Status::Searching,
            3 => Status::Denied,
            5 => Status::Roaming,
            _ => Status::Unknown,
        };
        let mut text = || fields.text().filter(|text| !text.is_empty());
        Some(Self {
            domain,
            status,
            area: text().map(str::to_owned),
            cell: text().map(str::to_owned),
            technology: text()
                .and_then(|number| number.parse().ok())
                .map(AccessTechnology::from_number),
        })
    }
}

impl AccessTechnology {
    /// The `<Act>` of that number.
    pub(crate) fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Gsm,
            8 => Self::CatM1,
            9 => Self::CatNb1,
            other => Self::Other(other),
        }
    }
}

/// Whether a line has bytes that are no text.
fn is_noisy(line: &str) -> bool {
    line.chars()
        .any(|c| c == char::REPLACEMENT_CHARACTER || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration(domain: Domain, status: Status, at: Option<(&str, &str, u8)>) -> Option<Urc> {
        Some(Urc::Registration(Registration {
            domain,
            status,
            area: at.map(|(area, _, _)| area.to_owned()),
            cell: at.map(|(_, cell, _)| cell.to_owned()),
            technology: at.map(|(_, _, act)| AccessTechnology::from_number(act)),
        }))
    }

    fn other(line: &str) -> Option<Urc> {
        Some(Urc::Other(line.to_owned()))
    }

    /// Every URC in docs/module/at-network.md §1, 2, 3, 6 and docs/module/at-file.md §1.
    #[test]
    fn every_known_urc() {
        let late = |prefix: &str, text: &str| {
            Some(Urc::Late {
                prefix: prefix.to_owned(),
                text: text.to_owned(),
            })
        };
        let signal = Some(Urc::SignalQuality { rssi: 20, ber: 99 });
        let rows = [
            ("RDY", Some(Urc::Ready)),
            ("\u{fffd}\u{fffd}RDY", Some(Urc::Ready)),
            ("\u{fffd}x~\u{1}RDY", Some(Urc::Ready)),
            ("xRDY", None),
            ("APP RDY", Some(Urc::AppReady)),
            ("POWERED DOWN", Some(Urc::PoweredDown)),
            ("NORMAL POWER DOWN", Some(Urc::PoweredDown)),
            ("PSM POWER DOWN", Some(Urc::PoweredDown)),
            ("+CFUN: 1", Some(Urc::Functionality(1))),
            ("+CPIN: READY", Some(Urc::Pin(PinState::Ready))),
            ("+CPIN: NOT READY", Some(Urc::Pin(PinState::NotReady))),
            ("+CPIN: SIM PIN", Some(Urc::Pin(PinState::Pin))),
            ("+CPIN: SIM PUK", Some(Urc::Pin(PinState::Puk))),
            (
                "+CPIN: PH-NET PIN",
                Some(Urc::Pin(PinState::Other("PH-NET PIN".into()))),
            ),
            ("+QUSIM: 1", Some(Urc::SimFound(1))),
            ("+QIND: SMS DONE", Some(Urc::Initialised)),
            ("+QIND: PB DONE", Some(Urc::Initialised)),
            ("SMS Ready", Some(Urc::Initialised)),
            ("+QIND: \"csq\",20,99", signal),
            (
                "+QIND: \"smsfull\",\"SM\"",
                other("+QIND: \"smsfull\",\"SM\""),
            ),
            (
                "+CREG: 2",
                registration(Domain::Circuit, Status::Searching, None),
            ),
            (
                "+CGREG: 1,\"1C2B\",\"0A1B2C3\",0",
                registration(Domain::Packet, Status::Home, Some(("1C2B", "0A1B2C3", 0))),
            ),
            (
                "+CEREG: 5,\"1C2B\",\"0A1B2C3\",8",
                registration(Domain::Lte, Status::Roaming, Some(("1C2B", "0A1B2C3", 8))),
            ),
            ("+QIURC: \"pdpdeact\",1", Some(Urc::PdpDeactivated(1))),
            ("+QIURC: \"closed\",0", other("+QIURC: \"closed\",0")),
            ("+QIURC: \"recv\",0,4", other("+QIURC: \"recv\",0,4")),
            ("+QSCRUB: \"START\"", Some(Urc::Scrub(true))),
            ("+QSCRUB: \"END\",0", Some(Urc::Scrub(false))),
            ("+CTZV: \"+32\"", other("+CTZV: \"+32\"")),
            ("+CGEV: NW DETACH", other("+CGEV: NW DETACH")),
            ("+QPSMTIMER: 1,2", other("+QPSMTIMER: 1,2")),
            ("+CMTI: \"ME\",1", other("+CMTI: \"ME\",1")),
            ("+QSIMSTAT: 1,0", other("+QSIMSTAT: 1,0")),
            ("+QNTP: 0,\"x\"", other("+QNTP: 0,\"x\"")),
            ("+CSCON: 1", other("+CSCON: 1")),
            ("+QNITZ: 1", other("+QNITZ: 1")),
            ("^MODE: 5,4", other("^MODE: 5,4")),
            ("RING", other("RING")),
            ("+QFTPGET: 627,550", late("+QFTPGET", "627,550")),
            ("+QFTPCFG: \"account\",\"u\",\"p\"", None),
            ("+QXYZ: 1", None),
            ("+CFUN: x", None),
            ("Quectel", None),
        ];
        for (line, expected) in rows {
            assert_eq!(Urc::parse(line), expected, "{line}");
        }
    }

    #[test]
    fn garbled_lines() {
        for line in [
            "xRDY",
            "PP RDY",
            "\u{fffd}\u{fffd}",
            "OK\u{1}",
            "~x\u{fffd}RD",
        ] {
            assert!(Urc::is_garbled(line), "{line}");
        }
        for line in ["+QXYZ: 1", "Quectel", "ABORTED", "+QCSQ: \"CAT-M1\",-52"] {
            assert!(!Urc::is_garbled(line), "{line}");
        }
    }

    #[test]
    fn registration_answers_are_distinguished_from_urcs() {
        for answer in ["0,1", "2,1,\"1C2B\",\"0A1B2C3\",8", "0, 5"] {
            assert!(Registration::is_answer(answer), "{answer}");
        }
        for urc in ["1", "1,\"1C2B\",\"0A1B2C3\",8", ""] {
            assert!(!Registration::is_answer(urc), "{urc}");
        }
    }
}
