//! [`Admission`]: how many calls are handled at the same time, of one caller, of one user and in all,
//! and how large their arguments may be. What is beyond is answered at once and not kept, and the
//! calls of callers that have left are dropped, so that a flood of calls costs little memory and takes
//! nothing away from other callers.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Context;

use zbus::message::{Header, Message};

use super::error::CallError;
use super::handled::Handled;
use super::presence::Presence;
use crate::limits::{Descriptors, Received, Slot};
use crate::messages::{Inbox, Message as ToLoop};

/// Most bytes of the arguments of a call. The largest that mean anything are two paths.
const LONGEST_ARGUMENTS: usize = 32 * 1024;
/// Counts the calls that are handled.
#[derive(Clone, Debug)]
pub struct Admission {
    handled: Rc<RefCell<Handled>>,
    descriptors: Descriptors,
    inbox: Inbox,
}

/// A call that is being handled, until it is dropped.
#[derive(Debug)]
pub struct Admitted {
    admission: Admission,
    caller: String,
    number: u64,
    /// As whose it counts.
    uid: Cell<Option<u32>>,
    /// Whether its caller is still there.
    pub presence: Rc<Presence>,
}

impl Admission {
    /// No call is handled. Descriptors that are accepted are counted in `descriptors`; `inbox` is told
    /// that nobody waits for the calls of a caller any more.
    pub fn new(descriptors: Descriptors, inbox: Inbox) -> Self {
        Self {
            handled: Rc::default(),
            descriptors,
            inbox,
        }
    }

    /// Admits a call.
    ///
    /// # Errors
    /// `QueueFull`: too many calls are being handled. `InvalidArguments`: its arguments are too
    /// large, or it passes descriptors that nobody takes.
    pub fn admit(&self, call: &Message, header: &Header<'_>) -> Result<Admitted, CallError> {
        check_size(call)?;
        let holds_descriptor = passed(header)? > 0;
        let caller = header.sender().map(ToString::to_string);
        let caller = caller.unwrap_or_default();
        let presence = Rc::new(Presence::new(holds_descriptor));
        let (number, uid) = self.handled.borrow_mut().add(&caller, &presence)?;
        Ok(Admitted {
            admission: self.clone(),
            caller,
            number,
            uid: Cell::new(uid),
            presence,
        })
    }

    /// Counts the descriptors that came in a message; `None`: there are none.
    pub fn receive(&self, count: usize) -> Option<Received> {
        (count > 0).then(|| self.descriptors.receive(count))
    }

    /// Whether more messages may be read. If not, the task is woken when they may.
    pub fn has_room(&self, context: &Context<'_>) -> bool {
        self.descriptors.has_room(context)
    }

    /// Whether descriptors may stay open until the bus has said whose they are.
    pub fn may_ask(&self) -> bool {
        self.descriptors.are_few()
    }

    /// A connection to the bus is closed: its calls are dropped, as soon as they may be.
    pub fn leave(&self, caller: &str) {
        self.handled.borrow_mut().leave(caller);
    }

    /// Whose connection it is, if that was asked for one of its calls that are handled.
    pub fn uid(&self, caller: &str) -> Option<u32> {
        self.handled.borrow().uid(caller)
    }
}

impl Admitted {
    /// From now on it counts as a call of this user.
    ///
    /// # Errors
    /// `QueueFull`: too many calls of this user are handled.
    pub fn identify(&self, uid: u32) -> Result<(), CallError> {
        if self.uid.get().is_some() {
            return Ok(());
        }
        let mut handled = self.admission.handled.borrow_mut();
        handled.identify(&self.caller, uid)?;
        self.uid.set(Some(uid));
        Ok(())
    }

    /// Counts a descriptor that is accepted from this user.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn slot(&self, uid: u32) -> Result<Slot, CallError> {
        Ok(self.admission.descriptors.count(uid)?)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut handled = self.admission.handled.borrow_mut();
        if handled.remove(&self.caller, self.number, self.uid.get()) {
            self.admission.inbox.send(ToLoop::CallerLeft);
        }
    }
}

fn check_size(call: &Message) -> Result<(), CallError> {
    let size = call.body().len();
    if size <= LONGEST_ARGUMENTS {
        return Ok(());
    }
    Err(CallError::arguments(format!(
        "the arguments have {size} bytes, at most {LONGEST_ARGUMENTS} are possible"
    )))
}

/// How many descriptors come with a call. None may come that no argument refers to.
fn passed(header: &Header<'_>) -> Result<u32, CallError> {
    let passed = header.unix_fds().unwrap_or(0);
    let takes_one = header.member().is_some_and(|it| it.ends_with("Fd"));
    let most = u32::from(takes_one);
    if passed <= most {
        return Ok(passed);
    }
    Err(CallError::arguments(format!(
        "the call passes {passed} descriptors, the method takes {most}"
    )))
}
