//! The date in a row of `ls -l`, valid or not.

use super::row::word;
use super::time;
use crate::calendar::DAY;

/// A valid date and what follows it: `Mmm dd hh:mm`, `Mmm dd yyyy`, both also with the day first,
/// `yyyy-mm-dd hh:mm`, `yyyy-mm-dd hh:mm:ss[.fff] [±hhmm]`. The time is `None` for the placeholder
/// `--- -- --:--` that libunftp writes for an unknown time.
pub(super) fn read(text: &str, now: i64) -> Option<(Option<i64>, &str)> {
    let (first, rest) = word(text)?;
    let (second, rest) = word(rest)?;
    if let Some(date) = time::iso_date(first) {
        let (hour, minute, seconds) = time::clock(second)?;
        let local = time::utc(date, (hour, minute, seconds.unwrap_or(0)))?;
        return match word(rest) {
            Some((zone, after)) if seconds.is_some() && is_zone(zone) => {
                Some((Some(local - time::offset(zone)?), after))
            }
            _ => Some((Some(local), rest)),
        };
    }
    let (third, rest) = word(rest)?;
    if (first, second, third) == ("---", "--", "--:--") {
        return Some((None, rest));
    }
    let (month, day) = match time::month(first) {
        Some(month) => (month, second),
        None => (time::month(second)?, first),
    };
    let day = time::digits(day, 1..=2)?;
    let modified = if let Some(year) = time::digits(third, 4..=4) {
        time::utc((year, month, day), (0, 0, 0))?
    } else {
        let (hour, minute, None) = time::clock(third)? else {
            return None;
        };
        time::latest(month, day, (hour, minute, 0), now.saturating_add(DAY))?
    };
    Some((Some(modified), rest))
}

/// What follows words that are meant as one of the dates of [`read`], but are none.
pub(super) fn shape(text: &str) -> Option<&str> {
    let (first, rest) = word(text)?;
    if let Some((_, '-')) = time::three_numbers(first) {
        let Some((_, after)) = word(rest).filter(|(clock, _)| is_clock(clock)) else {
            return Some(rest);
        };
        let zone = word(after).filter(|(zone, _)| is_zone(zone));
        return Some(zone.map_or(after, |(_, after)| after));
    }
    let (second, rest) = word(rest)?;
    let (third, rest) = word(rest)?;
    let known = match time::month(first) {
        Some(_) => second.len() <= 2 && (is_clock(third) || time::number(third).is_some()),
        None => time::month(second).is_some() && first.len() <= 2 && is_time(third),
    };
    known.then_some(rest)
}

/// What follows a date whose month is in a language that is not known.
pub(super) fn shape_of_foreign(text: &str) -> Option<&str> {
    let (first, rest) = word(text)?;
    let (second, rest) = word(rest)?;
    let (third, rest) = word(rest)?;
    let is_day = |word: &str| time::digits(word.trim_end_matches(['.', '日']), 1..=2).is_some();
    let is_month = |word: &str| word.chars().any(char::is_alphabetic) && word.chars().count() <= 6;
    let known = (is_month(first) && is_day(second)) || (is_day(first) && is_month(second));
    (known && is_time(third)).then_some(rest)
}

/// Whether a word has the look of a time of day or of a year.
fn is_time(word: &str) -> bool {
    is_clock(word) || time::digits(word.trim_end_matches('年'), 4..=4).is_some()
}

/// Whether a word has the look of a time of day.
fn is_clock(word: &str) -> bool {
    word.contains(':')
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b":.".contains(&byte))
}

/// Whether a word has the look of an offset from UTC.
fn is_zone(word: &str) -> bool {
    word.strip_prefix(['+', '-'])
        .is_some_and(|digits| time::digits(digits, 4..=4).is_some())
}
