//! Times as FTP servers write them, converted to Unix seconds. An invalid date or time of day is
//! `None`; signs and blanks are not accepted as digits.

use std::ops::RangeInclusive;

use time::UtcDateTime;

use crate::calendar;

/// 9999-12-31 23:59:59.
pub(super) const END: i64 = 253_402_300_799;

/// Year, month, day of the month.
pub(super) type Date = (u32, u32, u32);

/// Reads `YYYYMMDDHHMMSS`, with or without a fraction after a point (RFC 3659 §2.3; the answer of
/// AT+QFTPMDTM, docs/module/at-ftp.md §2.14). Returns Unix seconds, UTC, without the fraction.
#[must_use]
pub fn mdtm(text: &str) -> Option<i64> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) => {
            digits_only(fraction)?;
            whole
        }
        None => text,
    };
    if whole.len() != 14 {
        return None;
    }
    let year = digits(whole.get(..4)?, 4..=4)?;
    let two = |at: usize| digits(whole.get(at..at + 2)?, 2..=2);
    utc((year, two(4)?, two(6)?), (two(8)?, two(10)?, two(12)?))
}

/// Unix seconds of a date with hour, minute and second; second 60 is a leap second.
pub(super) fn utc((year, month, day): Date, (hour, minute, second): Date) -> Option<i64> {
    let date = [year, month, day].map(i64::from);
    calendar::unix(date, [hour, minute, second].map(i64::from))
}

/// The latest time with this month, day and time of day that is not after `limit`, up to the year
/// 9999.
pub(super) fn latest(month: u32, day: u32, clock: Date, limit: i64) -> Option<i64> {
    let limit = limit.min(END);
    let year = UtcDateTime::from_unix_timestamp(limit).ok()?.year();
    let year = u32::try_from(year).ok()?;
    // Between two leap days lie at most eight years.
    (year.saturating_sub(8)..=year)
        .rev()
        .filter_map(|year| utc((year, month, day), clock))
        .find(|&time| time <= limit)
}

/// `Jan` to `Dec`, in any case.
pub(super) fn month(text: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    (1..)
        .zip(NAMES)
        .find_map(|(number, name)| name.eq_ignore_ascii_case(text).then_some(number))
}

/// `yyyy-mm-dd`; does not check that the day exists.
pub(super) fn iso_date(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    Some((
        digits(year, 4..=4)?,
        digits(month, 2..=2)?,
        digits(day, 2..=2)?,
    ))
}

/// Three numbers of one to four digits with the same `/`, `-` or `.` between them, and that.
pub(super) fn three_numbers(text: &str) -> Option<([u32; 3], char)> {
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    let mut parts = text.split(separator).map(|part| digits(part, 1..=4));
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    (['/', '-', '.'].contains(&separator) && parts.next().is_none()).then_some((numbers, separator))
}

/// A year that may have lost its century: 1970 to 2069.
pub(super) fn century(year: u32) -> u32 {
    match year {
        0..70 => 2000 + year,
        70..100 => 1900 + year,
        year => year,
    }
}

/// `hh:mm` or `hh:mm:ss[.fff]`: hour, minute and, if present, seconds.
pub(super) fn clock(text: &str) -> Option<(u32, u32, Option<u32>)> {
    let (hour, rest) = text.split_once(':')?;
    let (minute, second) = match rest.split_once(':') {
        Some((minute, second)) => (minute, Some(second)),
        None => (rest, None),
    };
    let second = match second {
        Some(second) => {
            let whole = match second.split_once('.') {
                Some((whole, fraction)) => {
                    digits_only(fraction)?;
                    whole
                }
                None => second,
            };
            Some(digits(whole, 2..=2)?)
        }
        None => None,
    };
    Some((digits(hour, 1..=2)?, digits(minute, 2..=2)?, second))
}

/// `±hhmm`: seconds that local time is ahead of UTC.
pub(super) fn offset(text: &str) -> Option<i64> {
    let (sign, value) = match text.split_at_checked(1)? {
        ("+", value) => (1, value),
        ("-", value) => (-1, value),
        _ => return None,
    };
    let value = i64::from(digits(value, 4..=4)?);
    let (hours, minutes) = (value / 100, value % 100);
    (minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

/// A number of so many digits, at most nine.
pub(super) fn digits(text: &str, count: RangeInclusive<usize>) -> Option<u32> {
    let text = digits_only(text)?;
    count.contains(&text.len()).then(|| text.parse().ok())?
}

/// A number without a sign that fits.
pub(super) fn number(text: &str) -> Option<u64> {
    digits_only(text)?.parse().ok()
}

/// The text, if it is digits, at least one, and nothing else.
fn digits_only(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}
