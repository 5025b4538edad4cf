//! Opens a database file and decides whether it can be used, without changing it until that is
//! known.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};

use crate::aside::Condition;
use crate::error::StoreError;
use crate::numbers::Numbers;
use crate::schema::{
    APPLICATION_ID, CACHE_KIB, CHECKED, CHECKPOINT_PAGES, LOG_BYTES, PAGE_SIZE, TABLES, VERSION,
};

/// The first bytes of every SQLite database.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// No daemon gets that far: a higher number in a damaged database is part of the damage.
const PLAUSIBLE: u64 = 1 << 48;

/// What a database file is.
pub(crate) enum Inspection {
    /// Ours, of this version, sound; the highest numbers in it.
    Sound(Connection, Numbers),
    /// Not usable, and closed again.
    Unusable {
        /// What it is.
        condition: Condition,
        /// What was found, in words.
        reason: String,
        /// The highest numbers in it, as far as they can be read.
        numbers: Numbers,
    },
}

/// Why a file is not usable.
type Verdict = (Condition, String);

/// Looks at a database file and opens it if it is usable.
pub(crate) fn inspect(path: &Path) -> Result<Inspection, StoreError> {
    // Before SQLite opens it: opening a foreign database could roll back its journal.
    if let Some((condition, reason)) = inspect_header(path)? {
        return Ok(Inspection::Unusable {
            condition,
            reason,
            numbers: Numbers::default(),
        });
    }
    let database = connect(path, false)?;
    // Nothing was read yet, so nothing in the file can have failed.
    if database.is_readonly(MAIN_DB)? {
        return Err(StoreError::ReadOnly(path.display().to_string()));
    }
    let configured = configure(&database).map_err(Fault::from);
    match configured
        .and_then(|()| inspect_content(&database))
        .and_then(|()| read_numbers(&database))
    {
        Ok(numbers) => {
            database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
            Ok(Inspection::Sound(database, numbers))
        }
        Err(Fault::Unusable((condition, reason))) => Ok(Inspection::Unusable {
            condition,
            reason,
            numbers: salvage_numbers(&database),
        }),
        Err(Fault::Failed(error)) => Err(error),
    }
}

/// A connection that has not read anything yet. Closing it leaves the log where it is, until
/// [`DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE`] is cleared.
pub(crate) fn connect(path: &Path, create: bool) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, create);
    let database = Connection::open_with_flags(uri(path), flags)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(database)
}

/// Gives a connection the settings of the store.
///
/// Exclusive locking keeps other processes off and the index of the log in memory, so there is no
/// shared-memory file. A file that is locked is refused at once.
pub(crate) fn configure(database: &Connection) -> Result<(), rusqlite::Error> {
    database.execute_batch(&format!(
        "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF; \
         PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; \
         PRAGMA page_size = {PAGE_SIZE}; PRAGMA cache_size = -{CACHE_KIB}; \
         PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; \
         PRAGMA journal_size_limit = {LOG_BYTES};"
    ))
}

/// The path as SQLite takes it with a parameter. `psow=0`: do not rely on a write leaving the bytes
/// around it alone when power fails; each commit begins at a new sector of the log instead.
fn uri(path: &Path) -> PathBuf {
    let mut uri = b"file:".to_vec();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'%' | b'?' | b'#' => uri.extend(format!("%{byte:02X}").bytes()),
            _ => uri.push(*byte),
        }
    }
    uri.extend(b"?psow=0");
    OsString::from_vec(uri).into()
}

/// What the first bytes of the file say against it. They are complete before the file gets its
/// name, so nothing in the log is needed to judge them.
fn inspect_header(path: &Path) -> Result<Option<Verdict>, StoreError> {
    let mut header = Vec::new();
    File::open(path)
        .and_then(|file| file.take(100).read_to_end(&mut header))
        .map_err(|error| StoreError::of_file(path, &error))?;
    // "SQLite Database File Format", 1.3: the application ID is a big-endian number at offset 68.
    let application = header.get(68..72).and_then(|id| id.try_into().ok());
    Ok(match application.map(u32::from_be_bytes) {
        _ if !header.starts_with(MAGIC) => Some((
            Condition::Damaged,
            "it does not begin as a database does".to_owned(),
        )),
        None => Some((
            Condition::Damaged,
            "it ends within the first bytes".to_owned(),
        )),
        Some(APPLICATION_ID) => None,
        Some(other) => Some((Condition::Foreign, format!("application ID {other:#010x}"))),
    })
}

