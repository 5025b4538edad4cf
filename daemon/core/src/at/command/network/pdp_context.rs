//! The PDP context: QICSGP, QIACT, QIDEACT, QIGETERROR (docs/module/at-network.md §1).

use std::net::IpAddr;
use std::time::Duration;

use super::address;
use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, CommandLine, Conversation, Lines, Patience};
use crate::at::fields::Fields;
use crate::at::quote::{ContextPassword, ContextText};

/// Longest duration of QIACT; no other command is accepted meanwhile.
const ACTIVATE: Duration = Duration::from_secs(150);
/// Longest duration of QIDEACT.
const DEACTIVATE: Duration = Duration::from_secs(40);

/// `AT+QICSGP=<context>,<kind>,"<apn>","<user>","<password>",<authentication>`. A change to an active
/// context takes effect when the context is activated again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigureContext {
    /// 1–16.
    pub context: u8,
    /// 1 IPv4, 2 IPv6; related modules also have 3, both.
    pub kind: u8,
    /// Access point name; empty for the default of the subscription.
    pub apn: ContextText,
    /// User.
    pub user: ContextText,
    /// Password.
    pub password: ContextPassword,
    /// 0 none, 1 PAP, 2 CHAP, 3 PAP or CHAP.
    pub authentication: u8,
}

setting!(ConfigureContext, "QICSGP", PdpContext, |wanted, line| line
    .put("AT+QICSGP=")
    .put(wanted.context)
    .put(',')
    .put(wanted.kind)
    .put(',')
    .quote(wanted.apn.as_str())
    .put(',')
    .quote(wanted.user.as_str())
    .put(',')
    .secret(wanted.password.expose())
    .put(',')
    .put(wanted.authentication));

impl ConfigureContext {
    /// Whether the module already has this configuration.
    pub fn matches(&self, found: &PdpConfiguration) -> bool {
        found.kind == self.kind
            && found.apn == self.apn.as_str()
            && found.user == self.user.as_str()
            && found.password == self.password
            && found.authentication == self.authentication
    }
}

/// `AT+QICSGP=<context>`. The answer does not contain the context number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextConfiguration {
    /// 1–16.
    pub context: u8,
}

/// Reply of [`ContextConfiguration`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdpConfiguration {
    /// 1 IPv4, 2 IPv6, 3 both.
    pub kind: u8,
    /// Access point name.
    pub apn: String,
    /// User.
    pub user: String,
    /// Password.
    pub password: ContextPassword,
    /// 0–3.
    pub authentication: u8,
}

impl Command for ContextConfiguration {
    type Reply = PdpConfiguration;
    const NAME: &'static str = "QICSGP";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QICSGP=").put(self.context);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QICSGP"),
        }
    }

    fn read(&self, answer: Answer) -> Result<PdpConfiguration, Failure> {
        let answer = accept(self, CommandKind::PdpContext, answer)?;
        let read = || {
            let mut fields = fields(&answer, "+QICSGP")?;
            Some(PdpConfiguration {
                kind: fields.number()?,
                apn: fields.text()?.to_owned(),
                user: fields.text()?.to_owned(),
                password: ContextPassword::received(fields.text()?),
                authentication: fields.number()?,
            })
        };
        readable(self, read())
    }
}

/// `AT+QIACT=<context>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activate {
    /// 1–16.
    pub context: u8,
}

setting!(
    Activate,
    "QIACT",
    PdpContext,
    Patience::Fixed(ACTIVATE),
    |activate, line| line.put("AT+QIACT=").put(activate.context)
);

/// `AT+QIDEACT=<context>`: deactivates the context and closes every connection in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deactivate {
    /// 1–16.
    pub context: u8,
}

setting!(
    Deactivate,
    "QIDEACT",
    PdpContext,
    Patience::Fixed(DEACTIVATE),
    |deactivate, line| line.put("AT+QIDEACT=").put(deactivate.context)
);

/// `AT+QIACT?`. Reply: the active contexts, perhaps none. An address in it may no longer be valid
/// (docs/module/quirks.md N2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveContexts;

/// A PDP context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// 1–16.
    pub context: u8,
    /// Whether it is active.
    pub active: bool,
    /// Its address, if it has one.
    pub address: Option<IpAddr>,
}

impl Command for ActiveContexts {
    type Reply = Vec<Context>;
    const NAME: &'static str = "QIACT";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QIACT?");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QIACT"),
        }
    }

    fn patience(&self) -> Patience {
        Patience::Fixed(ACTIVATE)
    }

    fn read(&self, answer: Answer) -> Result<Vec<Context>, Failure> {
        let answer = accept(self, CommandKind::PdpContext, answer)?;
        let contexts = answer.lines.iter().map(|line| {
            let mut fields = Fields::after(line, "+QIACT")?;
            let context = fields.number()?;
            let state: u8 = fields.number()?;
            // The type, which the address shows as well.
            fields.next();
            Some(Context {
                context,
                active: state == 1,
                address: address::of(fields),
            })
        });
        readable(self, contexts.collect())
    }
}

/// `AT+CGPADDR=<context>`. Reply: the context's address, if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextAddress {
    /// 1–16.
    pub context: u8,
}

impl Command for ContextAddress {
    type Reply = Option<IpAddr>;
    const NAME: &'static str = "CGPADDR";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+CGPADDR=").put(self.context);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+CGPADDR"),
        }
    }

    fn read(&self, answer: Answer) -> Result<Option<IpAddr>, Failure> {
        let answer = accept(self, CommandKind::PdpContext, answer)?;
        let ours = answer.lines.iter().find_map(|line| {
            let mut fields = Fields::after(line, "+CGPADDR")?;
            (fields.number() == Some(self.context)).then_some(fields)
        });
        Ok(ours.and_then(address::of))
    }
}

/// `AT+QIGETERROR`. Reply: why the last TCP/IP command failed, such as `561 open PDP failed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastNetworkError;

impl Command for LastNetworkError {
    type Reply = String;
    const NAME: &'static str = "QIGETERROR";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QIGETERROR");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QIGETERROR"),
        }
    }

    fn read(&self, answer: Answer) -> Result<String, Failure> {
        let answer = accept(self, CommandKind::PdpContext, answer)?;
        let read = || {
            let mut fields = fields(&answer, "+QIGETERROR")?;
            let code: u32 = fields.number()?;
            Some(format!("{code} {}", fields.text().unwrap_or_default()))
        };
        readable(self, read())
    }
}
