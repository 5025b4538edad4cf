//! [`Numbers`]: the highest numbers of transfers and chores, and the file that outlives the database.
//!
//! The database holds the exact numbers. A small file beside it holds numbers that are rounded up,
//! written once in a thousand; it is read when a new database begins because the old one is lost
//! or unreadable. So a number can be skipped, but not given out twice.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use modem_ftp_core::api::fact::Fact;

use crate::error::StoreError;
use crate::lock::sync_directory;
use crate::schema::NUMBERS;

/// So many numbers are reserved at once.
const STEP: u64 = 1000;

/// A number of a transfer and one of a chore; 0: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Of a transfer.
    pub transfer: u64,
    /// Of a chore.
    pub chore: u64,
}

impl Numbers {
    /// The higher ones of both.
    pub(crate) fn or_higher(self, other: Self) -> Self {
        Self {
            transfer: self.transfer.max(other.transfer),
            chore: self.chore.max(other.chore),
        }
    }

    /// With the number that a fact bears.
    pub(crate) fn with(self, fact: &Fact) -> Self {
        let (transfer, chore) = match fact {
            Fact::Transfer(transfer) => (transfer.status.id.0, 0),
            Fact::Forgotten(id) => (id.0, 0),
            Fact::Receipt(receipt) => (receipt.id.0, 0),
            Fact::Chore(chore) => (0, chore.id.0),
            Fact::ChoreDone(id) => (0, id.0),
            Fact::Server(_) => (0, 0),
        };
        self.or_higher(Self { transfer, chore })
    }

    /// Whether both are at most as high as the others.
    pub(crate) const fn within(self, others: Self) -> bool {
        self.transfer <= others.transfer && self.chore <= others.chore
    }

    /// The numbers in the file of a directory. A file that is missing or makes no sense holds none.
    pub(crate) fn read(directory: &Path) -> Result<Self, StoreError> {
        let path = directory.join(NUMBERS);
        let text = match fs::read(&path) {
            Ok(bytes) => String::from_utf8(bytes).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(StoreError::of_file(&path, &error)),
        };
        let mut words = text.split_ascii_whitespace().map(str::parse);
        match (words.next(), words.next()) {
            (Some(Ok(transfer)), Some(Ok(chore))) => Ok(Self { transfer, chore }),
            _ => Ok(Self::default()),
        }
    }

    /// Makes the file of a directory hold numbers that cover these, durably.
    pub(crate) fn reserve(self, directory: &Path) -> Result<Self, StoreError> {
        let reserved = Self {
            transfer: self.transfer.next_multiple_of(STEP),
            chore: self.chore.next_multiple_of(STEP),
        };
        let path = directory.join(NUMBERS);
        let new = directory.join(format!("{NUMBERS}.new"));
        File::create(&new)
            .and_then(|mut file| {
                writeln!(file, "{} {}", reserved.transfer, reserved.chore)?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&new, &path))
            .map_err(|error| StoreError::of_file(&new, &error))?;
        sync_directory(directory)?;
        Ok(reserved)
    }
}
