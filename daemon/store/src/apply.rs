//! [`Store::apply`]: facts into the database, in one transaction.

use modem_ftp_core::api::fact::Fact;
use rusqlite::{Connection, params};

use crate::Store;
use crate::error::StoreError;
use crate::numbers::Numbers;
use crate::rows::{number, store_chore, store_receipt, store_server, store_transfer};

impl Store {
    /// Stores facts in the order given, all of them in one transaction. Each item is the facts of
    /// one [`Output::Persist`](modem_ftp_core::api::output::Output::Persist); whoever has several of
    /// them waiting passes them together, because a transaction costs the same for many as
    /// for one.
    ///
    /// When this returns `Ok`, all of them survive a power cut.
    ///
    /// # Errors
    /// None of them is stored, and the store can be used on: the same facts may be given again.
    /// After [`StoreError::Damaged`] only [`Store::begin_anew`] helps.
    pub fn apply<'a>(
        &mut self,
        outputs: impl IntoIterator<Item = &'a [Fact]>,
    ) -> Result<(), StoreError> {
        let mut facts = outputs.into_iter().flatten().peekable();
        if facts.peek().is_none() {
            return Ok(());
        }
        let transaction = self.database.transaction()?;
        let mut last = self.last;
        for fact in facts {
            last = last.with(fact);
            store(&transaction, fact)?;
        }
        if last != self.last {
            store_numbers(&transaction, last)?;
        }
        if !last.within(self.reserved) {
            self.reserved = last.reserve(&self.directory)?;
        }
        transaction.commit()?;
        self.last = last;
        Ok(())
    }
}

/// Stores one fact.
fn store(database: &Connection, fact: &Fact) -> Result<(), StoreError> {
    match fact {
        Fact::Transfer(transfer) => store_transfer(database, transfer),
        Fact::Forgotten(id) => remove(database, "DELETE FROM transfer WHERE id = ?", number(id.0)?),
        Fact::Chore(chore) => store_chore(database, chore),
        Fact::ChoreDone(id) => remove(database, "DELETE FROM chore WHERE id = ?", number(id.0)?),
        Fact::Server(traits) => store_server(database, traits),
        Fact::Receipt(receipt) => store_receipt(database, receipt),
    }
}

/// Removes the row of a number, if it is there.
fn remove(database: &Connection, statement: &str, id: i64) -> Result<(), StoreError> {
    database.prepare_cached(statement)?.execute([id])?;
    Ok(())
}

/// Stores the highest numbers.
pub(crate) fn store_numbers(database: &Connection, last: Numbers) -> Result<(), StoreError> {
    let mut statement =
        database.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")?;
    for (key, value) in [("last_transfer", last.transfer), ("last_chore", last.chore)] {
        statement.execute(params![key, value.cast_signed()])?;
    }
    Ok(())
}
