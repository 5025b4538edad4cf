//! [`Model`]: what a store has to hold, in plain collections.

use std::collections::BTreeMap;

use modem_ftp_core::api::fact::{Chore, Fact, Receipt, ServerTraits, Stored, StoredTransfer};
use modem_ftp_store::{HistoryFilter, Store};

/// What a store has to hold.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub transfers: BTreeMap<u64, StoredTransfer>,
    pub chores: BTreeMap<u64, Chore>,
    pub servers: BTreeMap<String, ServerTraits>,
    /// In the order in which they were stored.
    pub receipts: Vec<Receipt>,
    pub last_transfer: u64,
    pub last_chore: u64,
}

impl Model {
    pub fn apply(&mut self, fact: &Fact) {
        let (mut transfer_number, mut chore_number) = (0, 0);
        match fact {
            Fact::Transfer(transfer) => {
                transfer_number = transfer.status.id.0;
                self.transfers.insert(transfer_number, (**transfer).clone());
            }
            Fact::Forgotten(id) => {
                transfer_number = id.0;
                self.transfers.remove(&id.0);
            }
            Fact::Chore(chore) => {
                chore_number = chore.id.0;
                self.chores.insert(chore.id.0, chore.clone());
            }
            Fact::ChoreDone(id) => {
                chore_number = id.0;
                self.chores.remove(&id.0);
            }
            Fact::Server(traits) => {
                self.servers.insert(traits.server.clone(), traits.clone());
            }
            Fact::Receipt(receipt) => {
                transfer_number = receipt.id.0;
                self.receipts.push((**receipt).clone());
            }
        }
        self.last_transfer = self.last_transfer.max(transfer_number);
        self.last_chore = self.last_chore.max(chore_number);
    }

    pub fn stored(&self) -> Stored {
        Stored {
            transfers: self.transfers.values().cloned().collect(),
            ended: Vec::new(),
            chores: self.chores.values().cloned().collect(),
            servers: self.servers.values().cloned().collect(),
            last_transfer: self.last_transfer,
            last_chore: self.last_chore,
        }
    }

    /// The receipts that match, newest first.
    pub fn history(&self, filter: &HistoryFilter) -> Vec<Receipt> {
        let mut found: Vec<_> = self
            .receipts
            .iter()
            .enumerate()
            .filter(|(_, receipt)| {
                filter.since.is_none_or(|since| receipt.finished >= since)
                    && filter
                        .server
                        .as_ref()
                        .is_none_or(|server| receipt.server == *server)
                    && filter.uid.is_none_or(|uid| receipt.uid == uid)
                    && (!filter.failed || receipt.state.as_str() == "failed")
            })
            .collect();
        found.sort_by_key(|(row, receipt)| std::cmp::Reverse((receipt.finished, *row)));
        found
            .into_iter()
            .map(|(_, receipt)| receipt.clone())
            .collect()
    }
}

/// All receipts of a store that match, read page by page.
pub fn all_history(store: &Store, filter: &HistoryFilter) -> Vec<Receipt> {
    let mut filter = filter.clone();
    let mut receipts = Vec::new();
    loop {
        let page = store.history(&filter).unwrap();
        assert_eq!(page.damaged, []);
        receipts.extend(page.entries.into_iter().map(|entry| entry.receipt));
        match page.next {
            Some(next) => filter.before = Some(next),
            None => return receipts,
        }
    }
}