/// Why an inspection did not pass.
enum Fault {
    /// The file is the reason.
    Unusable(Verdict),
    /// Something else is the reason; the file may be sound.
    Failed(StoreError),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            // Among the unknown ones: a table or column is missing. No code: a value has the wrong
            // type, or a row is missing.
            None
            | Some(
                ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::Unknown
                | ErrorCode::SchemaChanged,
            ) => Self::Unusable((Condition::Damaged, error.to_string())),
            Some(_) => Self::Failed(error.into()),
        }
    }
}

/// Checks version and content, as far as the queue needs them.
fn inspect_content(database: &Connection) -> Result<(), Fault> {
    let application: u32 = database.pragma_query_value(None, "application_id", |r| r.get(0))?;
    let version: u32 = database.pragma_query_value(None, "user_version", |r| r.get(0))?;
    if application != APPLICATION_ID {
        return Err(Fault::Unusable((
            Condition::Foreign,
            format!("application ID {application:#010x}"),
        )));
    }
    if version > VERSION {
        return Err(Fault::Unusable((
            Condition::Newer,
            format!("schema version {version}, known is {VERSION}"),
        )));
    }
    if version < VERSION {
        // There was none before the first.
        return Err(Fault::Unusable((
            Condition::Damaged,
            format!("schema version {version}"),
        )));
    }
    if let Some(reason) = check_schema(database)?.or(check_tables(database)?) {
        return Err(Fault::Unusable((Condition::Damaged, reason)));
    }
    let mode: String =
        database.pragma_update_and_check(None, "journal_mode", "WAL", |r| r.get(0))?;
    if mode != "wal" {
        return Err(Fault::Failed(StoreError::Io(format!(
            "journal mode {mode}"
        ))));
    }
    Ok(())
}

/// What is wrong with the definitions in the database: SQLite keeps them as they were written.
fn check_schema(database: &Connection) -> Result<Option<String>, rusqlite::Error> {
    let mut statement = database.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    let mut rows = statement.query([])?;
    let mut found = 0;
    while let Some(row) = rows.next()? {
        let definition: String = row.get(0)?;
        if !TABLES.contains(&definition) {
            return Ok(Some(format!("unknown definition {definition:?}")));
        }
        found += 1;
    }
    let expected = TABLES.matches("CREATE ").count();
    Ok((found != expected).then(|| format!("{found} definitions of {expected}")))
}

/// What is wrong with the structure of the tables the queue is read from.
pub(crate) fn check_tables(database: &Connection) -> Result<Option<String>, rusqlite::Error> {
    for table in CHECKED {
        let mut statement = database.prepare(&format!("PRAGMA quick_check({table})"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let finding: String = row.get(0)?;
            if finding != "ok" {
                return Ok(Some(format!("table {table}: {finding}")));
            }
        }
    }
    Ok(None)
}

/// The highest numbers in the database.
fn read_numbers(database: &Connection) -> Result<Numbers, Fault> {
    let read = |key: &str| {
        let value: i64 =
            database.query_row("SELECT value FROM meta WHERE key = ?", [key], |row| {
                row.get(0)
            })?;
        u64::try_from(value)
            .map_err(|_| Fault::Unusable((Condition::Damaged, format!("{key} is {value}"))))
    };
    Ok(Numbers {
        transfer: read("last_transfer")?,
        chore: read("last_chore")?,
    })
}

/// The highest numbers in a database that is not usable, as far as they can be read and make sense.
fn salvage_numbers(database: &Connection) -> Numbers {
    let read = |query: &str| {
        let found = database.query_row(query, [], |row| row.get::<_, Option<i64>>(0));
        let number = found.ok().flatten().unwrap_or(0).cast_unsigned();
        if number < PLAUSIBLE { number } else { 0 }
    };
    let recorded = Numbers {
        transfer: read("SELECT value FROM meta WHERE key = 'last_transfer'"),
        chore: read("SELECT value FROM meta WHERE key = 'last_chore'"),
    };
    recorded.or_higher(Numbers {
        transfer: read("SELECT max(id) FROM transfer"),
        chore: read("SELECT max(id) FROM chore"),
    })
}
