//! Fills the database of a stopped daemon with receipts.

use modem_ftp_core::api::fact::{Fact, Receipt, Traffic};
use modem_ftp_core::api::status::{Direction, TransferId, TransferState};
use modem_ftp_store::{HistoryFilter, Store, StoreError};
use modem_ftp_tests::Error;
use std::path::Path;

/// Adds receipts to the database in `directory`, which has so many transfers.
pub fn add(directory: &Path, number: u64, transfers: usize) -> Result<(), Error> {
    let mut store = Store::open(directory).map_err(failed)?.store;
    let mut id = 0;
    while id < number {
        let ids = id + 1..=number.min(id + 20_000);
        id = *ids.end();
        let facts: Vec<Fact> = ids.map(|id| Fact::Receipt(Box::new(receipt(id)))).collect();
        store.apply([facts.as_slice()]).map_err(failed)?;
    }
    // What is measured next is only worth something if all of it is there.
    let queued = store.restore().map_err(failed)?.stored.transfers.len();
    let newest = store.history(&HistoryFilter::default()).map_err(failed)?;
    let receipts = newest.entries.first().map_or(0, |entry| entry.row);
    if queued != transfers || receipts != number {
        let text = format!("the database has {queued} transfers and {receipts} receipts");
        return Err(Error::failed(text));
    }
    Ok(())
}

fn receipt(id: u64) -> Receipt {
    let accepted = 1_780_000_000 + i64::try_from(id).unwrap_or(0);
    Receipt {
        id: TransferId(id),
        direction: Direction::Upload,
        server: "plant".to_owned(),
        local: format!("/var/lib/logger/out/2026-05-30/meter-{id:07}.csv"),
        remote: format!("/incoming/readings/2026-05-30/meter-{id:07}.csv"),
        uid: 1000,
        state: TransferState::Done,
        error: None,
        size: Some(20_000),
        hash: Some(format!("{id:064x}")),
        attempts: 1,
        created: accepted,
        finished: accepted + 30,
        traffic: Traffic::default(),
    }
}

fn failed(error: StoreError) -> Error {
    Error::failed(error.to_string())
}
