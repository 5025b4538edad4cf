//! Values of a [`Section`]. Each function checks type and range and adds a fault at the value's
//! place.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;
use toml::de::DeValue;

use super::section::{Section, with_article};

/// Longest path, bytes: PATH_MAX.
pub const LONGEST_PATH: usize = 4096;

impl Section<'_, '_> {
    /// Whether the file has the key, with a string.
    pub fn is_string(&self, key: &'static str) -> bool {
        self.value(key)
            .is_some_and(|value| value.get_ref().is_str())
    }

    fn wrong_type(&self, key: &str, expected: &str, value: &DeValue<'_>) {
        let found = with_article(value.type_str());
        self.fault(key, format!("must be {expected}, not {found}"));
    }

    /// A string, or `default`.
    pub fn string(&self, key: &'static str, default: &str) -> String {
        self.optional_string(key)
            .unwrap_or_else(|| default.to_owned())
    }

    /// A string, if the file has the key.
    pub fn optional_string(&self, key: &'static str) -> Option<String> {
        match self.value(key)?.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            other => {
                self.wrong_type(key, "a string", other);
                None
            }
        }
    }

    /// A string that is required and not empty; empty if it is missing.
    pub fn required_string(&self, key: &'static str) -> String {
        if !self.has(key) {
            self.fault(key, "is missing");
        }
        let text = self.optional_string(key);
        if text.as_deref() == Some("") {
            self.fault(key, "must not be empty");
        }
        text.unwrap_or_default()
    }

    /// A whole number within `range`, or `default`.
    pub fn integer(&self, key: &'static str, range: RangeInclusive<i64>, default: i64) -> i64 {
        self.number(key, range, "").unwrap_or(default)
    }

    /// A time in whole seconds within `range`, or `default` seconds.
    pub fn seconds(&self, key: &'static str, range: RangeInclusive<i64>, default: i64) -> Duration {
        let seconds = self.number(key, range, " seconds").unwrap_or(default);
        Duration::from_secs(seconds.unsigned_abs())
    }

    fn number(&self, key: &'static str, range: RangeInclusive<i64>, unit: &str) -> Option<i64> {
        let integer = match self.value(key)?.get_ref() {
            DeValue::Integer(integer) => integer,
            other => {
                self.wrong_type(key, "a whole number", other);
                return None;
            }
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let inside = number.filter(|number| range.contains(number));
        if inside.is_none() {
            let (low, high) = range.into_inner();
            self.fault(key, format!("must be {low} to {high}{unit}, not {integer}"));
        }
        inside
    }

    /// `true` or `false`, or `default`.
    pub fn boolean(&self, key: &'static str, default: bool) -> bool {
        match self.value(key).map(Spanned::get_ref) {
            None => default,
            Some(DeValue::Boolean(value)) => *value,
            Some(other) => {
                self.wrong_type(key, "true or false", other);
                default
            }
        }
    }

    /// One of the given words, or `default`.
    pub fn choice<T: Copy>(&self, key: &'static str, choices: &[(&str, T)], default: T) -> T {
        let Some(word) = self.optional_string(key) else {
            return default;
        };
        if let Some((_, value)) = choices.iter().find(|(known, _)| *known == word) {
            return *value;
        }
        let known: Vec<_> = choices
            .iter()
            .map(|(word, _)| format!("\"{word}\""))
            .collect();
        let text = format!("must be {}, not \"{word}\"", known.join(", "));
        self.fault(key, text);
        default
    }

    /// A list of strings, each with its byte offset in the file; `None` if the file does not have
    /// the key.
    pub fn strings(&self, key: &'static str) -> Option<Vec<(usize, String)>> {
        let value = self.value(key)?;
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(key, "a list of strings", value.get_ref());
            return None;
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items.iter() {
            match item.get_ref() {
                DeValue::String(text) => texts.push((item.span().start, text.to_string())),
                other => {
                    let found = with_article(other.type_str());
                    let text = format!("must hold strings only, not {found}");
                    self.fault_at(item.span().start, key, text);
                }
            }
        }
        Some(texts)
    }

    /// An absolute path; `None` if it is missing, empty or relative.
    pub fn path(&self, key: &'static str) -> Option<PathBuf> {
        let text = self.optional_string(key)?;
        self.absolute(key, text)
    }

    /// An absolute path that is required; empty if it is missing.
    pub fn required_path(&self, key: &'static str) -> PathBuf {
        let text = self.required_string(key);
        self.absolute(key, text).unwrap_or_default()
    }

    fn absolute(&self, key: &str, text: String) -> Option<PathBuf> {
        if text.is_empty() {
            return None;
        }
        if text.len() > LONGEST_PATH {
            let text = format!("must have at most {LONGEST_PATH} bytes, not {}", text.len());
            self.fault(key, text);
            return None;
        }
        let path = PathBuf::from(text);
        if !path.is_absolute() {
            let text = format!("must be an absolute path, not \"{}\"", path.display());
            self.fault(key, text);
            return None;
        }
        Some(path)
    }
}
