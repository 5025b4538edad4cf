//! [`When`]: a point in time as the command line gives it. Calendar times are UTC, as in all output.

use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use time::{Date, Month, Time};

/// A point in time, or a distance from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Unix seconds.
    At(i64),
    /// So many seconds before or after now; the option says which.
    Span(i64),
}

impl When {
    /// In Unix seconds; a distance is one before now.
    pub fn ago(self) -> i64 {
        match self {
            Self::At(time) => time,
            Self::Span(seconds) => now().saturating_sub(seconds),
        }
    }

    /// In Unix seconds; a distance is one after now.
    pub fn ahead(self) -> i64 {
        match self {
            Self::At(time) => time,
            Self::Span(seconds) => now().saturating_add(seconds),
        }
    }
}

impl FromStr for When {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = match text.strip_prefix('@') {
            Some(seconds) => seconds.parse().ok().map(Self::At),
            None => span(text)
                .map(Self::Span)
                .or_else(|| calendar(text).map(Self::At)),
        };
        time.ok_or(
            "give a distance such as 90s, 30m, 12h, 7d or 2w, a UTC date or time such as \
             2026-05-31 or 2026-05-31T18:30:00, or @ and Unix seconds",
        )
    }
}

/// The present, in Unix seconds.
pub fn now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    since_epoch.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}

/// `7d` in seconds.
fn span(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let count: u32 = text.get(..text.len() - 1)?.parse().ok()?;
    i64::from(count).checked_mul(unit)
}

/// `YYYY-MM-DD`, then nothing or, after a `T` or a space, `HH:MM` or `HH:MM:SS`, then nothing or `Z`.
fn calendar(text: &str) -> Option<i64> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, time.strip_suffix('Z').unwrap_or(time)),
        None => (text, "00:00"),
    };
    let [year, month, day] = numbers(date, '-')?[..] else {
        return None;
    };
    let (hour, minute, second) = match numbers(time, ':')?[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let byte = |number: u16| u8::try_from(number).ok();
    let month = Month::try_from(byte(month)?).ok()?;
    let date = Date::from_calendar_date(year.into(), month, byte(day)?).ok()?;
    let time = Time::from_hms(byte(hour)?, byte(minute)?, byte(second)?).ok()?;
    Some(date.with_time(time).assume_utc().unix_timestamp())
}

/// The numbers of a text, each of two digits or more.
fn numbers(text: &str, separator: char) -> Option<Vec<u16>> {
    let number = |part: &str| {
        let is_number = part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse().ok()).flatten()
    };
    text.split(separator).map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_dates_times_and_unix_seconds_are_read() {
        for (text, when) in [
            ("90s", When::Span(90)),
            ("30m", When::Span(1800)),
            ("12h", When::Span(43_200)),
            ("7d", When::Span(604_800)),
            ("2w", When::Span(1_209_600)),
            ("@1714567890", When::At(1_714_567_890)),
            ("1970-01-01", When::At(0)),
            ("2024-05-01T12:51:30Z", When::At(1_714_567_890)),
            ("2024-05-01 12:51:30", When::At(1_714_567_890)),
            ("2024-05-01T12:51", When::At(1_714_567_860)),
        ] {
            assert_eq!(text.parse(), Ok(when), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "d",
            "7",
            "-7d",
            "7y",
            "é",
            "@",
            "@x",
            "2024-02-30",
            "2024-13-01",
            "2024-5-1",
            "2024-05-01T",
            "2024-05-01T25:00",
            "2024-05-01T12",
            "2024-05-01T12:00:00+02:00",
            "yesterday",
        ] {
            assert!(text.parse::<When>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_distance_lies_before_or_after_now() {
        let span = When::Span(100);
        assert!(span.ahead() - span.ago() >= 200);
        assert_eq!((When::At(5).ago(), When::At(5).ahead()), (5, 5));
    }
}
