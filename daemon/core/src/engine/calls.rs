//! [`Calls`]: calls that need the network. The users take turns. Calls wait for the module to come
//! online for a limited time, and are refused as soon as it is known that it will not.

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
/// Calls that need no network, at most: they leave room for the others.
const MOST_MODULE_CALLS: usize = 20;

/// A call that needs the network.
#[derive(Debug)]
pub struct Call {
    /// Who waits for the reply.
    pub ticket: Ticket,
    /// What to do.
    pub work: Work,
    /// User of the caller, if known; the calls of unknown ones count as those of one user.
    pub uid: Option<u32>,
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
    /// Whose call was taken last.
    last: Option<u32>,
    /// Whether calls are being served, so that none of them expires.
    serving: bool,
}

impl Waiting {
    /// Place of the call whose turn it is: the first one of the user who comes after the last.
    fn next(&self) -> Option<usize> {
        let calls = self.calls.iter().enumerate();
        let next = calls.min_by_key(|(place, call)| (call.uid <= self.last, call.uid, *place));
        next.map(|(place, _)| place)
    }

    fn take(&mut self) -> Option<Call> {
        let call = self.calls.remove(self.next()?)?;
        self.last = call.uid;
        Some(call)
    }
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

    /// Refuses one more call of this user when too many wait. A user other than root may not have
    /// more calls waiting than there are places left for others.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn check_room(&self, uid: Option<u32>) -> Result<(), Failure> {
        let (waiting, own) = self.waiting.get_with(uid, |waiting, uid| {
            let own = waiting.calls.iter().filter(|call| call.uid == uid).count();
            (waiting.calls.len(), own)
        });
        let left = MOST_CALLS.saturating_sub(waiting + self.modem.module_calls());
        if left == 0 {
            return Err(too_many(MOST_CALLS));
        }
        match own >= left && uid != Some(0) {
            true => Err(too_many(own)),
            false => Ok(()),
        }
    }

    /// Refuses one more call that needs no network when too many wait.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn check_module_room(&self) -> Result<(), Failure> {
        match self.modem.module_calls() >= MOST_MODULE_CALLS {
            true => Err(too_many(MOST_MODULE_CALLS)),
            false => Ok(()),
        }
    }

    /// Queues a call.
    pub fn queue(&self, call: Call) {
        self.waiting
            .change_with(call, |waiting, call| waiting.calls.push_back(call));
    }

    /// The ticket of the call whose turn it is.
    pub fn first(&self) -> Option<Ticket> {
        self.waiting
            .get(|waiting| Some(waiting.calls.get(waiting.next()?)?.ticket))
    }

    /// The call whose turn it is.
    pub fn take(&self) -> Option<Call> {
        self.waiting.change(Waiting::take)
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

fn too_many(waiting: usize) -> Failure {
    let text = format!("{waiting} calls wait already; try again later");
    Failure::new(ErrorName::QueueFull, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_take_turns() {
        let now = Instant::now();
        let mut waiting = Waiting::default();
        let calls = [
            (1, 1000),
            (2, 1000),
            (3, 1000),
            (4, 1001),
            (5, 0),
            (6, 1001),
        ];
        for (ticket, uid) in calls {
            waiting.calls.push_back(Call {
                ticket: Ticket(ticket),
                work: Work::Disconnect(CallerId::default()),
                uid: Some(uid),
                expires: now,
            });
        }
        let order: Vec<_> = std::iter::from_fn(|| waiting.take()).collect();
        let order: Vec<_> = order.iter().map(|call| call.ticket.0).collect();
        assert_eq!(order, [5, 1, 4, 2, 6, 3]);
    }
}
