//! [`Stagings`]: which transfers may have left which staging names on servers.

use std::collections::{BTreeSet, HashMap};

use super::Queue;
use crate::api::fact::RemoteTraces;
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
}

impl Queue {
    /// Whether another transfer may have left this staging name on the server.
    pub fn is_staging_of_another(&self, id: TransferId, server: &str, name: &str) -> bool {
        let transfers = self.stagings.0.get(name).into_iter().flatten();
        let mut others = transfers.filter(|other| **other != id);
        others.any(|other| {
            let transfer = self.get(*other);
            transfer.is_some_and(|transfer| transfer.status.server == server)
        })
    }

    /// What a transfer may have left on its server, which it answers for no more.
    pub fn take_traces(&mut self, id: TransferId) -> RemoteTraces {
        self.index(id, false);
        let traces = self.get_mut(id).map(|it| std::mem::take(&mut it.traces));
        self.index(id, true);
        traces.unwrap_or_default()
    }
}
