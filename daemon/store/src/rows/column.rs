//! [`Columns`]: reads the columns of a row in order, and says which one is wrong.

use modem_ftp_dbus::errors::ErrorName;
use rusqlite::Row;
use rusqlite::types::{FromSql, ValueRef};

use crate::error::StoreError;

/// A number as SQLite stores it.
///
/// # Errors
/// [`StoreError::Unstorable`] for 0 and above 2⁶³ − 1.
pub(crate) fn number(number: u64) -> Result<i64, StoreError> {
    match i64::try_from(number) {
        Ok(stored) if stored > 0 => Ok(stored),
        _ => Err(StoreError::Unstorable(format!("number {number}"))),
    }
}

/// Name and text of an error as SQLite stores them.
pub(crate) fn error_columns(
    error: Option<&(ErrorName, String)>,
) -> (Option<&'static str>, Option<&str>) {
    match error {
        Some((name, text)) => (Some(name.dbus_name()), Some(text)),
        None => (None, None),
    }
}

/// The columns of a row, read from left to right.
pub(crate) struct Columns<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl<'a> Columns<'a> {
    /// From the first column on.
    pub(crate) const fn new(row: &'a Row<'a>) -> Self {
        Self { row, next: 0 }
    }

    /// The next column.
    pub(crate) fn get<T: FromSql>(&mut self) -> Result<T, String> {
        let column = self.next;
        self.next += 1;
        self.row.get(column).map_err(|error| error.to_string())
    }

    /// The next column, an unsigned amount.
    pub(crate) fn amount(&mut self) -> Result<u64, String> {
        self.get::<i64>().map(i64::cast_unsigned)
    }

    /// The next column, an unsigned amount or nothing.
    pub(crate) fn amount_if_any(&mut self) -> Result<Option<u64>, String> {
        Ok(self.get::<Option<i64>>()?.map(i64::cast_unsigned))
    }

    /// The next column, a number from 1.
    pub(crate) fn number(&mut self) -> Result<u64, String> {
        let stored = self.get::<i64>()?;
        match u64::try_from(stored) {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(format!("{stored} is not a number from 1")),
        }
    }

    /// The next column, a word of the contract.
    pub(crate) fn word<T>(&mut self, from: impl Fn(&str) -> Option<T>) -> Result<T, String> {
        let word = self.get::<String>()?;
        from(&word).ok_or_else(|| format!("unknown word {word:?}"))
    }

    /// The next two columns: name and text of an error, or nothing.
    pub(crate) fn error(&mut self) -> Result<Option<(ErrorName, String)>, String> {
        let name = self.get::<Option<String>>()?;
        let text = self.get::<Option<String>>()?;
        match (name, text) {
            (None, None) => Ok(None),
            (Some(name), Some(text)) => match ErrorName::from_dbus_name(&name) {
                Some(name) => Ok(Some((name, text))),
                None => Err(format!("unknown error name {name:?}")),
            },
            _ => Err("an error without name or text".to_owned()),
        }
    }

    /// The first column as text for people.
    pub(crate) fn key(row: &Row<'_>) -> String {
        match row.get_ref(0) {
            Ok(ValueRef::Integer(key)) => key.to_string(),
            Ok(ValueRef::Text(key)) => String::from_utf8_lossy(key).into_owned(),
            _ => "(unreadable key)".to_owned(),
        }
    }
}
