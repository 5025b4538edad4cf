//! [`Queue`]: what waits for the module. Calls go before transfers (somebody waits for them),
//! transfers by priority, then first come first served. Everything in it is bounded.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use super::Transfer;
use crate::api::failure::Failure;
use crate::api::local::LocalFile;
use crate::api::options::Options;
use crate::api::request::{Operation, Ticket};
use crate::api::secret::Secret;
use crate::api::status::{Direction, TransferId, TransferState, TransferStatus};

/// Transfers that have not ended, at most. Each holds a descriptor.
pub const MOST_PENDING: usize = 500;
/// Ended transfers kept to be read, at most; the oldest is forgotten first.
pub const MOST_ENDED: usize = 100;
/// Calls that wait, at most.
pub const MOST_CALLS: usize = 100;

/// A call that needs the module.
#[derive(Debug)]
pub struct Call {
    /// Who waits for the reply; `None` for the engine's own chores.
    pub ticket: Option<Ticket>,
    /// What to do.
    pub work: Work,
    /// Until when it may wait for the module to come online.
    pub expires: Instant,
}

/// What a call wants done.
#[derive(Debug)]
pub enum Work {
    /// Something with the files of a server.
    Remote(String, Operation),
    /// Close the session.
    Disconnect,
    /// Remove a temporary name left on a server, if it can be done.
    Tidy(String, String),
    /// Restart the module.
    Reset,
    /// A raw AT line.
    Command(Secret, Duration),
}

impl Work {
    /// Whether it makes sense while the network is not there.
    pub fn needs_no_network(&self) -> bool {
        matches!(self, Self::Reset | Self::Command(..))
    }
}

/// What a transfer is accepted with.
#[derive(Debug)]
pub struct Order {
    /// To or from the server.
    pub direction: Direction,
    /// Configured name of the server.
    pub server: String,
    /// The local file.
    pub local: LocalFile,
    /// Remote path.
    pub remote: String,
    /// Options.
    pub options: Options,
    /// Owner.
    pub uid: u32,
}

/// Everything that waits, and what ended lately.
#[derive(Debug, Default)]
pub struct Queue {
    transfers: BTreeMap<TransferId, Transfer>,
    calls: VecDeque<Call>,
    last: u64,
    /// Transfers whose status changed since it was published.
    changed: Vec<TransferId>,
}

