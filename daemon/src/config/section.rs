//! [`Section`]: one table of the file, whose keys are looked up one by one. [`Section::finish`]
//! adds a fault for each key that was not looked up.
//!
//! Deserialization by serde is not used because it stops at the first error: `toml::Spanned` gives
//! the position of a value, but only one fault would be reported at a time.

use std::cell::RefCell;
use std::fmt::Display;

use modem_ftp_core::api::failure::Failure;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::faults::Faults;

/// One table of the configuration file.
pub struct Section<'a, 'i> {
    /// Such as `server.plant`; empty for the whole file.
    path: String,
    /// Byte offset of its header.
    offset: usize,
    /// `None`: it is not in the file, or not a table.
    table: Option<&'a DeTable<'i>>,
    /// The keys that were looked up.
    known: RefCell<Vec<&'static str>>,
    faults: &'a Faults,
}

impl<'a, 'i> Section<'a, 'i> {
    /// The whole file.
    pub fn root(table: &'a DeTable<'i>, faults: &'a Faults) -> Self {
        Self::new(String::new(), 0, Some(table), faults)
    }

    fn new(
        path: String,
        offset: usize,
        table: Option<&'a DeTable<'i>>,
        faults: &'a Faults,
    ) -> Self {
        let known = RefCell::default();
        Self {
            path,
            offset,
            table,
            known,
            faults,
        }
    }

    /// The table `key`, without keys if the file does not have it.
    pub fn section(&self, key: &'static str) -> Section<'a, 'i> {
        self.known.borrow_mut().push(key);
        let path = self.full(key);
        let Some((name, value)) = self.table.and_then(|table| table.get_key_value(key)) else {
            return Self::new(path, self.offset, None, self.faults);
        };
        self.table_of(path, name.span().start, value)
    }

    /// All tables below `key` with their names, such as `[server.NAME]`, in the order of the file.
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
                format!("{path} must be a table, not {}", with_article(found)),
            );
            Self::new(path, offset, None, self.faults)
        }
    }

    /// The full name of a key, such as `server.plant.port`.
    fn full(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Adds a fault at the value of `key`, or at the table's header if the file does not have the
    /// key.
    pub fn fault(&self, key: &str, text: impl Display) {
        let offset = self
            .table
            .and_then(|table| table.get(key))
            .map_or(self.offset, |value| value.span().start);
        self.faults
            .add(offset, format!("{} {text}", self.full(key)));
    }

    /// Adds a fault at the table's header.
    pub fn fault_here(&self, text: impl Display) {
        self.faults
            .add(self.offset, format!("{} {text}", self.path));
    }

    /// Adds a fault about `key` at a byte offset of the file.
    pub fn fault_at(&self, offset: usize, key: &str, text: impl Display) {
        self.faults
            .add(offset, format!("{} {text}", self.full(key)));
    }

    /// Adds a fault if `checked` is one, at the first of `keys` that the file has. The fault's text
    /// is the failure's without its first word, which names the value.
    pub fn check<T, const N: usize>(&self, keys: [&'static str; N], checked: Result<T, Failure>) {
        let Err(failure) = checked else { return };
        let key = keys.into_iter().find(|key| self.has(key));
        let (_, why) = failure.text.split_once(' ').unwrap_or_default();
        self.fault(key.unwrap_or_default(), why);
    }

    /// Looks up a value.
    pub fn value(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.known.borrow_mut().push(key);
        self.table.and_then(|table| table.get(key))
    }

    /// Whether the file has the key.
    pub fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
    }

    /// Adds a fault for each key that was not looked up.
    pub fn finish(&self) {
        let known = self.known.borrow();
        for (name, _) in self.table.into_iter().flatten() {
            if !known.iter().any(|key| *key == name.get_ref().as_ref()) {
                let full = self.full(name.get_ref());
                self.faults
                    .add(name.span().start, format!("unknown key {full}"));
            }
        }
    }
}

/// The noun with its article: `a string`, `an integer`.
pub fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}
