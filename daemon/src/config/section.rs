//! [`Section`]: one table of the file, read key by key. Every read checks the type and range
//! and notes a fault at the value's place; [`Section::finish`] notes the keys nobody asked for.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use modem_ftp_core::api::failure::Failure;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::faults::Faults;

/// One table.
pub struct Section<'a, 'i> {
    /// `server.plant`, empty for the file itself.
    path: String,
    /// Where its header stands.
    offset: usize,
    table: Option<&'a DeTable<'i>>,
    asked: RefCell<Vec<&'static str>>,
    faults: &'a Faults,
}

impl<'a, 'i> Section<'a, 'i> {
    /// The file itself.
    pub fn root(table: &'a DeTable<'i>, faults: &'a Faults) -> Self {
        Self::new(String::new(), 0, Some(table), faults)
    }

    fn new(
        path: String,
        offset: usize,
        table: Option<&'a DeTable<'i>>,
        faults: &'a Faults,
    ) -> Self {
        let asked = RefCell::default();
        Self {
            path,
            offset,
            table,
            asked,
            faults,
        }
    }

    /// The table `key`; an empty one stands in for one that is not there.
    pub fn section(&self, key: &'static str) -> Section<'a, 'i> {
        self.asked.borrow_mut().push(key);
        let path = self.full(key);
        let Some((name, value)) = self.table.and_then(|table| table.get_key_value(key)) else {
            return Self::new(path, self.offset, None, self.faults);
        };
        self.table_of(path, name.span().start, value)
    }

    /// All tables below `key`, by name: `[server.NAME]`.
    pub fn sections(&self, key: &'static str) -> Vec<(String, Section<'a, 'i>)> {
        let parent = self.section(key);
        let mut tables: Vec<_> = parent
            .table
            .into_iter()
            .flatten()
            .map(|(name, value)| {
                let offset = name.span().start;
                let name = name.get_ref().to_string();
                let path = parent.full(&name);
                (name, parent.table_of(path, offset, value))
            })
            .collect();
        tables.sort_by_key(|(_, section)| section.offset);
        tables
    }

    fn table_of(&self, path: String, offset: usize, value: &'a Spanned<DeValue<'i>>) -> Self {
        if let DeValue::Table(table) = value.get_ref() {
            Self::new(path, offset, Some(table), self.faults)
        } else {
            let found = value.get_ref().type_str();
            self.faults.add(
                value.span().start,
                format!("{path} must be a table, not {}", a(found)),
            );
            Self::new(path, offset, None, self.faults)
        }
    }

    /// `server.plant.port`.
    fn full(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Notes a fault at the value of `key`, or at the table's header if the key is not there.
    pub fn fault(&self, key: &str, text: impl Display) {
        let offset = self
            .table
            .and_then(|table| table.get(key))
            .map_or(self.offset, |value| value.span().start);
        self.faults
            .add(offset, format!("{} {text}", self.full(key)));
    }

    /// Notes a fault at the table's header.
    pub fn fault_here(&self, text: impl Display) {
        self.faults
            .add(self.offset, format!("{} {text}", self.path));
    }

    /// Notes the failure of a value, read from the first of `keys` that is there, that cannot
    /// be said to the module.
    pub fn sound<T, const N: usize>(&self, keys: [&'static str; N], result: Result<T, Failure>) {
        let Err(failure) = result else { return };
        let key = keys.into_iter().find(|key| self.has(key));
        // The table says already which value is meant.
        let (_, why) = failure.text.split_once(' ').unwrap_or_default();
        self.fault(key.unwrap_or_default(), why);
    }

    fn value(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.asked.borrow_mut().push(key);
        self.table.and_then(|table| table.get(key))
    }

    /// Whether the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
    }

    /// Whether the key is there and a text.
    pub fn is_string(&self, key: &str) -> bool {
        let value = self.table.and_then(|table| table.get(key));
        value.is_some_and(|value| value.get_ref().is_str())
    }

    fn wrong_type(&self, key: &str, expected: &str, value: &DeValue<'_>) {
        self.fault(
            key,
            format!("must be {expected}, not {}", a(value.type_str())),
        );
    }

    /// A text, or `default`.
    pub fn string(&self, key: &'static str, default: &str) -> String {
        self.optional_string(key)
            .unwrap_or_else(|| default.to_owned())
    }

    /// A text, if the key is there.
    pub fn optional_string(&self, key: &'static str) -> Option<String> {
        match self.value(key)?.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            other => {
                self.wrong_type(key, "a string", other);
                None
            }
        }
    }

    /// A text that must be there.
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
        let DeValue::Integer(integer) = self.value(key)?.get_ref() else {
            self.wrong_type(key, "a whole number", self.value(key)?.get_ref());
            return None;
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

    /// A list of texts, each with its offset in the file; `None` if the key is not there.
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
                other => self.faults.add(
                    item.span().start,
                    format!(
                        "{} must hold strings only, not {}",
                        self.full(key),
                        a(other.type_str())
                    ),
                ),
            }
        }
        Some(texts)
    }

    /// Notes a fault at an offset got from [`Section::strings`].
    pub fn fault_at(&self, offset: usize, key: &str, text: impl Display) {
        self.faults
            .add(offset, format!("{} {text}", self.full(key)));
    }

    /// An absolute path; `None` if it is not there, empty or relative.
    pub fn path(&self, key: &'static str) -> Option<PathBuf> {
        let text = self.optional_string(key).filter(|text| !text.is_empty())?;
        let path = PathBuf::from(&text);
        if path.is_absolute() {
            return Some(path);
        }
        self.fault(key, format!("must be an absolute path, not \"{text}\""));
        None
    }

    /// An absolute path that must be there.
    pub fn required_path(&self, key: &'static str) -> PathBuf {
        if self.path(key).is_none() {
            self.required_string(key);
        }
        self.path(key).unwrap_or_default()
    }

    /// Notes every key that nobody asked for.
    pub fn finish(&self) {
        let asked = self.asked.borrow();
        for (name, _) in self.table.into_iter().flatten() {
            if !asked.iter().any(|known| *known == name.get_ref().as_ref()) {
                let full = self.full(name.get_ref());
                self.faults
                    .add(name.span().start, format!("unknown key {full}"));
            }
        }
    }
}

/// `a string`, `an integer`.
fn a(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}
