//! [`Queue`]: the transfers that wait and those that ended lately. The next one is chosen by
//! priority, then by order of acceptance. Everything in it is bounded, and nothing is searched for:
//! what runs next, what is due and what ended first are kept in order.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::time::Instant;

use modem_ftp_dbus::errors::ErrorName;

use super::chores::Chores;
use super::record::Transfer;
use super::runnable::Runnable;
use super::server_holds::ServerHolds;
use crate::api::fact::Fact;
use crate::api::failure::Failure;
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::settings::Limits;
use crate::api::status::{TransferId, TransferState, TransferStatus};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Where payload moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Over the serial line and the network at the same time.
    LineAndAir,
    /// Between the daemon and a file of the module, or between that file and the server.
    OneLeg,
}

/// The transfers that wait and those that ended lately.
#[derive(Debug, Default)]
pub struct Queue {
    transfers: BTreeMap<TransferId, Transfer>,
    /// The highest number given out.
    last: u64,
    /// Those that may run.
    pub runnable: Runnable,
    /// The servers that are left alone for a while.
    pub holds: ServerHolds,
    /// Those that wait for a moment.
    due: BTreeSet<(Instant, TransferId)>,
    /// Those that wait and end at a Unix time, the first one first.
    expiring: BTreeSet<(i64, TransferId)>,
    /// Those that have ended, the first one first.
    ended: BTreeSet<(u64, TransferId)>,
    /// Transfers that ended so far.
    ends: u64,
    /// Transfers that have not ended, by owner.
    pending: HashMap<u32, usize>,
    /// The transfer whose attempt is running.
    active: Option<TransferId>,
    /// Whether that attempt has begun to change anything on the server or here.
    pub is_moving: bool,
    /// Whether payload that moves now counts as the progress of the active transfer.
    pub counting: Option<Way>,
    /// Transfers whose status changed since it was published, in order and as a set.
    changed: VecDeque<TransferId>,
    is_changed: HashSet<TransferId>,
    /// Transfers that have to be stored.
    dirty: BTreeSet<TransferId>,
    /// What else has to be stored.
    pub facts: Vec<Fact>,
    /// Names of ours to be removed from servers.
    pub chores: Chores,
    /// What could not be stored, to be tried again together with what comes next.
    deferred: Vec<Fact>,
    /// What the shell is to do as soon as the changed transfers are stored and published.
    pub outputs: VecDeque<Output>,
}

