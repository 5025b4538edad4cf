//! Unix time of a calendar date and a time of day, both in UTC.

use time::{Date, Month, Time, UtcDateTime};

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// Seconds since 1970-01-01 00:00:00 of year, month, day and of hour, minute, second. Second 60 is
/// a leap second, which Unix time counts as the first second of the next minute. `None` for what
/// is no date or no time of day.
pub fn unix([year, month, day]: [i64; 3], [hour, minute, second]: [i64; 3]) -> Option<i64> {
    let small = |number: i64| u8::try_from(number).ok();
    let month = Month::try_from(small(month)?).ok()?;
    let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, small(day)?).ok()?;
    let leap = i64::from(second == 60);
    let clock = Time::from_hms(small(hour)?, small(minute)?, small(second - leap)?).ok()?;
    Some(UtcDateTime::new(date, clock).unix_timestamp() + leap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_that_do_not_exist() {
        let noon = [12, 0, 0];
        assert_eq!(unix([1970, 1, 1], noon), Some(DAY / 2));
        for date in [
            [2023, 2, 29],
            [1900, 2, 29],
            [2024, 13, 1],
            [2024, 0, 1],
            [2024, 4, 31],
            [2024, 4, 0],
            [2024, -1, 257],
        ] {
            assert_eq!(unix(date, noon), None, "{date:?}");
        }
        let day = [2016, 12, 31];
        assert_eq!(unix(day, [23, 59, 60]), unix([2017, 1, 1], [0, 0, 0]));
        for clock in [
            [24, 0, 0],
            [0, 60, 0],
            [0, 0, 61],
            [-1, 0, 0],
            [0, 0, i64::MAX],
        ] {
            assert_eq!(unix(day, clock), None, "{clock:?}");
        }
    }
}
