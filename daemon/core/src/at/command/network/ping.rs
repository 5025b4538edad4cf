//! QPING: whether a host answers an echo request (docs/module/at-network.md §1).

use std::time::Duration;

use crate::api::failure::Failure;
use crate::at::answer::{Answer, Outcome};
use crate::at::codes::{self, CommandKind};
use crate::at::command::{Command, CommandLine, Conversation, Patience};
use crate::at::fields::Fields;
use crate::at::quote::Host;

/// How long the host may take to answer, seconds.
const ANSWER: u8 = 10;
/// How long the result may take, the look-up of the name (60 s) included.
const RESULT: Duration = Duration::from_secs(75);

/// `AT+QPING=<context>,"<host>",10,1`. Reply: whether the host answered. Only the first result line
/// is waited for; the summary that follows is ignored like a URC that nobody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    /// PDP context.
    pub context: u8,
    /// The host.
    pub host: Host,
}

impl Command for Ping {
    type Reply = bool;
    const NAME: &'static str = "QPING";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QPING=").put(self.context).put(',');
        line.quote(self.host.as_str()).put(',').put(ANSWER);
        line.put(",1");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred { prefix: "+QPING" }
    }

    fn patience(&self) -> Patience {
        Patience::Fixed(RESULT)
    }

    fn read(&self, answer: Answer) -> Result<bool, Failure> {
        let ended = matches!(answer.outcome, Outcome::Ok | Outcome::Missing);
        let Some(result) = answer.result.as_deref().filter(|_| ended) else {
            return Err(codes::failure(Self::NAME, CommandKind::PdpContext, &answer));
        };
        // `0,"<address>",…` is an answer of the host; `0,<sent>,<received>,…` is the summary of a
        // request that was not answered, and anything else is an error code.
        let mut fields = Fields::of(result);
        let succeeded = fields.number() == Some(0_u32);
        Ok(succeeded && fields.next().is_some_and(|field| field.quoted))
    }
}