impl Queue {
    /// Refuses one more transfer of `uid` when too many wait. Nobody but root may fill more than
    /// half of the queue.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn check_room(&self, uid: u32, limits: Limits) -> Result<(), Failure> {
        let most = limits.max_queued;
        let pending: usize = self.pending.values().sum();
        if pending >= most {
            return Err(Failure::new(
                ErrorName::QueueFull,
                format!(
                    "{most} transfers wait already (max_queued); try again when some have ended"
                ),
            ));
        }
        let own = self.pending.get(&uid).copied().unwrap_or(0);
        let share = most.div_ceil(2);
        if uid != 0 && own >= share {
            return Err(Failure::new(
                ErrorName::QueueFull,
                format!(
                    "{own} transfers of uid {uid} wait already, and no user but root may have more \
                     than half of max_queued"
                ),
            ));
        }
        Ok(())
    }

    /// The number of the next transfer.
    pub fn next_id(&mut self) -> TransferId {
        self.last += 1;
        TransferId(self.last)
    }

    /// Numbers up to this one have been given out.
    pub fn set_last(&mut self, last: u64) {
        self.last = self.last.max(last);
    }

    /// Takes a transfer in.
    pub fn insert(&mut self, transfer: Transfer) {
        let id = transfer.status.id;
        self.transfers.insert(id, transfer);
        self.index(id, true);
        self.touch(id);
    }

    /// Changes a transfer; its status is published and it is stored afterwards.
    pub fn change<R>(
        &mut self,
        id: TransferId,
        change: impl FnOnce(&mut Transfer) -> R,
    ) -> Option<R> {
        let changed = self.show(id, change);
        if changed.is_some() {
            self.dirty.insert(id);
        }
        changed
    }

    /// Changes a transfer; its status is published afterwards, and it is not stored for that.
    pub fn show<R>(
        &mut self,
        id: TransferId,
        change: impl FnOnce(&mut Transfer) -> R,
    ) -> Option<R> {
        self.index(id, false);
        let changed = self.transfers.get_mut(&id).map(change);
        self.index(id, true);
        if changed.is_some() {
            self.touch(id);
        }
        changed
    }

    /// Enters a transfer into the orders it belongs to, or takes it out of them.
    fn index(&mut self, id: TransferId, enter: bool) {
        let Some(transfer) = self.transfers.get_mut(&id) else {
            return;
        };
        let is_final = transfer.status.state.is_final();
        if enter && is_final && transfer.ended_as == 0 {
            self.ends += 1;
            transfer.ended_as = self.ends;
        }
        if enter && !is_final {
            transfer.ended_as = 0;
        }
        let (server, priority) = (&transfer.status.server, transfer.options.priority);
        match enter && transfer.is_runnable() {
            true => self.runnable.enter(server, priority, id),
            false => self.runnable.leave(server, priority, id),
        }
        let expires = (transfer.options.expires, id);
        enter_or_leave(&mut self.expiring, expires, transfer.may_expire(), enter);
        let waits = transfer.status.state == TransferState::Waiting;
        if let Some(due) = transfer.due.filter(|_| waits) {
            enter_or_leave(&mut self.due, (due, id), true, enter);
        }
        enter_or_leave(&mut self.ended, (transfer.ended_as, id), is_final, enter);
        if !is_final {
            let count = self.pending.entry(transfer.status.uid).or_default();
            *count = match enter {
                true => *count + 1,
                false => count.saturating_sub(1),
            };
            if *count == 0 {
                self.pending.remove(&transfer.status.uid);
            }
        }
    }

    /// The transfer that is to run at `now`.
    pub fn next_transfer(&mut self, now: Instant) -> Option<TransferId> {
        while let Some((due, id)) = self.due.first().copied().filter(|(due, _)| *due <= now) {
            self.due.remove(&(due, id));
            if let Some(transfer) = self.transfers.get_mut(&id) {
                transfer.due = None;
                if transfer.is_runnable() {
                    let (server, priority) = (&transfer.status.server, transfer.options.priority);
                    self.runnable.enter(server, priority, id);
                }
            }
        }
        let holds = &self.holds;
        self.runnable
            .first(|server| holds.until(server, now).is_none())
    }

    /// When a transfer that waits for its next attempt, or for its server, may begin it.
    pub fn next_due(&self, now: Instant) -> Option<Instant> {
        let due = self.due.first().map(|(due, _)| *due);
        let servers = self.runnable.servers();
        let held = servers.filter_map(|server| self.holds.until(server, now));
        held.chain(due).min()
    }

    /// The `expires` of the transfer that expires first.
    pub fn next_expiry(&self) -> Option<i64> {
        self.expiring.first().map(|(expires, _)| *expires)
    }

    /// A transfer that has waited past its `expires`.
    pub fn first_expired(&self, unix: i64) -> Option<TransferId> {
        let (expires, id) = self.expiring.first()?;
        (*expires <= unix).then_some(*id)
    }

    /// An attempt at this transfer is running from now on; `None`: none is.
    pub fn set_active(&mut self, id: Option<TransferId>) {
        self.active = id;
        self.is_moving = false;
    }

    /// The transfer whose attempt is running. Its status is not published for that.
    pub fn active(&mut self) -> Option<&mut Transfer> {
        self.transfers.get_mut(&self.active?)
    }

    /// One transfer, to be looked at.
    pub fn get(&self, id: TransferId) -> Option<&Transfer> {
        self.transfers.get(&id)
    }

    /// One transfer, to note who waits for it or how far it is; its state stays.
    pub fn get_mut(&mut self, id: TransferId) -> Option<&mut Transfer> {
        self.transfers.get_mut(&id)
    }

    /// Whether `uid` may use a transfer.
    ///
    /// # Errors
    /// `NotFound`; `NotAuthorized` for neither its owner nor root.
    pub fn check_owner(&self, id: TransferId, uid: u32) -> Result<(), Failure> {
        match self.get(id).map(|transfer| transfer.status.uid) {
            None => Err(Failure::new(
                ErrorName::NotFound,
                format!("there is no transfer {}", id.0),
            )),
            Some(owner) if uid != 0 && uid != owner => Err(Failure::new(
                ErrorName::NotAuthorized,
                format!("transfer {} belongs to another user", id.0),
            )),
            Some(_) => Ok(()),
        }
    }

    /// Whether a transfer with this server is among those that ended well.
    pub fn has_done(&self, server: &str) -> bool {
        let ended = self.ended.iter().filter_map(|(_, id)| self.get(*id));
        let mut of_server = ended.filter(|transfer| transfer.status.server == server);
        of_server.any(|transfer| transfer.status.state == TransferState::Done)
    }

    /// Removes a transfer.
    pub fn remove(&mut self, id: TransferId) -> Option<Transfer> {
        self.index(id, false);
        self.dirty.remove(&id);
        self.transfers.remove(&id)
    }

    /// The ended transfer to be forgotten because too many ended ones are kept, or for too long.
    pub fn surplus(&self, limits: Limits, unix: i64) -> Option<TransferId> {
        let (_, first) = self.ended.first()?;
        let age = unix - self.get(*first)?.status.finished;
        let old = age > i64::from(limits.keep_days) * DAY;
        (old || self.ended.len() > limits.keep_number).then_some(*first)
    }

    /// The next status to publish.
    pub fn take_changed(&mut self) -> Option<TransferStatus> {
        while let Some(id) = self.changed.pop_front() {
            self.is_changed.remove(&id);
            if let Some(transfer) = self.transfers.get(&id) {
                return Some(transfer.status.clone());
            }
        }
        None
    }

    /// What has to be stored since this was last asked.
    pub fn take_facts(&mut self, now: Now) -> Vec<Fact> {
        if self.dirty.is_empty() && self.facts.is_empty() {
            return Vec::new();
        }
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

    /// These facts are stored: transfers among them may run.
    pub fn stored(&mut self, facts: &[Fact]) {
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
    /// returned, and the rest is tried again later.
    pub fn not_stored(&mut self, facts: Vec<Fact>) -> Vec<TransferId> {
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
        for id in &refused {
            if let Some(transfer) = self.remove(*id) {
                let release = Output::Release(transfer.local.handle, transfer.local.key);
                self.outputs.push_back(release);
                self.outputs.push_back(Output::TransferRemoved(*id));
            }
        }
        refused
    }

    /// A transfer has to be stored.
    pub fn store(&mut self, id: TransferId) {
        self.dirty.insert(id);
    }

    /// The status of a transfer has to be published.
    pub fn touch(&mut self, id: TransferId) {
        if self.is_changed.insert(id) {
            self.changed.push_back(id);
        }
    }
}

fn enter_or_leave<K: Ord>(order: &mut BTreeSet<K>, key: K, belongs: bool, enter: bool) {
    if !enter {
        order.remove(&key);
    } else if belongs {
        order.insert(key);
    }
}
