//! [`Store`]: the store thread of the shell and what is on its disk. Facts are stored a moment after
//! they were given, in order, each output in one transaction; what was not stored when the daemon is
//! killed is lost.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use modem_ftp_core::api::fact::{
    Chore, ChoreId, Fact, Receipt, ServerTraits, Stored, StoredTransfer,
};
use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::status::TransferId;
use modem_ftp_dbus::errors::ErrorName;

use super::World;
use super::chance::Chance;

/// The longest a transaction takes, usually.
const TRANSACTION: Duration = Duration::from_millis(60);
/// One transaction in sixteen may take so long.
const SLOW_TRANSACTION: Duration = Duration::from_secs(2);

/// The store thread and its disk.
pub(super) struct Store {
    chance: Chance,
    waiting: VecDeque<(Instant, u64, Vec<Fact>)>,
    free_at: Instant,
    /// The longest a transaction takes; `None`: as usual.
    longest: Option<Duration>,
    /// Whether it does not answer.
    stuck: bool,
    /// Whether the disk refuses to store anything.
    pub(super) full: bool,
    transfers: BTreeMap<TransferId, StoredTransfer>,
    chores: BTreeMap<ChoreId, Chore>,
    servers: BTreeMap<String, ServerTraits>,
    pub(super) receipts: Vec<Receipt>,
    last_transfer: u64,
    last_chore: u64,
    /// Transactions made.
    pub(super) transactions: u64,
}

impl Store {
    pub(super) fn new(now: Instant, chance: Chance) -> Self {
        Self {
            chance,
            waiting: VecDeque::new(),
            free_at: now,
            longest: None,
            stuck: false,
            full: false,
            transfers: BTreeMap::new(),
            chores: BTreeMap::new(),
            servers: BTreeMap::new(),
            receipts: Vec::new(),
            last_transfer: 0,
            last_chore: 0,
            transactions: 0,
        }
    }

    /// Has facts stored after those given before.
    pub(super) fn persist(&mut self, now: Instant, number: u64, facts: Vec<Fact>) {
        let usual = match self.chance.yes(16) {
            true => SLOW_TRANSACTION,
            false => TRANSACTION,
        };
        let longest = self.longest.unwrap_or(usual);
        let took = self.chance.time(longest);
        self.free_at = self.free_at.max(now) + took;
        self.waiting.push_back((self.free_at, number, facts));
    }

    /// When the next transaction is done.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let next = self.waiting.front().filter(|_| !self.stuck);
        next.map(|(due, ..)| *due)
    }

    /// The next transaction that is done: its number, and whether it was stored.
    pub(super) fn done(&mut self, now: Instant) -> Option<(u64, Result<(), Failure>)> {
        self.deadline().filter(|due| *due <= now)?;
        let (_, number, facts) = self.waiting.pop_front()?;
        if self.full {
            let failure = Failure::new(ErrorName::LocalIo, "the disk is full");
            return Some((number, Err(failure)));
        }
        self.commit(facts);
        Some((number, Ok(())))
    }

    /// The daemon was killed: of the transactions under way, the first few were still made.
    pub(super) fn kill(&mut self) {
        while let Some((_, _, facts)) = self.waiting.pop_front() {
            if self.chance.yes(2) {
                self.waiting.clear();
            } else if !self.full {
                self.commit(facts);
            }
        }
    }

    fn commit(&mut self, facts: Vec<Fact>) {
        self.transactions += 1;
        for fact in facts {
            match fact {
                Fact::Transfer(transfer) => {
                    let id = transfer.status.id;
                    self.last_transfer = self.last_transfer.max(id.0);
                    self.transfers.insert(id, *transfer);
                }
                Fact::Forgotten(id) => {
                    self.transfers.remove(&id);
                }
                Fact::Chore(chore) => {
                    self.last_chore = self.last_chore.max(chore.id.0);
                    self.chores.insert(chore.id, chore);
                }
                Fact::ChoreDone(id) => {
                    self.chores.remove(&id);
                }
                Fact::Server(traits) => {
                    self.servers.insert(traits.server.clone(), traits);
                }
                Fact::Receipt(receipt) => self.receipts.push(*receipt),
            }
        }
    }

    /// Everything on the disk.
    pub(super) fn stored(&self) -> Stored {
        Stored {
            transfers: self.transfers.values().cloned().collect(),
            ended: self.receipts.iter().map(|receipt| receipt.id).collect(),
            chores: self.chores.values().cloned().collect(),
            servers: self.servers.values().cloned().collect(),
            last_transfer: self.last_transfer,
            last_chore: self.last_chore,
        }
    }
}

impl World {
    /// Reports the transactions that are done. Returns whether there were any.
    pub(super) fn finish_transactions(&mut self) -> bool {
        let mut any = false;
        while let Some((number, result)) = self.store.done(self.now) {
            self.engine.persisted(self.now(), number, result);
            any = true;
        }
        any
    }

    /// The disk of the store refuses everything, or works again.
    pub fn fill_store(&mut self, full: bool) {
        self.store.full = full;
    }

    /// From now on a transaction takes at most so long.
    pub fn slow_store(&mut self, longest: Duration) {
        self.store.longest = Some(longest);
    }

    /// From now on no transaction ends (`true`), or those that wait do.
    pub fn block_store(&mut self, stuck: bool) {
        self.store.stuck = stuck;
    }

    /// Whether nothing is being stored.
    pub fn is_stored(&self) -> bool {
        self.store.waiting.is_empty()
    }

    /// Everything on the disk of the store.
    pub fn stored(&self) -> Stored {
        self.store.stored()
    }

    /// Receipts of transfers that have ended.
    pub fn receipts(&self) -> &[Receipt] {
        &self.store.receipts
    }
}
