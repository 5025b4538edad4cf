//! The module's clock: CCLK, CTZU, QLTS (at-network.md 4).

use crate::at::answer::Answer;
use crate::at::calendar::Time;
use crate::at::codes::Sense;
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, Conversation, Line, Lines};
use crate::failure::Failure;

/// `AT+CCLK?`. Reply: seconds since 1970. After a cold start it is 1980.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock;

impl Command for Clock {
    type Reply = i64;
    const NAME: &'static str = "CCLK";

    fn compose(&self, line: &mut Line<'_>) {
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

/// `AT+CTZU=<0|1>`: whether the network sets the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneUpdate {
    /// Whether it does.
    pub on: bool,
}

setting!(ZoneUpdate, "CTZU", Module, |update, line| line
    .put("AT+CTZU=")
    .put(u8::from(update.on)));

/// `AT+QLTS=1`. Reply: the network's time in seconds since 1970; `None` if it never told any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkTime;

impl Command for NetworkTime {
    type Reply = Option<i64>;
    const NAME: &'static str = "QLTS";

    fn compose(&self, line: &mut Line<'_>) {
        line.put("AT+QLTS=1");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QLTS"),
        }
    }

    fn read(&self, answer: Answer) -> Result<Option<i64>, Failure> {
        let answer = accept(self, Sense::Module, answer)?;
        let text = fields(&answer, "+QLTS").and_then(|mut fields| fields.text());
        match readable(self, text)? {
            "" => Ok(None),
            text => readable(self, Time::parse_clock(text).map(|time| Some(time.unix()))),
        }
    }
}
