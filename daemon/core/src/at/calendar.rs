//! [`Time`]: the module's way to write a point in time.

use crate::calendar::{DAY, civil, unix};

/// A point in time, in seconds since 1970-01-01 00:00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(i64);

impl Time {
    /// The time of so many seconds since 1970.
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// Reads `yy/MM/dd,hh:mm:ss±zz` and the same with four digits of the year: local time and
    /// its distance from UTC in quarters of an hour (docs/module/at-network.md §4). Years 80–99 are 19xx: the
    /// module's clock starts at 1980.
    pub fn parse_clock(text: &str) -> Option<Self> {
        let (date, clock) = text.split_once(',')?;
        let clock = clock.split(',').next()?;
        let zone = clock.find(['+', '-']).unwrap_or(clock.len());
        let (clock, zone) = clock.split_at(zone);
        let [year, month, day] = three(date, '/')?;
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
        let local = unix([year, month, day], three(clock, ':')?)?;
        (-48..=56)
            .contains(&quarters)
            .then_some(Self(local - quarters * 900))
    }

    /// Writes `yy/MM/dd,hh:mm:ss+00`, as `AT+CCLK=` takes it, in UTC.
    pub fn clock(self) -> String {
        let (days, second) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let [year, month, day] = civil(days);
        format!(
            "{:02}/{month:02}/{day:02},{:02}:{:02}:{:02}+00",
            year.rem_euclid(100),
            second / 3600,
            second / 60 % 60,
            second % 60,
        )
    }
}

fn three(text: &str, separator: char) -> Option<[i64; 3]> {
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
            assert_eq!(Time::parse_clock(text).map(Time::unix), unix, "{text}");
        }
    }

    #[test]
    fn clock_is_read_back() {
        for unix in [0, 951_782_400, 1_709_164_800, 1_786_111_877, 3_000_000_000] {
            let clock = Time::from_unix(unix).clock();
            assert_eq!(
                Time::parse_clock(&clock).map(Time::unix),
                // 1970 and 2065 and later do not fit two digits and the 1980 rule.
                (unix >= 315_532_800)
                    .then_some(unix)
                    .or(Some(unix + 3_155_760_000)),
                "{clock}"
            );
        }
        assert_eq!(
            Time::from_unix(1_199_405_983).clock(),
            "08/01/04,00:19:43+00"
        );
    }
}
