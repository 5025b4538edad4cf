//! What of the queue has to be stored, and what comes of it: acceptance that cannot be stored is
//! withdrawn, everything else is stored as soon as the disk allows.

use std::time::{Duration, Instant};

use super::Queue;
use crate::api::fact::Fact;
use crate::api::now::Now;
use crate::api::output::Output;
use crate::transfer::record::Transfer;

/// The pause before it is tried again to store what could not be stored.
const STORE_AGAIN: Duration = Duration::from_secs(30);

impl Queue {
    /// What has to be stored since this was last asked.
    pub fn take_facts(&mut self, now: Now) -> Vec<Fact> {
        let again = self.store_again.is_some_and(|at| at <= now.instant);
        if self.dirty.is_empty() && self.facts.is_empty() && !again {
            return Vec::new();
        }
        self.store_again = None;
        let mut facts = std::mem::take(&mut self.deferred);
        facts.retain(|fact| match fact {
            Fact::Transfer(transfer) => {
                self.dirty.insert(transfer.status.id);
                false
            }
            _ => true,
        });
        let dirty = std::mem::take(&mut self.dirty);
        let transfers = dirty.iter().filter_map(|id| self.transfers.get(id));
        facts.extend(transfers.map(|transfer| Fact::Transfer(Box::new(transfer.stored(now)))));
        facts.append(&mut self.facts);
        facts
    }

    /// When it is to be tried again to store what could not be stored.
    pub fn store_again(&self) -> Option<Instant> {
        self.store_again
    }

    /// These facts are stored: transfers among them may run.
    pub fn stored(&mut self, facts: &[Fact]) {
        self.is_failing = !self.deferred.is_empty();
        for fact in facts {
            let Fact::Transfer(transfer) = fact else {
                continue;
            };
            let id = transfer.status.id;
            if self.get(id).is_some_and(|transfer| !transfer.is_stored) {
                self.index(id, false);
                if let Some(transfer) = self.transfers.get_mut(&id) {
                    transfer.is_stored = true;
                }
                self.index(id, true);
            }
        }
    }

    /// These facts could not be stored: transfers whose acceptance was among them are removed and
    /// returned, and the rest is tried again later. `more`: further facts are under way.
    pub fn not_stored(&mut self, facts: Vec<Fact>, more: bool, now: Instant) -> Vec<Transfer> {
        let mut refused = Vec::new();
        for fact in facts {
            match &fact {
                Fact::Transfer(transfer) => {
                    let id = transfer.status.id;
                    match self.get(id) {
                        Some(transfer) if transfer.is_stored => self.deferred.push(fact),
                        Some(_) => refused.push(id),
                        None => {}
                    }
                }
                _ => self.deferred.push(fact),
            }
        }
        let mut removed = Vec::new();
        for id in refused {
            let Some(transfer) = self.remove(id) else {
                continue;
            };
            let (handle, key) = (transfer.local.handle, transfer.local.key.clone());
            self.outputs.push_back(Output::Release(handle, key));
            if more {
                // What is under way may be about it.
                self.deferred.push(Fact::Forgotten(id));
            }
            removed.push(*transfer);
        }
        if !self.deferred.is_empty() {
            self.is_failing = true;
            self.store_again = Some(now + STORE_AGAIN);
        }
        removed
    }
}
