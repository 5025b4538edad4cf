//! [`Transfer`]: one accepted transfer, what is kept of it, and the states it may go through. An
//! action that its state does not allow is a `WrongState`, never a panic.

use std::mem;
use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use super::inquiry::Inquiry;
use super::order::Order;
use super::partial::Partial;
use super::shown::Shown;
use crate::api::fact::{RemoteTraces, StoredTransfer, Traffic};
use crate::api::failure::Failure;
use crate::api::local::{Handle, LocalFile};
use crate::api::now::Now;
use crate::api::options::Options;
use crate::api::request::Ticket;
use crate::api::status::{Direction, TransferId, TransferState, TransferStatus};

/// Handles of transfers that were restored: above all that the shell gives out.
const RESTORED: u64 = 1 << 63;
/// The longest pause that is believed after a restart: the clock may have been set meanwhile.
const LONGEST_PAUSE: u64 = 3600;

/// Why a transfer cannot go on whose local file went with the process.
pub const LOST: &str = "the daemon was restarted, and a pipe or descriptor that is not kept cannot be \
                        read or written again";

/// One transfer, from acceptance until it is forgotten.
#[derive(Debug)]
pub struct Transfer {
    /// What is shown of it.
    pub status: Shown,
    /// The local file; its name is in the status.
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
    /// Attempts that were refused what may be possible again.
    pub refusals: u32,
    /// Whether an attempt was running when an earlier run of the daemon ended, or had left something on
    /// the server.
    pub was_cut: bool,
    /// When the next attempt may begin ([`TransferState::Waiting`]).
    pub due: Option<Instant>,
    /// Whether bytes of a pipe were read or written: it cannot be begun again.
    pub is_consumed: bool,
    /// What it may have left on the server.
    pub traces: RemoteTraces,
    /// What it has left in its local file (download).
    pub partial: Option<Partial>,
    /// Whether attempts before the present one sent bytes to the final name (not atomic).
    pub had_partial: bool,
    /// Whether nothing bore the final name before bytes were sent to it (not atomic), as far as this run
    /// of the daemon knows.
    pub is_new: bool,
    /// Bytes moved, in all attempts together.
    pub traffic: Traffic,
    /// Whether its acceptance is stored; before, it does not run.
    pub is_stored: bool,
    /// Whether nobody has written to the pipe yet that is to be sent; before, it does not run.
    pub awaits_source: bool,
    /// Place among the transfers that have ended.
    pub ended_as: u64,
    /// Whether a rename was sent whose result is not known.
    pub in_doubt: bool,
    /// Its server is to be asked before it ends.
    pub inquiry: Option<Inquiry>,
}

impl Transfer {
    /// A transfer as it is accepted at `unix`.
    pub fn new(id: TransferId, mut order: Order, unix: i64) -> Self {
        let status = TransferStatus {
            id,
            direction: order.direction,
            server: order.server,
            local: mem::take(&mut order.local.name),
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
        Self::with(status, order.local, order.options)
    }

    fn with(status: TransferStatus, local: LocalFile, options: Options) -> Self {
        Self {
            status: status.into(),
            local,
            options,
            waiters: Vec::new(),
            stoppers: Vec::new(),
            resumed: false,
            breakdowns: 0,
            refusals: 0,
            was_cut: false,
            due: None,
            is_consumed: false,
            traces: RemoteTraces::default(),
            partial: None,
            had_partial: false,
            is_new: false,
            traffic: Traffic::default(),
            is_stored: false,
            awaits_source: false,
            ended_as: 0,
            in_doubt: false,
            inquiry: None,
        }
    }

    /// A transfer as it was stored. One that was running waits again, and that attempt does not
    /// count. One whose local file cannot be opened again has failed, unless the whole file is on the
    /// server and only has to be renamed.
    pub fn restored(stored: StoredTransfer, now: Now) -> Self {
        let StoredTransfer {
            mut status,
            options,
            local,
            due,
            breakdowns,
            remote,
        } = stored;
        let wait = u64::try_from(due.saturating_sub(now.unix)).unwrap_or(0);
        if status.state == TransferState::Active {
            status.state = TransferState::Queued;
            status.attempts = status.attempts.saturating_sub(1);
        }
        if local.is_none() && remote.renaming.is_none() && !status.state.is_final() {
            status.state = TransferState::Failed;
            status.finished = now.unix;
            status.error = Some((ErrorName::LocalIo, LOST.to_owned()));
        }
        let file = LocalFile {
            handle: Handle(RESTORED | status.id.0),
            name: String::new(),
            size: status.size,
            rewindable: local.is_some(),
            key: local,
            content: None,
        };
        Self {
            breakdowns,
            due: Some(now.instant + Duration::from_secs(wait.min(LONGEST_PAUSE))),
            is_consumed: !file.rewindable,
            in_doubt: remote.renaming.is_some(),
            was_cut: remote.staging.is_some() || remote.partial,
            traces: remote,
            is_stored: true,
            ..Self::with(status, file, options)
        }
    }

    /// The transfer as it is to be stored.
    pub fn stored(&self, now: Now) -> StoredTransfer {
        let wait = self.due.map_or(0, |due| {
            due.saturating_duration_since(now.instant).as_secs()
        });
        StoredTransfer {
            status: TransferStatus::clone(&self.status),
            options: self.options.clone(),
            local: self.local.key.clone(),
            due: if wait > 0 {
                now.unix.saturating_add_unsigned(wait)
            } else {
                0
            },
            breakdowns: self.breakdowns,
            remote: self.traces.clone(),
        }
    }

    /// Whether another attempt is possible as far as the local side goes: a pipe cannot be
    /// read or written twice, but is not needed any more once its bytes are whole on the server.
    pub fn can_restart(&self) -> bool {
        let is_untouched = !(self.is_consumed || self.status.transferred > 0);
        self.local.rewindable || is_untouched || self.traces.renaming.is_some()
    }

    /// Whether its local file stays available once it has ended: a failed or cancelled transfer can
    /// be tried again by hand.
    pub fn keeps_file(&self) -> bool {
        self.status.state != TransferState::Done && self.local.rewindable
    }

    /// Whether it may run when its turn comes.
    pub fn is_runnable(&self) -> bool {
        let waits_for_nothing = match self.status.state {
            TransferState::Queued => true,
            TransferState::Waiting => self.due.is_none(),
            _ => false,
        };
        waits_for_nothing && self.is_stored && !self.awaits_source && self.inquiry.is_none()
    }

    /// Whether it ends with its `expires`: it has one, and it waits.
    pub fn may_expire(&self) -> bool {
        let waits = matches!(
            self.status.state,
            TransferState::Queued | TransferState::Waiting | TransferState::Paused
        );
        waits && self.options.expires > 0 && self.inquiry.is_none()
    }

    /// Whether a rename that was cut short may have taken place.
    pub fn is_in_doubt(&self) -> bool {
        self.in_doubt && self.traces.renaming.is_some()
    }

    /// Marks the begin of an attempt.
    pub fn begin(&mut self, unix: i64) {
        self.status.state = TransferState::Active;
        self.status.attempts += 1;
        self.status.started = unix;
        self.had_partial = self.traces.partial;
        self.status.transferred = 0;
        self.due = None;
    }

    /// The present attempt does not count: nothing was wrong with the file or its server.
    pub fn uncount(&mut self) {
        self.status.attempts = self.status.attempts.saturating_sub(1);
    }

    /// The state that a `Pause` leads to: a `Resume` that came meanwhile queues it again.
    pub fn paused_state(&self) -> TransferState {
        if self.resumed {
            TransferState::Queued
        } else {
            TransferState::Paused
        }
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
