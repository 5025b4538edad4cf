//! [`Stagings`]: which transfers may have left which staging names on servers.

use std::collections::{BTreeSet, HashMap};

use crate::api::status::TransferId;

/// Transfers by their staging names, whatever the server.
#[derive(Debug, Default)]
pub struct Stagings(HashMap<String, BTreeSet<TransferId>>);

impl Stagings {
    /// A transfer may have left this name, or (`enter` is false) has not.
    pub fn note(&mut self, name: &str, id: TransferId, enter: bool) {
        if enter {
            let transfers = self.0.entry(name.to_owned()).or_default();
            transfers.insert(id);
        } else if let Some(transfers) = self.0.get_mut(name) {
            transfers.remove(&id);
            if transfers.is_empty() {
                self.0.remove(name);
            }
        }
    }

    /// The transfers that may have left this name.
    pub fn of(&self, name: &str) -> impl Iterator<Item = TransferId> {
        self.0.get(name).into_iter().flatten().copied()
    }
}
