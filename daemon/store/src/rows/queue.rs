//! Rows of the tables `transfer`, `chore` and `server`.

use modem_ftp_core::api::fact::{
    Chore, ChoreId, RemoteTraces, ServerTraits, StartPosition, StoredTransfer,
};
use modem_ftp_core::api::local::LocalKey;
use modem_ftp_core::api::status::{Direction, TransferId, TransferState, TransferStatus};
use rusqlite::{Connection, Row, params};

use super::column::{Columns, error_columns, number};
use super::options;
use crate::error::StoreError;

/// Reads the transfers.
pub(crate) const TRANSFER: &str = "SELECT id, direction, server, local, remote, uid, state, \
    error_name, error_text, size, transferred, attempts, created, started, finished, options, \
    local_key, due, breakdowns, staging, content, confirmed, partial, renaming, backup \
    FROM transfer";
/// Reads the chores.
pub(crate) const CHORE: &str = "SELECT id, server, path, restore_to, created FROM chore";
/// Reads what is known of the servers.
pub(crate) const SERVER: &str = "SELECT server, fingerprint, start_position FROM server";

/// Stores a transfer in the place of what was stored under its number.
pub(crate) fn store_transfer(
    database: &Connection,
    transfer: &StoredTransfer,
) -> Result<(), StoreError> {
    // Every field is named: a new one does not compile until it is stored.
    let StoredTransfer {
        status,
        options,
        local,
        due,
        breakdowns,
        remote,
    } = transfer;
    let (name, text) = error_columns(status.error.as_ref());
    database
        .prepare_cached(
            "INSERT OR REPLACE INTO transfer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \
             ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            number(status.id.0)?,
            status.direction.as_str(),
            status.server,
            status.local,
            status.remote,
            status.uid,
            status.state.as_str(),
            name,
            text,
            status.size.map(u64::cast_signed),
            status.transferred.cast_signed(),
            i64::from(status.attempts),
            status.created,
            status.started,
            status.finished,
            options::encode(options),
            local.as_ref().map(|key| &key.0),
            due,
            breakdowns,
            remote.staging,
            remote.content,
            remote.confirmed.cast_signed(),
            remote.partial,
            remote.renaming.map(u64::cast_signed),
            remote.backup,
        ])?;
    Ok(())
}

/// A transfer from a row of [`TRANSFER`].
pub(crate) fn decode_transfer(row: &Row<'_>) -> Result<StoredTransfer, String> {
    let mut columns = Columns::new(row);
    // The fields stand in the order of the columns.
    Ok(StoredTransfer {
        status: TransferStatus {
            id: TransferId(columns.number()?),
            direction: columns.word(Direction::from_word)?,
            server: columns.get()?,
            local: columns.get()?,
            remote: columns.get()?,
            uid: columns.get()?,
            state: columns.word(TransferState::from_word)?,
            error: columns.error()?,
            size: columns.amount_if_any()?,
            transferred: columns.amount()?,
            attempts: columns.get()?,
            created: columns.get()?,
            started: columns.get()?,
            finished: columns.get()?,
        },
        options: options::decode(&columns.get::<String>()?)?,
        local: columns.get::<Option<String>>()?.map(LocalKey),
        due: columns.get()?,
        breakdowns: columns.get()?,
        remote: RemoteTraces {
            staging: columns.get()?,
            content: columns.get()?,
            confirmed: columns.amount()?,
            partial: columns.get()?,
            renaming: columns.amount_if_any()?,
            backup: columns.get()?,
        },
    })
}

/// Stores a chore in the place of what was stored under its number.
pub(crate) fn store_chore(database: &Connection, chore: &Chore) -> Result<(), StoreError> {
    let Chore {
        id,
        server,
        path,
        restore_to,
        created,
    } = chore;
    database
        .prepare_cached("INSERT OR REPLACE INTO chore VALUES (?, ?, ?, ?, ?)")?
        .execute(params![number(id.0)?, server, path, restore_to, created])?;
    Ok(())
}

/// A chore from a row of [`CHORE`].
pub(crate) fn decode_chore(row: &Row<'_>) -> Result<Chore, String> {
    let mut columns = Columns::new(row);
    Ok(Chore {
        id: ChoreId(columns.number()?),
        server: columns.get()?,
        path: columns.get()?,
        restore_to: columns.get()?,
        created: columns.get()?,
    })
}

/// Stores what is known of a server in the place of what was known before.
pub(crate) fn store_server(database: &Connection, traits: &ServerTraits) -> Result<(), StoreError> {
    let ServerTraits {
        server,
        fingerprint,
        start_position,
    } = traits;
    let start_position = start_position.map(|found| match found {
        StartPosition::Continues => "continues",
        StartPosition::Breaks => "breaks",
    });
    database
        .prepare_cached("INSERT OR REPLACE INTO server VALUES (?, ?, ?)")?
        .execute(params![server, fingerprint, start_position])?;
    Ok(())
}

/// What is known of a server from a row of [`SERVER`].
pub(crate) fn decode_server(row: &Row<'_>) -> Result<ServerTraits, String> {
    let mut columns = Columns::new(row);
    Ok(ServerTraits {
        server: columns.get()?,
        fingerprint: columns.get()?,
        start_position: match columns.get::<Option<String>>()?.as_deref() {
            None => None,
            Some("continues") => Some(StartPosition::Continues),
            Some("breaks") => Some(StartPosition::Breaks),
            Some(word) => return Err(format!("unknown word {word:?}")),
        },
    })
}
