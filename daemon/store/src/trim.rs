//! [`Store::trim`]: bounds what is kept of transfers that have ended.

use modem_ftp_core::api::status::TransferId;
use rusqlite::{Connection, params};

use crate::Store;
use crate::error::StoreError;

/// So many receipts are kept.
pub const RECEIPTS_KEPT: u64 = 1_000_000;

/// At most so many rows are removed in one transaction, so that other facts need not wait long.
const AT_ONCE: usize = 1000;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What is kept of transfers that have ended (`keep_ended` of the configuration).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// So many days after their end.
    pub days: u32,
    /// So many of them.
    pub number: u32,
}

/// What was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trimmed {
    /// These transfers, all of which had ended.
    pub transfers: Vec<TransferId>,
    /// So many receipts.
    pub receipts: usize,
    /// Whether there is more to remove: call again when nothing else waits.
    pub more: bool,
}

impl Store {
    /// Removes transfers that ended too long ago or before too many others, and receipts beyond
    /// [`RECEIPTS_KEPT`]; up to a thousand of each, in one transaction. Numbers are not given
    /// out again.
    ///
    /// A transfer that was begun again meanwhile, by facts that are not stored yet, may be among
    /// those removed; these facts then store it anew.
    ///
    /// # Errors
    /// Nothing is removed, as with [`Store::apply`].
    pub fn trim(&mut self, now: i64, keep: Retention) -> Result<Trimmed, StoreError> {
        self.trim_to(now, keep, RECEIPTS_KEPT)
    }

    /// The same with another number of receipts.
    fn trim_to(&mut self, now: i64, keep: Retention, receipts: u64) -> Result<Trimmed, StoreError> {
        let oldest = now.saturating_sub(i64::from(keep.days).saturating_mul(DAY));
        let transaction = self.database.transaction()?;
        let transfers = trim_transfers(&transaction, oldest, keep.number)?;
        let receipts = trim_receipts(&transaction, receipts)?;
        transaction.commit()?;
        Ok(Trimmed {
            more: transfers.len() >= AT_ONCE || receipts >= AT_ONCE,
            transfers,
            receipts,
        })
    }
}

/// Removes transfers that ended before `oldest`, and before `number` others.
fn trim_transfers(
    database: &Connection,
    oldest: i64,
    number: u32,
) -> Result<Vec<TransferId>, StoreError> {
    let mut select = database.prepare_cached(
        "SELECT id FROM transfer WHERE state IN ('done', 'failed', 'cancelled') AND finished < ?1 \
         UNION SELECT id FROM (SELECT id FROM transfer \
         WHERE state IN ('done', 'failed', 'cancelled') \
         ORDER BY finished DESC, id DESC LIMIT -1 OFFSET ?2) LIMIT ?3",
    )?;
    let ids: Vec<i64> = select
        .query_map(params![oldest, number, limit()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut delete = database.prepare_cached("DELETE FROM transfer WHERE id = ?")?;
    for id in &ids {
        delete.execute([id])?;
    }
    Ok(ids
        .into_iter()
        .map(|id| TransferId(id.cast_unsigned()))
        .collect())
}

/// Removes the receipts stored first, until at most `kept` are left.
fn trim_receipts(database: &Connection, kept: u64) -> Result<usize, StoreError> {
    // Two queries: each is one look at an end of the table, both in one would read all of it.
    let first = database.query_row("SELECT min(row) FROM receipt", [], |row| row.get(0))?;
    let last = database.query_row("SELECT max(row) FROM receipt", [], |row| row.get(0))?;
    let (Some(first), Some(last)): (Option<i64>, Option<i64>) = (first, last) else {
        return Ok(0);
    };
    let surplus = last.saturating_sub(kept.cast_signed());
    if first > surplus {
        return Ok(0);
    }
    let until = surplus.min(first.saturating_add(limit() - 1));
    let removed = database
        .prepare_cached("DELETE FROM receipt WHERE row <= ?")?
        .execute([until])?;
    database.execute(
        "DELETE FROM receipt_group WHERE NOT EXISTS \
         (SELECT 1 FROM receipt WHERE grp = receipt_group.id)",
        [],
    )?;
    Ok(removed)
}

/// [`AT_ONCE`] as SQLite takes it.
fn limit() -> i64 {
    i64::try_from(AT_ONCE).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use modem_ftp_core::api::fact::{Fact, Receipt, Traffic};
    use modem_ftp_core::api::status::{Direction, TransferState};

    use super::*;
    use crate::HistoryFilter;

    const KEEP: Retention = Retention {
        days: 1,
        number: 10,
    };

    fn receipt(id: u64) -> Fact {
        Fact::Receipt(Box::new(Receipt {
            id: TransferId(id),
            direction: Direction::Download,
            server: format!("server-{}", id / 2000),
            local: String::new(),
            remote: "/a".to_owned(),
            uid: 0,
            state: TransferState::Done,
            error: None,
            size: None,
            hash: None,
            attempts: 1,
            created: 0,
            // Not in the order in which they are stored.
            finished: (id % 7).cast_signed(),
            traffic: Traffic::default(),
        }))
    }

    #[test]
    fn the_receipts_stored_first_are_removed_a_thousand_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let mut store = Store::open(directory.path()).unwrap().store;
        let facts: Vec<Fact> = (1..=5500).map(receipt).collect();
        store.apply([facts.as_slice()]).unwrap();
        assert_eq!(store.trim(0, KEEP).unwrap(), Trimmed::default());
        let mut removed = Vec::new();
        loop {
            let trimmed = store.trim_to(0, KEEP, 2500).unwrap();
            removed.push(trimmed.receipts);
            if !trimmed.more {
                break;
            }
        }
        assert_eq!(removed, [1000, 1000, 1000, 0]);
        let mut ids = Vec::new();
        let mut filter = HistoryFilter::default();
        loop {
            let page = store.history(&filter).unwrap();
            ids.extend(page.entries.iter().map(|entry| entry.receipt.id.0));
            filter.before = page.next;
            if page.next.is_none() {
                break;
            }
        }
        ids.sort_unstable();
        assert!(ids.iter().copied().eq(3001..=5500));
        // The group of the first server is gone, the next receipt comes behind the others.
        let groups: i64 = store
            .database
            .query_row("SELECT count(*) FROM receipt_group", [], |row| row.get(0))
            .unwrap();
        assert_eq!(groups, 2);
        store.apply([&[receipt(5501)][..]]).unwrap();
        let last: i64 = store
            .database
            .query_row("SELECT max(row) FROM receipt", [], |row| row.get(0))
            .unwrap();
        assert_eq!(last, 5501);
    }
}