impl Queue {
    /// Accepts a transfer.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn accept(&mut self, order: Order, unix: i64) -> Result<TransferId, Failure> {
        let pending = self
            .transfers
            .values()
            .filter(|transfer| !transfer.status.state.is_final());
        if pending.count() >= MOST_PENDING {
            return Err(Failure::new(
                ErrorName::QueueFull,
                format!("{MOST_PENDING} transfers wait already; try again when some have ended"),
            ));
        }
        self.last += 1;
        let id = TransferId(self.last);
        let status = TransferStatus {
            id,
            direction: order.direction,
            server: order.server,
            local: order.local.name.clone(),
            remote: order.remote,
            uid: order.uid,
            state: TransferState::Queued,
            error: None,
            size: order.local.size,
            transferred: 0,
            attempts: 0,
            created: unix,
            started: 0,
            finished: 0,
        };
        let transfer = Transfer {
            status,
            local: order.local,
            options: order.options,
            waiters: Vec::new(),
            stoppers: Vec::new(),
            resumed: false,
            breakdowns: 0,
            due: None,
            temporary: None,
            partial: false,
            renaming: None,
        };
        self.transfers.insert(id, transfer);
        self.touch(id);
        Ok(id)
    }

    /// Queues a call.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn call(&mut self, call: Call) -> Result<(), Failure> {
        if self.calls.len() >= MOST_CALLS {
            return Err(Failure::new(
                ErrorName::QueueFull,
                format!("{MOST_CALLS} calls wait already; try again later"),
            ));
        }
        self.calls.push_back(call);
        Ok(())
    }

    /// The next call.
    pub fn take_call(&mut self) -> Option<Call> {
        self.calls.pop_front()
    }

    /// The next call that can be served without a network.
    pub fn take_local_call(&mut self) -> Option<Call> {
        let index = self
            .calls
            .iter()
            .position(|call| call.work.needs_no_network())?;
        self.calls.remove(index)
    }

    /// Whether a call waits that can be served without a network.
    pub fn has_local_call(&self) -> bool {
        self.calls.iter().any(|call| call.work.needs_no_network())
    }

    /// Takes the calls out that waited too long by `now`, or, with `all`, every one that needs
    /// the network.
    pub fn take_expired(&mut self, now: Instant, all: bool) -> Vec<Call> {
        let (kept, gone): (VecDeque<_>, VecDeque<_>) = std::mem::take(&mut self.calls)
            .into_iter()
            .partition(|call| call.work.needs_no_network() || (!all && call.expires > now));
        self.calls = kept;
        gone.into()
    }

    /// When the first call expires.
    pub fn first_expiry(&self) -> Option<Instant> {
        let calls = self
            .calls
            .iter()
            .filter(|call| !call.work.needs_no_network());
        calls.map(|call| call.expires).min()
    }

    /// The transfer that is to run now.
    pub fn next_transfer(&self, now: Instant) -> Option<TransferId> {
        self.transfers
            .values()
            .filter(|transfer| transfer.is_runnable(now))
            .min_by_key(|transfer| (-i64::from(transfer.options.priority), transfer.status.id))
            .map(|transfer| transfer.status.id)
    }

    /// When a transfer that waits for its next attempt may begin it.
    pub fn next_due(&self) -> Option<Instant> {
        let waiting = self
            .transfers
            .values()
            .filter(|transfer| transfer.status.state == TransferState::Waiting);
        waiting.filter_map(|transfer| transfer.due).min()
    }

    /// The transfer that moves now.
    pub fn active(&mut self) -> Option<&mut Transfer> {
        self.transfers
            .values_mut()
            .find(|transfer| transfer.status.state == TransferState::Active)
    }

    /// One transfer, to be looked at.
    pub fn get(&self, id: TransferId) -> Option<&Transfer> {
        self.transfers.get(&id)
    }

    /// One transfer, to be changed; its status is published afterwards.
    pub fn change(&mut self, id: TransferId) -> Option<&mut Transfer> {
        if self.transfers.contains_key(&id) {
            self.touch(id);
        }
        self.transfers.get_mut(&id)
    }

    /// One transfer as `uid` may use it.
    ///
    /// # Errors
    /// `NotFound`; `NotAuthorized` for neither its owner nor root.
    pub fn owned(&mut self, id: TransferId, uid: u32) -> Result<&mut Transfer, Failure> {
        let owner = self.get(id).map(|transfer| transfer.status.uid);
        match owner {
            None => Err(Failure::new(
                ErrorName::NotFound,
                format!("there is no transfer {}", id.0),
            )),
            Some(owner) if uid != 0 && uid != owner => Err(Failure::new(
                ErrorName::NotAuthorized,
                format!("transfer {} belongs to another user", id.0),
            )),
            Some(_) => self.change(id).ok_or_else(|| {
                Failure::new(
                    ErrorName::NotFound,
                    format!("there is no transfer {}", id.0),
                )
            }),
        }
    }

    /// Removes a transfer.
    pub fn remove(&mut self, id: TransferId) -> Option<Transfer> {
        self.changed.retain(|changed| *changed != id);
        self.transfers.remove(&id)
    }

    /// The ended transfer to be forgotten because there are too many, if there are.
    pub fn surplus(&self) -> Option<TransferId> {
        let ended = || {
            self.transfers
                .values()
                .filter(|transfer| transfer.status.state.is_final())
        };
        if ended().count() <= MOST_ENDED {
            return None;
        }
        ended()
            .min_by_key(|transfer| (transfer.status.finished, transfer.status.id))
            .map(|transfer| transfer.status.id)
    }

    /// The next status to publish.
    pub fn take_changed(&mut self) -> Option<TransferStatus> {
        while let Some(id) = (!self.changed.is_empty()).then(|| self.changed.remove(0)) {
            if let Some(transfer) = self.transfers.get(&id) {
                return Some(transfer.status.clone());
            }
        }
        None
    }

    fn touch(&mut self, id: TransferId) {
        if !self.changed.contains(&id) {
            self.changed.push(id);
        }
    }
}
