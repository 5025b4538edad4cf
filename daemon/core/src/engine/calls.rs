//! [`Calls`]: calls that need the network. They wait for the module to come online for a limited
//! time, and are refused as soon as it is known that it will not.

use std::collections::VecDeque;
use std::time::Instant;

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::Failure;
use crate::api::output::Output;
use crate::api::request::{CallerId, Operation, Ticket};
use crate::api::status::ModemState;
use crate::ftp::Place;
use crate::modem::Modem;
use crate::shared::Shared;

/// Calls that wait, at most, those that need no network included.
const MOST_CALLS: usize = 100;

/// A call that needs the network.
#[derive(Debug)]
pub struct Call {
    /// Who waits for the reply.
    pub ticket: Ticket,
    /// What to do.
    pub work: Work,
    /// Until when it may wait for the module to come online.
    pub expires: Instant,
}

/// What a call wants done.
#[derive(Debug)]
pub enum Work {
    /// Something with the files of a server; paths are resolved. What `ChangeDirectory` leads to
    /// becomes the working directory of this place.
    Remote(Place, Operation),
    /// Close the session, and forget the working directories of this caller.
    Disconnect(CallerId),
}

/// The calls that wait.
#[derive(Default)]
struct Waiting {
    calls: VecDeque<Call>,
    /// Whether calls are being served, so that none of them expires.
    serving: bool,
}

/// A handle to the calls that wait.
#[derive(Clone)]
pub struct Calls {
    modem: Modem,
    waiting: Shared<Waiting>,
}

/// While this lives, calls are being served.
pub struct Serving(Calls);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.waiting.change(|waiting| waiting.serving = false);
    }
}

impl Calls {
    /// None waits.
    pub fn new(modem: Modem) -> Self {
        let waiting = Shared::new(Waiting::default());
        Self { modem, waiting }
    }

    /// Refuses one more call when too many wait.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn check_room(&self) -> Result<(), Failure> {
        let waiting = self.waiting.get(|waiting| waiting.calls.len());
        if waiting + self.modem.module_calls() < MOST_CALLS {
            return Ok(());
        }
        Err(Failure::new(
            ErrorName::QueueFull,
            format!("{MOST_CALLS} calls wait already; try again later"),
        ))
    }

    /// Queues a call.
    pub fn queue(&self, call: Call) {
        self.waiting
            .change_with(call, |waiting, call| waiting.calls.push_back(call));
    }

    /// The ticket of the call that waits longest.
    pub fn first(&self) -> Option<Ticket> {
        self.waiting
            .get(|waiting| waiting.calls.front().map(|call| call.ticket))
    }

    /// The call that waits longest.
    pub fn take(&self) -> Option<Call> {
        self.waiting.change(|waiting| waiting.calls.pop_front())
    }

    /// Calls are served from now on, until the guard is dropped.
    pub fn serve(&self) -> Serving {
        self.waiting.change(|waiting| waiting.serving = true);
        Serving(self.clone())
    }

    /// Whether calls are being served.
    pub fn is_serving(&self) -> bool {
        self.waiting.get(|waiting| waiting.serving)
    }

    /// When the first call expires.
    pub fn first_expiry(&self) -> Option<Instant> {
        self.waiting.get(|waiting| {
            let expiries = waiting.calls.iter().map(|call| call.expires);
            expiries.min().filter(|_| !waiting.serving)
        })
    }

    /// Refuses the calls that have waited too long, and all of them if the module is in trouble.
    pub fn refuse_hopeless(&self) {
        if self.is_serving() || self.first().is_none() {
            return;
        }
        if let Some(trouble) = self.modem.trouble() {
            return self.refuse_all(&trouble);
        }
        let now = self.modem.link().now().instant;
        let expired = self.waiting.change_with(now, |waiting, now| {
            let (kept, expired) = std::mem::take(&mut waiting.calls)
                .into_iter()
                .partition(|call| call.expires > now);
            waiting.calls = kept;
            let expired: VecDeque<Call> = expired;
            expired
        });
        for call in expired {
            let (state, reason) = self.modem.stage();
            let name = match state {
                ModemState::Searching => ErrorName::NotRegistered,
                ModemState::Registered => ErrorName::BearerFailed,
                _ => ErrorName::ModemUnavailable,
            };
            let text = format!("the module is not online yet: {reason}");
            self.reply(call.ticket, Err(Failure::new(name, text)));
        }
    }

    /// Refuses every call that waits.
    pub fn refuse_all(&self, failure: &Failure) {
        while let Some(call) = self.take() {
            self.reply(call.ticket, Err(failure.clone()));
        }
    }

    /// Refuses every call that needs no network either.
    pub fn refuse_module_calls(&self, failure: &Failure) {
        while let Some(call) = self.modem.take_module_call() {
            self.reply(call.ticket, Err(failure.clone()));
        }
    }

    fn reply(&self, ticket: Ticket, result: Result<crate::api::reply::Reply, Failure>) {
        self.modem.link().put(Output::Reply(ticket, result));
    }
}
