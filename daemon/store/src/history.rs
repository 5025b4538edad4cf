//! [`Store::history`]: receipts, newest first, a page at a time.
//!
//! Receipts are indexed by group (server, owner, final state) and end. There are few groups, so
//! any filter is a number of index ranges, and a page costs the same however many receipts
//! there are and however few of them match.

use modem_ftp_core::api::fact::Receipt;
use modem_ftp_core::api::status::TransferState;
use rusqlite::{OptionalExtension, params};

use crate::Store;
use crate::error::StoreError;
use crate::rows::{Columns, DamagedRow, RECEIPT, decode_receipt};

/// At most so many receipts are on a page.
pub const HISTORY_LIMIT: u32 = 1000;

/// Which receipts are asked for. The default: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Only of transfers that ended at that time (Unix seconds) or later.
    pub since: Option<i64>,
    /// Only those that come after this row: [`HistoryPage::next`] of the page before.
    pub before: Option<u64>,
    /// Only those of a server.
    pub server: Option<String>,
    /// Only those of an owner.
    pub uid: Option<u32>,
    /// Only of transfers that failed.
    pub failed: bool,
    /// So many at most; above [`HISTORY_LIMIT`] or `None`: so many.
    pub limit: Option<u32>,
}

/// A receipt and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its row, for [`HistoryFilter::before`].
    pub row: u64,
    /// The receipt.
    pub receipt: Receipt,
}

/// Some receipts, newest first: by end, and by row where several ended in the same second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryPage {
    /// The receipts.
    pub entries: Vec<HistoryEntry>,
    /// Rows that could not be read.
    pub damaged: Vec<DamagedRow>,
    /// If set: there may be more; it is [`HistoryFilter::before`] of the next page.
    pub next: Option<u64>,
}

impl Store {
    /// A page of receipts.
    ///
    /// # Errors
    /// If the database cannot be read. A single row that makes no sense is skipped and reported.
    pub fn history(&self, filter: &HistoryFilter) -> Result<HistoryPage, StoreError> {
        let limit = filter.limit.unwrap_or(HISTORY_LIMIT).min(HISTORY_LIMIT);
        let mut page = HistoryPage::default();
        let Some(end) = self.position(filter.before)? else {
            return Ok(page);
        };
        let mut found = Vec::new();
        for group in self.groups(filter)? {
            self.collect(group, filter.since, end, limit, &mut found)?;
        }
        found.sort_unstable_by(|one, other| other.cmp(one));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        if u32::try_from(found.len()).is_ok_and(|count| count == limit) {
            page.next = found.last().map(|(_, row)| row.cast_unsigned());
        }
        let mut statement = self.database.prepare_cached(RECEIPT)?;
        for (_, row) in found {
            let mut rows = statement.query([row])?;
            let Some(row) = rows.next()? else { continue };
            match decode_receipt(row) {
                Ok((row, receipt)) => page.entries.push(HistoryEntry { row, receipt }),
                Err(reason) => page.damaged.push(DamagedRow {
                    table: "receipt",
                    key: Columns::key(row),
                    reason,
                }),
            }
        }
        Ok(page)
    }

    /// End and row of the receipt that stands before the page. `None`: it was removed since, and so
    /// were those behind it.
    fn position(&self, before: Option<u64>) -> Result<Option<(i64, i64)>, StoreError> {
        let Some(row) = before else {
            return Ok(Some((i64::MAX, i64::MAX)));
        };
        let end = self
            .database
            .prepare_cached("SELECT finished, row FROM receipt WHERE row = ?")?
            .query_row([row.cast_signed()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(end)
    }

    /// The groups whose receipts are asked for.
    fn groups(&self, filter: &HistoryFilter) -> Result<Vec<i64>, StoreError> {
        let state = filter.failed.then(|| TransferState::Failed.as_str());
        let mut statement = self.database.prepare_cached(
            "SELECT id FROM receipt_group WHERE (?1 IS NULL OR server = ?1) \
             AND (?2 IS NULL OR uid = ?2) AND (?3 IS NULL OR state = ?3)",
        )?;
        let rows = statement.query_map(params![filter.server, filter.uid, state], |row| {
            row.get::<_, i64>(0)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Adds end and row of the newest receipts of a group, up to the limit.
    fn collect(
        &self,
        group: i64,
        since: Option<i64>,
        (finished, row): (i64, i64),
        limit: u32,
        found: &mut Vec<(i64, i64)>,
    ) -> Result<(), StoreError> {
        // This is answered from the index alone.
        let mut statement = self.database.prepare_cached(
            "SELECT finished, row FROM receipt WHERE grp = ?1 AND finished BETWEEN ?2 AND ?3 \
             AND (finished < ?3 OR row < ?4) ORDER BY finished DESC, row DESC LIMIT ?5",
        )?;
        let since = since.unwrap_or(i64::MIN);
        let rows = statement.query_map(params![group, since, finished, row, limit], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        for pair in rows {
            found.push(pair?);
        }
        Ok(())
    }
}
