//! The schema: every table and setting of the database in one place.
//!
//! Words and error names are stored as they stand on the bus. Unsigned amounts are stored as the
//! signed number with the same bits, because SQLite has no unsigned ones. Columns have no `NOT NULL`
//! and no `CHECK`: a row with a wrong value would then fail the check of the whole database at
//! start, whereas the decoder (`rows`) can skip and report that row alone.
//!
//! There is one index besides the primary keys. The engine selects the next transfer in memory, so
//! no query by state, priority or due time exists that an index could serve, and each index
//! costs flash at each change.

/// The database, in the directory given to [`Store::open`](crate::Store::open).
pub const DATABASE: &str = "queue.db";
/// Locked while the store is open; empty.
pub const LOCK: &str = "queue.lock";
/// No number above those in here was ever stored.
pub const NUMBERS: &str = "queue.numbers";
/// A database being made; renamed to [`DATABASE`] when it is complete.
pub(crate) const UNFINISHED: &str = "queue.db.new";
/// What SQLite keeps beside a database, as endings of its name.
pub(crate) const COMPANIONS: [&str; 3] = ["-wal", "-journal", "-shm"];

/// `PRAGMA application_id`: "MFtp".
pub(crate) const APPLICATION_ID: u32 = 0x4d46_7470;
/// `PRAGMA user_version` of this schema.
pub(crate) const VERSION: u32 = 1;

/// Bytes of a page. A transaction changes two to four pages by a few hundred bytes; small pages
/// keep what it writes near that. See `examples/flash.rs` for the figures.
pub(crate) const PAGE_SIZE: u32 = 1024;
/// Pages in the log (WAL) at which it is copied back into the database. The log is overwritten
/// from its start after that, so it stays near this size: 4 MB.
pub(crate) const CHECKPOINT_PAGES: u32 = 4096;
/// Bytes to which the log is cut if a large transaction made it longer.
pub(crate) const LOG_BYTES: u32 = 8 << 20;
/// KiB of pages kept in memory.
pub(crate) const CACHE_KIB: u32 = 512;

/// Tables that must be sound before the queue is taken from them. Receipts are not among them: a
/// million of them would take seconds to check.
pub(crate) const CHECKED: [&str; 4] = ["meta", "transfer", "chore", "server"];

/// All tables of version [`VERSION`].
pub(crate) const TABLES: &str = "
-- The highest numbers ever given: last_transfer, last_chore.
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
INSERT INTO meta VALUES ('last_transfer', 0), ('last_chore', 0);

-- StoredTransfer: TransferStatus, Options, the rest, RemoteTraces. NULL is None.
CREATE TABLE transfer (
    id INTEGER PRIMARY KEY,
    direction TEXT,     -- upload, download
    server TEXT,
    local TEXT,
    remote TEXT,
    uid INTEGER,
    state TEXT,         -- queued, active, paused, waiting, done, failed, cancelled
    error_name TEXT,    -- D-Bus error name
    error_text TEXT,
    size INTEGER,
    transferred INTEGER,
    attempts INTEGER,
    created INTEGER,    -- Unix seconds, as are the next two
    started INTEGER,
    finished INTEGER,
    options TEXT,       -- KEY=VALUE and so on, keys and words as on the bus
    local_key TEXT,
    due INTEGER,        -- Unix seconds
    breakdowns INTEGER,
    staging TEXT,
    content TEXT,
    confirmed INTEGER,
    partial INTEGER,    -- 0, 1
    renaming INTEGER,
    backup TEXT
);

-- Chore.
CREATE TABLE chore (
    id INTEGER PRIMARY KEY,
    server TEXT,
    path TEXT,
    restore_to TEXT,
    created INTEGER     -- Unix seconds
);

-- ServerTraits.
CREATE TABLE server (
    server TEXT PRIMARY KEY,
    fingerprint TEXT,
    start_position TEXT -- continues, breaks
) WITHOUT ROWID;

-- What receipts are filtered by; few rows. The final state is only stored here.
CREATE TABLE receipt_group (
    id INTEGER PRIMARY KEY,
    server TEXT,
    uid INTEGER,
    state TEXT,         -- done, failed, cancelled
    UNIQUE (server, uid, state)
);

-- Receipt. `row` grows by one with each; the lowest ones are removed.
CREATE TABLE receipt (
    row INTEGER PRIMARY KEY,
    grp INTEGER,        -- receipt_group
    finished INTEGER,   -- Unix seconds
    id INTEGER,         -- number of the transfer; several receipts after a Retry
    direction TEXT,
    local TEXT,
    remote TEXT,
    error_name TEXT,
    error_text TEXT,
    size INTEGER,
    hash TEXT,
    attempts INTEGER,
    created INTEGER,    -- Unix seconds
    line INTEGER,       -- bytes, as are the next two
    air INTEGER,
    listings INTEGER
);
CREATE INDEX receipt_newest ON receipt (grp, finished);
";
