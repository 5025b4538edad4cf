//! [`Queue`]: the transfers that wait and those that ended lately. The next one is chosen by
//! priority; within a priority the users take turns. Everything in it is bounded, and nothing is
//! searched for: what runs next, what is due and what ended first are kept in order.

mod bounds;
mod storing;
mod waiting;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use modem_ftp_dbus::errors::ErrorName;

use super::chores::Chores;
use super::ended::Ended;
use super::record::Transfer;
use super::runnable::{Place, Runnable};
use super::server_holds::ServerHolds;
use super::servers::Servers;
use super::stagings::Stagings;
use crate::api::fact::{Fact, RemoteTraces};
use crate::api::failure::Failure;
use crate::api::local::Handle;
use crate::api::output::Output;
use crate::api::status::{TransferId, TransferState, TransferStatus};

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
    /// Boxed: the map has room for more than it holds.
    transfers: BTreeMap<TransferId, Box<Transfer>>,
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
    /// Those about which a server is asked before they end, by when they end without an answer.
    inquiries: BTreeSet<(Instant, TransferId)>,
    /// Those that have ended.
    ended: Ended,
    /// Transfers that ended so far.
    ends: u64,
    /// Those whose source has to have bytes first.
    awaiting: HashMap<Handle, TransferId>,
    /// Those that may have left their staging names on servers.
    stagings: Stagings,
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
    /// What is known of the servers.
    pub servers: Servers,
    /// When the progress of the active transfer is to be stored next.
    pub checkpoint: Option<Instant>,
    /// What could not be stored, to be tried again together with what comes next.
    deferred: Vec<Fact>,
    /// Whether the disk refuses to store the queue: no attempt begins.
    pub is_failing: bool,
    /// When it is to be tried again to store it.
    store_again: Option<Instant>,
    /// What the shell is to do as soon as the changed transfers are stored and published.
    pub outputs: VecDeque<Output>,
}

impl Queue {
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
        self.transfers.insert(id, Box::new(transfer));
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
        let changed = self.transfers.get_mut(&id).map(|transfer| change(transfer));
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
        match enter && transfer.is_runnable() {
            true => self.runnable.enter(Place::of(transfer), id),
            false => self.runnable.leave(Place::of(transfer), id),
        }
        let expires = (transfer.options.expires, id);
        enter_or_leave(&mut self.expiring, expires, transfer.may_expire(), enter);
        let waits = transfer.status.state == TransferState::Waiting;
        if let Some(due) = transfer.due.filter(|_| waits) {
            enter_or_leave(&mut self.due, (due, id), true, enter);
        }
        if let Some(inquiry) = transfer.inquiry {
            enter_or_leave(&mut self.inquiries, (inquiry.until, id), true, enter);
        }
        if transfer.awaits_source {
            match enter {
                true => self.awaiting.insert(transfer.local.handle, id),
                false => self.awaiting.remove(&transfer.local.handle),
            };
        }
        if let Some(name) = &transfer.traces.staging {
            self.stagings.note(name, id, enter);
        }
        let (uid, end) = (transfer.status.uid, (transfer.ended_as, id));
        match enter && is_final {
            true => self.ended.enter(uid, end),
            false => self.ended.leave(uid, end),
        }
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

    /// An attempt at this transfer is running from now on; `None`: none is.
    pub fn set_active(&mut self, id: Option<TransferId>) {
        self.active = id;
        self.is_moving = false;
        if let Some(transfer) = id.and_then(|id| self.transfers.get(&id)) {
            let (priority, uid) = (transfer.options.priority, transfer.status.uid);
            self.runnable.took_turn(priority, uid);
        }
    }

    /// The transfer whose attempt is running. Its status is not published for that.
    pub fn active(&mut self) -> Option<&mut Transfer> {
        self.transfers.get_mut(&self.active?).map(Box::as_mut)
    }

    /// One transfer, to be looked at.
    pub fn get(&self, id: TransferId) -> Option<&Transfer> {
        self.transfers.get(&id).map(Box::as_ref)
    }

    /// One transfer, to note who waits for it or how far it is; its state stays.
    pub fn get_mut(&mut self, id: TransferId) -> Option<&mut Transfer> {
        self.transfers.get_mut(&id).map(Box::as_mut)
    }

    /// Whether another transfer may have left this staging name on the server.
    pub fn is_staging_of_another(&self, id: TransferId, server: &str, name: &str) -> bool {
        let mut others = self.stagings.of(name).filter(|other| *other != id);
        others.any(|other| self.get(other).is_some_and(|it| it.status.server == server))
    }

    /// What a transfer may have left on its server, which it answers for no more.
    pub fn take_traces(&mut self, id: TransferId) -> RemoteTraces {
        self.index(id, false);
        let traces = self.get_mut(id).map(|it| std::mem::take(&mut it.traces));
        self.index(id, true);
        traces.unwrap_or_default()
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

    /// Removes a transfer.
    pub fn remove(&mut self, id: TransferId) -> Option<Box<Transfer>> {
        self.index(id, false);
        self.dirty.remove(&id);
        self.transfers.remove(&id)
    }

    /// The next status to publish.
    pub fn take_changed(&mut self) -> Option<Arc<TransferStatus>> {
        while let Some(id) = self.changed.pop_front() {
            self.is_changed.remove(&id);
            if let Some(transfer) = self.transfers.get(&id) {
                return Some(transfer.status.share());
            }
        }
        None
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
