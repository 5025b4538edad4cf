//! The date in a row of `ls -l`, valid or not.

use super::row::word;
use super::time;
use crate::calendar::DAY;

/// A valid date and what follows it: `Mmm dd hh:mm`, `Mmm dd yyyy`, `Mmm dd hh:mm:ss yyyy`,
/// `Mmm dd yyyy hh:mm[:ss]`, all also with the day first or behind a day of the week,
/// `yyyy-mm-dd hh:mm`, `yyyy-mm-dd hh:mm:ss[.fff] [±hhmm]`. The time is `None` for the placeholder
/// `--- -- --:--` that libunftp writes for an unknown time.
pub(super) fn read(text: &str, now: i64) -> Option<(Option<i64>, &str)> {
    let text = without_weekday(text);
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
    let (ending, rest) = ending(rest)?;
    if (first, second, ending) == ("---", "--", Ending::One("--:--")) {
        return Some((None, rest));
    }
    let (month, day) = match time::month(first) {
        Some(month) => (month, second),
        None => (time::month(second)?, first),
    };
    let day = time::digits(day, 1..=2)?;
    let modified = match ending {
        Ending::Both { year, clock } => {
            let (hour, minute, second) = time::clock(clock)?;
            let clock = (hour, minute, second.unwrap_or(0));
            time::utc((time::digits(year, 4..=4)?, month, day), clock)?
        }
        Ending::One(word) => match time::digits(word, 4..=4) {
            Some(year) => time::utc((year, month, day), (0, 0, 0))?,
            None => {
                let (hour, minute, None) = time::clock(word)? else {
                    return None;
                };
                time::latest(month, day, (hour, minute, 0), now.saturating_add(DAY))?
            }
        },
    };
    Some((Some(modified), rest))
}

/// What follows the month and the day of a date.
#[derive(Clone, Copy, PartialEq)]
enum Ending<'a> {
    /// One word: a year or a time of day.
    One(&'a str),
    /// A year and a time of day.
    Both { year: &'a str, clock: &'a str },
}

/// The ending of a date and what follows it. A second word belongs to the date only if a name is left
/// behind it, and if it cannot be the beginning of the name: `ls` writes a time of day with seconds
/// only before a year (`-T`), and has two blanks before a year that it writes alone.
fn ending(text: &str) -> Option<(Ending<'_>, &str)> {
    let (first, rest) = word(text)?;
    let one = (Ending::One(first), rest);
    let Some((second, name)) = rest.strip_prefix(' ').and_then(|rest| rest.split_once(' ')) else {
        return Some(one);
    };
    let after_one_blank = text
        .strip_prefix(' ')
        .is_some_and(|text| text.starts_with(first));
    let both = if has_seconds(first) && is_year(second) {
        Some((second, first))
    } else if is_year(first) && after_one_blank && is_clock(second) {
        Some((first, second))
    } else {
        None
    };
    match both.filter(|_| !name.is_empty()) {
        Some((year, clock)) => {
            let rest = rest.get(second.len() + 1..)?;
            Some((Ending::Both { year, clock }, rest))
        }
        None => Some(one),
    }
}

/// A date without the day of the week that `ls --full-time` once began it with.
fn without_weekday(text: &str) -> &str {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    match word(text) {
        Some((day, rest)) if DAYS.contains(&day) => rest,
        _ => text,
    }
}

/// What follows words that are meant as one of the dates of [`read`], but are none.
pub(super) fn shape(text: &str) -> Option<&str> {
    let (first, rest) = word(without_weekday(text))?;
    if let Some((_, '-')) = time::three_numbers(first) {
        let Some((_, after)) = word(rest).filter(|(clock, _)| is_clock(clock)) else {
            return Some(rest);
        };
        let zone = word(after).filter(|(zone, _)| is_zone(zone));
        return Some(zone.map_or(after, |(_, after)| after));
    }
    let (second, rest) = word(rest)?;
    let (ending, rest) = ending(rest)?;
    let is_number = matches!(ending, Ending::One(word) if time::number(word).is_some());
    let known = match time::month(first) {
        Some(_) => second.len() <= 2 && (ending.is_time() || is_number),
        None => time::month(second).is_some() && first.len() <= 2 && ending.is_time(),
    };
    known.then_some(rest)
}

/// What follows a date whose month is in a language that is not known.
pub(super) fn shape_of_foreign(text: &str) -> Option<&str> {
    let (first, rest) = word(text)?;
    let (second, rest) = word(rest)?;
    let (ending, rest) = ending(rest)?;
    let is_day = |word: &str| time::digits(word.trim_end_matches(['.', '日']), 1..=2).is_some();
    let is_month = |word: &str| word.chars().any(char::is_alphabetic) && word.chars().count() <= 6;
    let known = (is_month(first) && is_day(second)) || (is_day(first) && is_month(second));
    (known && ending.is_time()).then_some(rest)
}

impl Ending<'_> {
    /// Whether it has the look of a time of day or of a year.
    fn is_time(&self) -> bool {
        match self {
            Ending::One(word) => is_clock(word) || is_year(word),
            Ending::Both { .. } => true,
        }
    }
}

fn is_year(word: &str) -> bool {
    time::digits(word.trim_end_matches('年'), 4..=4).is_some()
}

/// Whether a word has the look of a time of day with seconds.
fn has_seconds(word: &str) -> bool {
    is_clock(word) && word.matches(':').count() == 2
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
