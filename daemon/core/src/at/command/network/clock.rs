//! The module's clock: CCLK, and the way it writes a time (docs/module/at-network.md §4).

use time::UtcDateTime;

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, CommandLine, Conversation, Lines};
use crate::calendar;

/// `AT+CCLK?`. Reply: seconds since 1970. The clock begins at 1980 after a cold start.
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
        let answer = accept(self, CommandKind::Module, answer)?;
        let text = fields(&answer, "+CCLK").and_then(|mut fields| fields.text());
        readable(self, text.and_then(parse))
    }
}

/// `AT+QLTS`. Reply: when the network gave the time last, in seconds since 1970; `None`: it has not
/// since the module started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkTime;

impl Command for NetworkTime {
    type Reply = Option<i64>;
    const NAME: &'static str = "QLTS";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QLTS");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QLTS"),
        }
    }

    fn read(&self, answer: Answer) -> Result<Option<i64>, Failure> {
        let answer = accept(self, CommandKind::Module, answer)?;
        let text = fields(&answer, "+QLTS").and_then(|mut fields| fields.text());
        match readable(self, text)? {
            "" => Ok(None),
            text => readable(self, parse(text).map(Some)),
        }
    }
}

/// `AT+CCLK="<time>"`, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetClock {
    /// Seconds since 1970, from 1980 to 2079.
    pub unix: i64,
}

setting!(SetClock, "CCLK", Module, |set, line| line
    .put("AT+CCLK=")
    .quote(&format(set.unix)));

/// Reads `yy/MM/dd,hh:mm:ss±zz`, or the same with a year of four digits, as seconds since 1970. It
/// is local time, and `zz` is how far that is ahead of UTC in quarters of an hour. Years 80–99 are
/// 19xx: the module's clock begins at 1980.
fn parse(text: &str) -> Option<i64> {
    let (date, clock) = text.split_once(',')?;
    let clock = clock.split(',').next()?;
    let zone = clock.find(['+', '-']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at(zone);
    let [year, month, day] = three_numbers(date, '/')?;
    let year = match year {
        0..80 => 2000 + year,
        80..100 => 1900 + year,
        _ => year,
    };
    let quarters: i64 = if zone.is_empty() {
        0
    } else {
        zone.parse().ok()?
    };
    let local = calendar::unix([year, month, day], three_numbers(clock, ':')?)?;
    (-48..=56)
        .contains(&quarters)
        .then_some(local - quarters * 900)
}

/// Writes seconds since 1970 as `yy/MM/dd,hh:mm:ss+00`, in UTC.
fn format(unix: i64) -> String {
    let time = UtcDateTime::from_unix_timestamp(unix).unwrap_or(UtcDateTime::UNIX_EPOCH);
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second) = time.as_hms();
    format!(
        "{:02}/{:02}/{day:02},{hour:02}:{minute:02}:{second:02}+00",
        year.rem_euclid(100),
        u8::from(month),
    )
}

fn three_numbers(text: &str, separator: char) -> Option<[i64; 3]> {
    let mut parts = text
        .split(separator)
        .map(|part| part.trim().parse::<i64>().ok());
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds by `date -u -d … +%s`.
    #[test]
    fn module_times() {
        let rows = [
            ("08/01/04,00:19:43+00", Some(1_199_405_983)),
            ("80/01/06,00:00:00+00", Some(315_964_800)),
            ("2017/01/13,03:40:48+32,0", Some(1_484_250_048)),
            ("17/01/13,03:40:48-04", Some(1_484_282_448)),
            ("17/01/13,03:40:48", Some(1_484_278_848)),
            ("17/01/13,03:40:48+99", None),
            ("17/13/13,03:40:48+00", None),
            ("", None),
        ];
        for (text, unix) in rows {
            assert_eq!(parse(text), unix, "{text}");
        }
    }

    #[test]
    fn a_written_time_is_read_back() {
        for unix in [0, 951_782_400, 1_709_164_800, 1_786_111_877, 3_000_000_000] {
            let clock = format(unix);
            assert_eq!(
                parse(&clock),
                // 1970 is written as 70, which is read as 2070.
                (unix >= 315_532_800)
                    .then_some(unix)
                    .or(Some(unix + 3_155_760_000)),
                "{clock}"
            );
        }
        assert_eq!(format(1_199_405_983), "08/01/04,00:19:43+00");
    }
}
