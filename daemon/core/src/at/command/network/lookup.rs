//! What is known about a context beside its state: QIGETERROR, QIDNSCFG, CGPADDR
//! (at-network.md 1).

use crate::at::answer::Answer;
use crate::at::codes::Sense;
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::{Command, Conversation, Line, Lines};
use crate::failure::Failure;

/// `AT+QIGETERROR`. Reply: why the last TCP/IP command failed: `561 open PDP failed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastNetworkError;

impl Command for LastNetworkError {
    type Reply = String;
    const NAME: &'static str = "QIGETERROR";

    fn compose(&self, line: &mut Line<'_>) {
        line.put("AT+QIGETERROR");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QIGETERROR"),
        }
    }

    fn read(&self, answer: Answer) -> Result<String, Failure> {
        let answer = accept(self, Sense::Bearer, answer)?;
        let read = || {
            let mut fields = fields(&answer, "+QIGETERROR")?;
            let code: u32 = fields.number()?;
            Some(format!("{code} {}", fields.text().unwrap_or_default()))
        };
        readable(self, read())
    }
}

/// `AT+QIDNSCFG=<context>`. Reply: the DNS servers' addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DnsServers {
    /// 1–16; it must be active.
    pub context: u8,
}

impl Command for DnsServers {
    type Reply = Vec<String>;
    const NAME: &'static str = "QIDNSCFG";

    fn compose(&self, line: &mut Line<'_>) {
        line.put("AT+QIDNSCFG=").put(self.context);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QIDNSCFG"),
        }
    }

    fn read(&self, answer: Answer) -> Result<Vec<String>, Failure> {
        let answer = accept(self, Sense::Bearer, answer)?;
        let fields = readable(self, fields(&answer, "+QIDNSCFG"))?;
        let addresses = fields.skip(1).filter(|field| !field.text.is_empty());
        Ok(addresses.map(|field| field.text.to_owned()).collect())
    }
}

/// `AT+CGPADDR=<context>`. Reply: the context's address by the 3GPP layer, by which
/// [`ActiveContexts`](super::ActiveContexts) can be checked; `None` if it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// 1–16.
    pub context: u8,
}

impl Command for Address {
    type Reply = Option<String>;
    const NAME: &'static str = "CGPADDR";

    fn compose(&self, line: &mut Line<'_>) {
        line.put("AT+CGPADDR=").put(self.context);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+CGPADDR"),
        }
    }

    fn read(&self, answer: Answer) -> Result<Option<String>, Failure> {
        let answer = accept(self, Sense::Bearer, answer)?;
        let fields = fields(&answer, "+CGPADDR");
        let address = fields.and_then(|fields| fields.skip(1).map(|field| field.text).next());
        let given = address.filter(|text| !text.is_empty() && *text != "0.0.0.0");
        Ok(given.map(str::to_owned))
    }
}
