//! [`Store::open`]: opens the database of a directory, or begins one.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use modem_ftp_core::api::fact::Stored;
use rusqlite::config::DbConfig;

use crate::Store;
use crate::apply::store_numbers;
use crate::aside::{Condition, SetAside, set_aside};
use crate::error::StoreError;
use crate::inspect::{Inspection, check_tables, configure, connect, inspect};
use crate::lock::{Lock, sync_directory};
use crate::numbers::Numbers;
use crate::rows::{store_chore, store_server, store_transfer};
use crate::schema::{APPLICATION_ID, COMPANIONS, DATABASE, TABLES, UNFINISHED, VERSION};

/// A store, and what was found on the way to it.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: Store,
    /// Databases that could not be used. They were renamed; what was in them is not in the store.
    pub set_aside: Vec<SetAside>,
}

impl Store {
    /// Opens the database of a directory, or begins one there. One that is newer, damaged, or
    /// not ours is renamed and reported, and a new one begun behind its numbers.
    ///
    /// # Errors
    /// If the directory is missing, cannot be written, is full where space is needed, or another
    /// process has the store open. Nothing was renamed then.
    pub fn open(directory: &Path) -> Result<Opened, StoreError> {
        if !directory.is_dir() {
            return Err(StoreError::NoDirectory(directory.to_owned()));
        }
        let lock = Lock::take(directory)?;
        let mut reserved = Numbers::read(directory)?;
        let path = directory.join(DATABASE);
        let mut set_aside_here = Vec::new();
        // Numbers of a database that is lost may be anything up to those reserved.
        let mut floor = reserved;
        if exists(&path)? {
            match inspect(&path)? {
                Inspection::Sound(database, last) => {
                    if !last.within(reserved) {
                        // The file was removed. On a full disk the next new number makes it.
                        reserved = last.reserve(directory).unwrap_or(reserved);
                    }
                    let store = Self {
                        database,
                        directory: directory.to_owned(),
                        last,
                        reserved,
                        lock,
                    };
                    return Ok(Opened {
                        store,
                        set_aside: set_aside_here,
                    });
                }
                Inspection::Unusable {
                    condition,
                    reason,
                    numbers,
                } => {
                    floor = floor.or_higher(numbers);
                    if !floor.within(reserved) {
                        reserved = floor.reserve(directory)?;
                    }
                    // Made first, so that nothing is renamed if there is no space for it.
                    create(directory, floor, &Stored::default())?;
                    set_aside_here.push(set_aside(directory, condition, reason)?);
                }
            }
        } else {
            create(directory, floor, &Stored::default())?;
            for ending in COMPANIONS {
                let name = format!("{DATABASE}{ending}");
                if exists(&directory.join(&name))? {
                    let reason = format!("{name} without {DATABASE}");
                    set_aside_here.push(set_aside(directory, Condition::Incomplete, reason)?);
                }
            }
        }
        let store = finish(directory, reserved, lock)?;
        Ok(Opened {
            store,
            set_aside: set_aside_here,
        })
    }

    /// Renames the database after [`StoreError::Damaged`] and begins a new one. Transfers, chores
    /// and server traits are taken over if their tables are sound; receipts are not.
    ///
    /// # Errors
    /// As with [`Store::open`], which then has to be called.
    pub fn begin_anew(self, reason: String) -> Result<Opened, StoreError> {
        let stored = match check_tables(&self.database) {
            Ok(None) => self.restore().map(|restored| restored.stored),
            _ => Ok(Stored::default()),
        }
        .unwrap_or_default();
        let Self {
            database,
            directory,
            last,
            reserved,
            lock,
        } = self;
        create(&directory, last, &stored)?;
        // The damaged file stays as it is.
        database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        drop(database);
        let aside = set_aside(&directory, Condition::Damaged, reason)?;
        let store = finish(&directory, reserved, lock)?;
        Ok(Opened {
            store,
            set_aside: vec![aside],
        })
    }
}

/// Whether something bears a name.
fn exists(path: &Path) -> Result<bool, StoreError> {
    path.try_exists()
        .map_err(|error| StoreError::of_file(path, &error))
}

/// Makes a database under a name that does not count yet. It is complete when this returns: its
/// log is written back, and all of it is on the disk.
fn create(directory: &Path, last: Numbers, stored: &Stored) -> Result<(), StoreError> {
    let path = directory.join(UNFINISHED);
    remove_unfinished(directory)?;
    let made = (|| {
        let mut database = connect(&path, true)?;
        configure(&database)?;
        database.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        let transaction = database.transaction()?;
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        store_numbers(&transaction, last)?;
        for transfer in &stored.transfers {
            store_transfer(&transaction, transfer)?;
        }
        for chore in &stored.chores {
            store_chore(&transaction, chore)?;
        }
        for traits in &stored.servers {
            store_server(&transaction, traits)?;
        }
        transaction.commit()?;
        // Writes the log back and synchronizes the file. Closing does so as well, but tells no error.
        let busy: i64 =
            database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy != 0 {
            return Err(StoreError::InUse(path.clone()));
        }
        database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        // Removes the log.
        database.close().map_err(|(_, error)| error.into())
    })();
    if made.is_err() {
        // What cannot be removed now is removed the next time.
        let _ = remove_unfinished(directory);
    }
    made
}

/// Removes a database that was not completed.
fn remove_unfinished(directory: &Path) -> Result<(), StoreError> {
    for ending in std::iter::once("").chain(COMPANIONS) {
        let path = directory.join(format!("{UNFINISHED}{ending}"));
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(StoreError::of_file(&path, &error)),
        }
    }
    Ok(())
}

/// Gives the new database its name and opens it.
fn finish(directory: &Path, reserved: Numbers, lock: Lock) -> Result<Store, StoreError> {
    let path = directory.join(DATABASE);
    fs::rename(directory.join(UNFINISHED), &path)
        .map_err(|error| StoreError::of_file(&path, &error))?;
    sync_directory(directory)?;
    match inspect(&path)? {
        Inspection::Sound(database, last) => Ok(Store {
            database,
            directory: directory.to_owned(),
            last,
            reserved,
            lock,
        }),
        Inspection::Unusable { reason, .. } => Err(StoreError::Io(format!(
            "what was just written to {} cannot be read: {reason}",
            path.display()
        ))),
    }
}
