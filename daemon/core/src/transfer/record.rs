//! [`Transfer`]: one accepted transfer and the states it may go through. An action that its
//! state does not allow is a `WrongState`, never a panic.

use std::time::Instant;

use modem_ftp_dbus::errors::ErrorName;

use super::order::Order;
use crate::api::failure::Failure;
use crate::api::local::LocalFile;
use crate::api::options::Options;
use crate::api::reply::Reply;
use crate::api::request::Ticket;
use crate::api::status::{Direction, TransferId, TransferState, TransferStatus};

/// One transfer, from acceptance until it is forgotten.
#[derive(Debug)]
pub struct Transfer {
    /// What is shown of it.
    pub status: TransferStatus,
    /// The local file.
    pub local: LocalFile,
    /// Its options.
    pub options: Options,
    /// Who waits for its end.
    pub waiters: Vec<Ticket>,
    /// Who waits for it to stop (`Cancel`, `Pause`).
    pub stoppers: Vec<Ticket>,
    /// Whether `Resume` came before an earlier `Pause` had taken effect.
    pub resumed: bool,
    /// Attempts that failed because the modem did, and were not counted.
    pub breakdowns: u32,
    /// When the next attempt may begin ([`TransferState::Waiting`]).
    pub due: Option<Instant>,
    /// Whether bytes of a pipe were read: it cannot be begun again.
    pub is_consumed: bool,
    /// The staging name on the server, once it may exist there.
    pub staging: Option<String>,
    /// Whether an earlier attempt sent bytes: a file of the name it sent them to is ours.
    pub partial: bool,
    /// So many bytes were being renamed to their final name when an attempt ended: the rename may
    /// have taken place although its result did not come.
    pub renaming: Option<u64>,
}

impl Transfer {
    /// A transfer as it is accepted at `unix`.
    pub fn new(id: TransferId, order: Order, unix: i64) -> Self {
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
        Self {
            status,
            local: order.local,
            options: order.options,
            waiters: Vec::new(),
            stoppers: Vec::new(),
            resumed: false,
            breakdowns: 0,
            due: None,
            is_consumed: false,
            staging: None,
            partial: false,
            renaming: None,
        }
    }

    /// Whether another attempt is possible as far as the local side goes: a pipe cannot be
    /// read or written twice.
    pub fn can_restart(&self) -> bool {
        self.local.rewindable || !(self.is_consumed || self.status.transferred > 0)
    }

    /// Whether its local file stays open once it has ended: a failed or cancelled one can be
    /// tried again by hand.
    pub fn keeps_file(&self) -> bool {
        self.status.state != TransferState::Done && self.can_restart()
    }

    /// Whether it may run now.
    pub fn is_runnable(&self, now: Instant) -> bool {
        match self.status.state {
            TransferState::Queued => true,
            TransferState::Waiting => self.due.is_some_and(|due| due <= now),
            _ => false,
        }
    }

    /// Marks the begin of an attempt.
    pub fn begin(&mut self, unix: i64) {
        self.status.state = TransferState::Active;
        self.status.attempts += 1;
        self.status.started = unix;
        self.partial |= self.status.transferred > 0;
        self.status.transferred = 0;
        self.due = None;
    }

    /// The state that a `Pause` leads to: a `Resume` that came meanwhile queues it again.
    pub fn paused_state(&self) -> TransferState {
        if self.resumed {
            TransferState::Queued
        } else {
            TransferState::Paused
        }
    }

    /// What `Wait` answers once it is over.
    pub fn end(&self) -> Reply {
        let error = self
            .status
            .error
            .as_ref()
            .filter(|_| self.status.state != TransferState::Done)
            .map(|(name, text)| (name.dbus_name().to_owned(), text.clone()));
        Reply::Ended(self.status.state, error)
    }

    /// The words that stand before the text of its failures.
    pub fn label(&self) -> String {
        let (verb, preposition) = match self.status.direction {
            Direction::Upload => ("upload", "to"),
            Direction::Download => ("download", "of"),
        };
        format!("{verb} {preposition} {}", self.status.remote)
    }

    /// The refusal of an action its state does not allow.
    pub fn wrong_state(&self, action: &str) -> Failure {
        Failure::new(
            ErrorName::WrongState,
            format!(
                "transfer {} is {} and cannot be {action}",
                self.status.id.0,
                self.status.state.as_str()
            ),
        )
    }

    /// The refusal of an action that came too late.
    pub fn ended_already(&self) -> Failure {
        let text = format!(
            "transfer {} is {} already",
            self.status.id.0,
            self.status.state.as_str()
        );
        Failure::new(ErrorName::WrongState, text)
    }
}
