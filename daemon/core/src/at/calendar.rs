//! [`Time`]: the module's way to write a point in time.

/// Days from 1 March of year 0 to 1 January 1970, proleptic Gregorian.
const EPOCH: i64 = 719_468;
/// Days in 400 years.
const ERA: i64 = 146_097;

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
    /// its distance from UTC in quarters of an hour (at-network.md 4). Years 80–99 are 19xx: the
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
        let local = Self::of([year, month, day], three(clock, ':')?)?;
        (-48..=56)
            .contains(&quarters)
            .then_some(Self(local.0 - quarters * 900))
    }

    /// Writes `yy/MM/dd,hh:mm:ss+00`, as `AT+CCLK=` takes it, in UTC.
    pub fn clock(self) -> String {
        let (days, second) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        let [year, month, day] = civil(days);
        format!(
            "{:02}/{month:02}/{day:02},{:02}:{:02}:{:02}+00",
            year.rem_euclid(100),
            second / 3600,
            second / 60 % 60,
            second % 60,
        )
    }

    fn of(date: [i64; 3], clock: [i64; 3]) -> Option<Self> {
        let ([year, month, day], [hour, minute, second]) = (date, clock);
        let days = days(year, month, day);
        let exists = (1..=12).contains(&month) && civil(days) == [year, month, day];
        let on_the_clock =
            (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
        (exists && on_the_clock).then(|| Self(days * 86_400 + hour * 3600 + minute * 60 + second))
    }
}

fn three(text: &str, separator: char) -> Option<[i64; 3]> {
    let mut parts = text
        .split(separator)
        .map(|part| part.trim().parse::<i64>().ok());
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

/// Days since 1970 of a date. The year begins in March, so that the leap day is its last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day = (153 * month + 2) / 5 + day - 1;
    era * ERA + year * 365 + year / 4 - year / 100 + day - EPOCH
}

/// Year, month and day of so many days since 1970; the reverse of [`days`].
fn civil(days: i64) -> [i64; 3] {
    let days = days + EPOCH;
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = year + era * 400 + i64::from(month >= 10);
    [year, (month + 2) % 12 + 1, day]
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

    #[test]
    fn every_day_of_800_years_comes_back() {
        for day in -100_000..200_000 {
            let [year, month, date] = civil(day);
            assert_eq!(days(year, month, date), day);
        }
    }
}
