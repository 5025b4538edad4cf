//! Formats names, times, sizes and columns for people, safe for a terminal.

pub mod local_name;

use std::borrow::Cow;
use std::fmt::Write as _;

use console::measure_text_width;
use serde_json::Value;
use time::OffsetDateTime;

/// `text` without control sequences for a terminal.
///
/// Names and error texts come from servers and may hold any character. Control characters and those
/// that reorder or hide text are written as escapes, and backslashes are doubled, so that no two
/// names are printed alike.
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, true)
}

/// A name as [`printable`]; blanks before and after it are escapes too.
pub fn name(text: &str) -> Cow<'_, str> {
    blanks_shown(printable(text))
}

/// As [`name`], for a name in which escapes stand already for what could not be read: its backslashes
/// are not doubled.
pub fn unreadable_name(text: &str) -> Cow<'_, str> {
    blanks_shown(escaped(text, false))
}

fn blanks_shown(name: Cow<'_, str>) -> Cow<'_, str> {
    let inner = name.trim_matches(' ');
    if inner.len() == name.len() {
        return name;
    }
    let before = name.len() - name.trim_start_matches(' ').len();
    let after = name.len() - before - inner.len();
    let blank = r"\u{20}";
    format!("{}{inner}{}", blank.repeat(before), blank.repeat(after)).into()
}

fn escaped(text: &str, double: bool) -> Cow<'_, str> {
    if !text.contains(|c| c == '\\' || is_hidden(c) || local_name::escape(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' if double => safe.push_str("\\\\"),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c if is_hidden(c) => {
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
            }
            c => match local_name::escape(c) {
                Some(escape) => safe.push_str(&escape),
                None => safe.push(c),
            },
        }
    }
    Cow::Owned(safe)
}

/// Control characters, bidirectional marks, what has no width (Unicode's default-ignorable code
/// points), and blanks other than the space, which look like one.
pub fn is_hidden(c: char) -> bool {
    let is_blank = c.is_whitespace() && c != ' ';
    let is_ignorable = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    c.is_control() || is_blank || is_ignorable
}

/// A JSON object on one line. What JSON allows in a string and a terminal would obey, or not show, is
/// escaped; the value stays the same.
pub fn json_line(value: &Value) -> String {
    let text = value.to_string();
    if !text.contains(is_hidden) {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match is_hidden(c) {
            // They occur inside of strings only.
            true => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(safe, "\\u{unit:04x}");
                }
            }
            false => safe.push(c),
        }
    }
    safe
}

/// Unix seconds as `2024-05-01 12:34:56Z`; the number itself if it is no date of the years up to
/// 9999.
pub fn utc(seconds: i64) -> String {
    match OffsetDateTime::from_unix_timestamp(seconds) {
        Ok(t) => format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}Z",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second()
        ),
        Err(_) => seconds.to_string(),
    }
}

/// A number of bytes with a unit: `812 B`, `12.3 kB`, in powers of 1000.
pub fn octets(count: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if count < 1000 {
        return format!("{count} B");
    }
    // Integers, cut off and not rounded: 999 999 bytes must not become "1000.0 kB".
    let mut tenths = count / 100;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while tenths >= 10_000 {
        tenths /= 1000;
        unit = units.next();
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, unit.unwrap_or(&"EB"))
}

/// A signal strength (RSSI in dBm) with a word for it.
pub fn signal(dbm: i32) -> String {
    let word = match dbm {
        0.. => return "not known".into(),
        -70..0 => "excellent",
        -85..-70 => "good",
        -100..-85 => "fair",
        _ => "poor",
    };
    format!("{dbm} dBm ({word})")
}

/// `names` in as many columns as `width` holds, filled downwards like ls(1).
pub fn columns(names: &[String], width: usize) -> String {
    let widest = names
        .iter()
        .map(|name| measure_text_width(name))
        .max()
        .unwrap_or(0);
    let cell = widest + 2;
    // There is no gap after the last column.
    let rows = names.len().div_ceil(((width + 2) / cell).max(1));
    let mut text = String::new();
    for row in 0..rows {
        let mut line = String::new();
        for name in names.iter().skip(row).step_by(rows) {
            line.push_str(name);
            line.extend(std::iter::repeat_n(' ', cell - measure_text_width(name)));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("plain ä.csv"), "plain ä.csv");
        assert_eq!(printable("\x1b[2Ja"), "\\u{1b}[2Ja");
        assert_eq!(printable("a\r\n\tb\0"), "a\\r\\n\\tb\\u{0}");
        assert_eq!(printable("c1\u{9b}31m"), "c1\\u{9b}31m");
        assert_eq!(printable("exe.\u{202e}cod"), "exe.\\u{202e}cod");
        // A backslash and an `n` are printed differently from a newline.
        assert_eq!(printable("\\n"), "\\\\n");
        for hidden in [
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{feff}',
            '\u{ad}',
            '\u{a0}',
            '\u{2003}',
            '\u{2028}',
            '\u{e0041}',
        ] {
            let shown = format!("a\\u{{{:x}}}b", u32::from(hidden));
            assert_eq!(printable(&format!("a{hidden}b")), shown);
        }
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            assert!(
                !printable(&c.to_string()).contains(char::is_control),
                "{c:?}"
            );
        }
    }

    #[test]
    fn blanks_around_a_name_are_seen() {
        assert_eq!(name("a b"), "a b");
        assert_eq!(name(" a b  "), r"\u{20}a b\u{20}\u{20}");
        assert_eq!(name("  "), r"\u{20}\u{20}");
        assert_eq!(name(""), "");
        assert_eq!(name(r"\x1b"), r"\\x1b");
        assert_eq!(unreadable_name(r"\x1b "), r"\x1b\u{20}");
        assert_eq!(unreadable_name("\u{202e}"), r"\u{202e}");
    }

    #[test]
    fn json_keeps_its_value_and_hides_nothing() {
        let value = serde_json::json!({ "name": "\u{1b}\u{9b}\u{7f}\u{202e}\u{e0041}ä\\" });
        let line = json_line(&value);
        assert!(!line.contains(is_hidden), "{line}");
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
        assert_eq!(json_line(&serde_json::json!({"a": " ä"})), r#"{"a":" ä"}"#);
    }

    #[test]
    fn times_and_sizes_are_formatted() {
        assert_eq!(utc(0), "1970-01-01 00:00:00Z");
        assert_eq!(utc(1_714_567_890), "2024-05-01 12:51:30Z");
        assert_eq!(utc(i64::MAX), i64::MAX.to_string());
        for (count, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (12_345, "12.3 kB"),
            (999_999, "999.9 kB"),
            (1_000_000, "1.0 MB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(octets(count), text);
        }
    }

    #[test]
    fn a_signal_strength_has_a_word() {
        assert_eq!(signal(0), "not known");
        assert_eq!(signal(-71), "-71 dBm (good)");
        assert_eq!(signal(-113), "-113 dBm (poor)");
    }

    #[test]
    fn columns_are_filled_downwards() {
        let names: Vec<String> = ["a", "bb", "c", "d", "e"].map(String::from).into();
        assert_eq!(columns(&names, 10), "a   c   e\nbb  d\n");
        assert_eq!(columns(&names, 1), "a\nbb\nc\nd\ne\n");
        assert_eq!(columns(&[], 80), "");
    }
}
