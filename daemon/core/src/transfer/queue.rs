//! [`Queue`]: the transfers that wait and those that ended lately. The next one is chosen by
//! priority, then by order of acceptance. Everything in it is bounded.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use modem_ftp_dbus::errors::ErrorName;

use super::left_over::LeftOver;
use super::order::Order;
use super::record::Transfer;
use crate::api::failure::Failure;
use crate::api::output::Output;
use crate::api::status::{TransferId, TransferState, TransferStatus};

/// Transfers that have not ended, at most. Each holds a descriptor.
pub const MOST_PENDING: usize = 500;
/// Names to be removed from servers, at most.
const MOST_LEFT_OVERS: usize = 1000;
/// Ended transfers kept to be read, at most; the oldest is forgotten first.
pub const MOST_ENDED: usize = 100;
/// The transfers that wait and those that ended lately.
#[derive(Debug, Default)]
pub struct Queue {
    transfers: BTreeMap<TransferId, Transfer>,
    last: u64,
    /// The transfer whose attempt is running.
    active: Option<TransferId>,
    /// Whether payload that moves now counts as the progress of the active transfer.
    pub counting: bool,
    /// Transfers whose status changed since it was published.
    changed: VecDeque<TransferId>,
    /// What the shell is to do as soon as the changed transfers are published.
    pub outputs: VecDeque<Output>,
    /// Names of ours to be removed from servers.
    pub left_overs: VecDeque<LeftOver>,
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
        self.transfers.insert(id, Transfer::new(id, order, unix));
        self.touch(id);
        Ok(id)
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

    /// An attempt at this transfer is running from now on; `None`: none is.
    pub fn set_active(&mut self, id: Option<TransferId>) {
        self.active = id;
    }

    /// The transfer whose attempt is running. Its status is not published for that.
    pub fn active(&mut self) -> Option<&mut Transfer> {
        self.transfers.get_mut(&self.active?)
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

    /// Notes a name of ours to be removed from a server.
    pub fn add_left_over(&mut self, left_over: LeftOver) {
        if self.left_overs.len() < MOST_LEFT_OVERS {
            self.left_overs.push_back(left_over);
        } else {
            tracing::warn!("{} stays on {}", left_over.path, left_over.server);
        }
    }

    /// The next status to publish.
    pub fn take_changed(&mut self) -> Option<TransferStatus> {
        while let Some(id) = self.changed.pop_front() {
            if let Some(transfer) = self.transfers.get(&id) {
                return Some(transfer.status.clone());
            }
        }
        None
    }

    fn touch(&mut self, id: TransferId) {
        if !self.changed.contains(&id) {
            self.changed.push_back(id);
        }
    }
}
