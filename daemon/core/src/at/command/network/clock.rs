//! The module's clock: CCLK (docs/module/at-network.md §4).

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::calendar::Time;
use crate::at::codes::Sense;
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, CommandLine, Conversation, Lines};

/// `AT+CCLK?`. Reply: seconds since 1970. After a cold start it is 1980.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock;

impl Command for Clock {
    type Reply = i64;
    const NAME: &'static str = "CCLK";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+CCLK?");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+CCLK"),
        }
    }

    fn read(&self, answer: Answer) -> Result<i64, Failure> {
        let answer = accept(self, Sense::Module, answer)?;
        let text = fields(&answer, "+CCLK").and_then(|mut fields| fields.text());
        readable(self, text.and_then(Time::parse_clock).map(Time::unix))
    }
}

/// `AT+CCLK="<time>"`, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetClock {
    /// Seconds since 1970; 1980 to 2079.
    pub unix: i64,
}

setting!(SetClock, "CCLK", Module, |set, line| line
    .put("AT+CCLK=")
    .quote(&Time::from_unix(set.unix).clock()));
