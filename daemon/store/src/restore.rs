//! [`Store::restore`]: what the engine needs to go on after a restart.

use modem_ftp_core::api::fact::Stored;
use modem_ftp_core::api::status::TransferId;
use rusqlite::{Connection, Row};

use crate::Store;
use crate::error::StoreError;
use crate::rows::{
    CHORE, Columns, DamagedRow, SERVER, TRANSFER, decode_chore, decode_server, decode_transfer,
};

/// What was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// All that could be read.
    pub stored: Stored,
    /// Rows that could not; they stay where they are.
    pub damaged: Vec<DamagedRow>,
}

impl Store {
    /// Everything for [`Engine::restore`](modem_ftp_core::engine::Engine::restore) but the order of
    /// the ends, which [`Store::endings`] tells.
    ///
    /// # Errors
    /// If the database cannot be read. A single row that makes no sense is no error: it is skipped
    /// and reported.
    pub fn restore(&self) -> Result<Restored, StoreError> {
        let mut damaged = Vec::new();
        let mut read = Reader {
            database: &self.database,
            damaged: &mut damaged,
        };
        let stored = Stored {
            transfers: read.rows("transfer", TRANSFER, decode_transfer)?,
            ended: Vec::new(),
            chores: read.rows("chore", CHORE, decode_chore)?,
            servers: read.rows("server", SERVER, decode_server)?,
            last_transfer: self.last.transfer,
            last_chore: self.last.chore,
        };
        Ok(Restored { stored, damaged })
    }

    /// The transfers of the last `number` receipts, in the order in which these were stored, which
    /// is that of the ends.
    ///
    /// # Errors
    /// If the receipts cannot be read.
    pub fn endings(&self, number: u32) -> Result<Vec<TransferId>, StoreError> {
        let mut select = self
            .database
            .prepare("SELECT id FROM receipt ORDER BY row DESC LIMIT ?")?;
        let ids = select.query_map([number], |row| row.get::<_, i64>(0))?;
        let ids: Result<Vec<i64>, _> = ids.collect();
        let newest_last = ids?.into_iter().rev();
        Ok(newest_last
            .map(|id| TransferId(id.cast_unsigned()))
            .collect())
    }
}

/// Reads whole tables.
struct Reader<'a> {
    database: &'a Connection,
    damaged: &'a mut Vec<DamagedRow>,
}

impl Reader<'_> {
    /// All rows of a table that decode, by primary key.
    fn rows<T>(
        &mut self,
        table: &'static str,
        select: &str,
        decode: impl Fn(&Row<'_>) -> Result<T, String>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.database.prepare(&format!("{select} ORDER BY 1"))?;
        let mut rows = statement.query([])?;
        let mut decoded = Vec::new();
        while let Some(row) = rows.next()? {
            match decode(row) {
                Ok(value) => decoded.push(value),
                Err(reason) => self.damaged.push(DamagedRow {
                    table,
                    key: Columns::key(row),
                    reason,
                }),
            }
        }
        Ok(decoded)
    }
}
