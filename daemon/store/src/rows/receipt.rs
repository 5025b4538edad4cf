//! Rows of the tables `receipt` and `receipt_group`.

use modem_ftp_core::api::fact::{Receipt, Traffic};
use modem_ftp_core::api::status::{Direction, TransferId, TransferState};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::column::{Columns, error_columns, number};
use crate::error::StoreError;

/// Reads the receipt of one row, with its group.
pub(crate) const RECEIPT: &str = "SELECT row, receipt.id, direction, server, local, remote, uid, state, \
    error_name, error_text, size, hash, attempts, created, finished, line, air, listings \
    FROM receipt JOIN receipt_group ON receipt_group.id = grp WHERE row = ?";

/// Adds a receipt behind the others.
pub(crate) fn store_receipt(database: &Connection, receipt: &Receipt) -> Result<(), StoreError> {
    // Every field is named: a new one does not compile until it is stored.
    let Receipt {
        id,
        direction,
        server,
        local,
        remote,
        uid,
        state,
        error,
        size,
        hash,
        attempts,
        created,
        finished,
        traffic,
    } = receipt;
    let group = group(database, server, *uid, *state)?;
    let (name, text) = error_columns(error.as_ref());
    database
        .prepare_cached(
            "INSERT INTO receipt VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            group,
            finished,
            number(id.0)?,
            direction.as_str(),
            local,
            remote,
            name,
            text,
            size.map(u64::cast_signed),
            hash,
            attempts,
            created,
            traffic.line.cast_signed(),
            traffic.air.cast_signed(),
            traffic.listings.cast_signed(),
        ])?;
    Ok(())
}

/// The group a receipt belongs to; made if it is the first one.
fn group(
    database: &Connection,
    server: &str,
    uid: u32,
    state: TransferState,
) -> Result<i64, StoreError> {
    let key = params![server, uid, state.as_str()];
    let known = database
        .prepare_cached("SELECT id FROM receipt_group WHERE server = ? AND uid = ? AND state = ?")?
        .query_row(key, |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    database
        .prepare_cached("INSERT INTO receipt_group VALUES (NULL, ?, ?, ?)")?
        .execute(key)?;
    Ok(database.last_insert_rowid())
}

/// A receipt and its row number from a row of [`RECEIPT`].
pub(crate) fn decode_receipt(row: &Row<'_>) -> Result<(u64, Receipt), String> {
    let mut columns = Columns::new(row);
    // The fields stand in the order of the columns.
    let position = columns.number()?;
    let receipt = Receipt {
        id: TransferId(columns.number()?),
        direction: columns.word(Direction::from_word)?,
        server: columns.get()?,
        local: columns.get()?,
        remote: columns.get()?,
        uid: columns.get()?,
        state: columns.word(TransferState::from_word)?,
        error: columns.error()?,
        size: columns.amount_if_any()?,
        hash: columns.get()?,
        attempts: columns.get()?,
        created: columns.get()?,
        finished: columns.get()?,
        traffic: Traffic {
            line: columns.amount()?,
            air: columns.amount()?,
            listings: columns.amount()?,
        },
    };
    Ok((position, receipt))
}
