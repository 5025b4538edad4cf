//! Signal and serving network: CSQ, QNWINFO (docs/module/at-network.md §3).

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::{Command, CommandLine, Conversation, Lines};

/// `AT+CSQ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalQuality;

/// Reply of [`SignalQuality`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strength {
    /// 0 is −113 dBm or less, 31 is −51 dBm or more, in steps of 2 dB; 99 is unknown.
    pub rssi: u8,
    /// Bit error rate class, 0–7; 99 unknown.
    pub ber: u8,
}

impl Command for SignalQuality {
    type Reply = Strength;
    const NAME: &'static str = "CSQ";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+CSQ");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+CSQ"),
        }
    }

    fn read(&self, answer: Answer) -> Result<Strength, Failure> {
        let answer = accept(self, CommandKind::Network, answer)?;
        let read = || {
            let mut fields = fields(&answer, "+CSQ")?;
            Some(Strength {
                rssi: fields.number()?,
                ber: fields.number()?,
            })
        };
        readable(self, read())
    }
}

/// `AT+QNWINFO`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkInformation;

/// Reply of [`NetworkInformation`], in the module's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serving {
    /// NONE, GSM, GPRS, EDGE, Cat-M1, Cat-NB1, or another word of a related module.
    pub technology: String,
    /// Number of the operator, such as `46001`.
    pub operator: String,
    /// `GSM 1800`, `LTE BAND 8`.
    pub band: String,
    /// Channel number.
    pub channel: Option<u32>,
}

impl Command for NetworkInformation {
    type Reply = Serving;
    const NAME: &'static str = "QNWINFO";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QNWINFO");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QNWINFO"),
        }
    }

    fn read(&self, answer: Answer) -> Result<Serving, Failure> {
        let answer = accept(self, CommandKind::Network, answer)?;
        let read = || {
            let mut fields = fields(&answer, "+QNWINFO")?;
            Some(Serving {
                technology: fields.text()?.to_owned(),
                operator: fields.text().unwrap_or_default().to_owned(),
                band: fields.text().unwrap_or_default().to_owned(),
                channel: fields.number(),
            })
        };
        readable(self, read())
    }
}
