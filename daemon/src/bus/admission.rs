//! [`Admission`]: how many calls are handled at the same time, of one caller, of one user and in all,
//! and how large their arguments may be. What is beyond is answered at once and not kept, and the
//! calls of callers that have left are dropped, so that a flood of calls costs little memory and takes
//! nothing away from other callers.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::task::Context;

use modem_ftp_dbus::ErrorName;
use zbus::message::{Header, Message};

use super::error::CallError;
use super::presence::Presence;
use crate::limits::{Descriptors, Received, Slot};
use crate::messages::{Inbox, Message as ToLoop};

/// Most bytes of the arguments of a call. The largest that mean anything are two paths.
const LONGEST_ARGUMENTS: usize = 32 * 1024;
/// Most calls of one caller that are handled at the same time, as the system bus has it for replies
/// that are awaited.
const MOST_OF_CALLER: usize = 128;
/// So many calls, of all callers together, are handled at the same time without asking whose.
const MANY: usize = 256;
/// So many calls of one caller are handled even then.
const ALWAYS: usize = 4;
/// Most calls that are handled at the same time, but for the first one of each caller. A user other
/// than root may have no more of them than are left for others, and always one.
const MOST: usize = 16 * MANY;

/// Counts the calls that are handled.
#[derive(Clone, Debug)]
pub struct Admission {
    handled: Rc<RefCell<Handled>>,
    descriptors: Descriptors,
    inbox: Inbox,
}

#[derive(Debug, Default)]
struct Handled {
    all: usize,
    /// The number of the last call.
    last: u64,
    callers: HashMap<String, Caller>,
    /// How many are of users who are known.
    users: HashMap<u32, usize>,
}

/// A caller whose calls are handled.
#[derive(Debug, Default)]
struct Caller {
    calls: HashMap<u64, Rc<Presence>>,
    /// Its user, if that is known already.
    uid: Option<u32>,
    has_left: bool,
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
        let mut handled = self.handled.borrow_mut();
        if let Some(caller) = handled.callers.get_mut(caller) {
            caller.has_left = true;
            caller.calls.values().for_each(|call| call.leave());
        }
    }

    /// Whose connection it is, if that was asked for one of its calls that are handled.
    pub fn uid(&self, caller: &str) -> Option<u32> {
        self.handled.borrow().callers.get(caller)?.uid
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

impl Handled {
    /// Adds a call; its number, and whose it is if that is known already.
    fn add(
        &mut self,
        name: &str,
        presence: &Rc<Presence>,
    ) -> Result<(u64, Option<u32>), CallError> {
        let caller = self.callers.get(name);
        let own = caller.map_or(0, |caller| caller.calls.len());
        let uid = caller.and_then(|caller| caller.uid);
        if own >= MOST_OF_CALLER {
            return Err(full(format!(
                "{own} calls of this caller wait for their replies, more are not accepted"
            )));
        }
        let is_full = self.all >= MOST && own > 0 || self.all >= MANY && own >= ALWAYS;
        if is_full && uid != Some(0) {
            return Err(full(format!(
                "{} calls wait for their replies; try again later",
                self.all
            )));
        }
        if let Some(uid) = uid {
            self.take(uid)?;
        }
        self.all += 1;
        self.last += 1;
        let caller = self.callers.entry(name.to_owned()).or_default();
        caller.calls.insert(self.last, Rc::clone(presence));
        Ok((self.last, uid))
    }

    /// One of the calls that are handled is one of this user.
    fn identify(&mut self, caller: &str, uid: u32) -> Result<(), CallError> {
        self.take(uid)?;
        if let Some(caller) = self.callers.get_mut(caller) {
            caller.uid = Some(uid);
        }
        Ok(())
    }

    fn take(&mut self, uid: u32) -> Result<(), CallError> {
        let left = MOST.saturating_sub(self.all);
        let own = self.users.entry(uid).or_default();
        if uid != 0 && *own > 0 && *own >= left {
            return Err(full(format!(
                "{own} calls of uid {uid} wait for their replies; try again later"
            )));
        }
        *own += 1;
        Ok(())
    }

    /// Removes a call. Whether it was the last one of a caller that has left.
    fn remove(&mut self, name: &str, number: u64, uid: Option<u32>) -> bool {
        self.all = self.all.saturating_sub(1);
        if let Some(uid) = uid
            && let Some(own) = self.users.get_mut(&uid)
        {
            *own = own.saturating_sub(1);
            if *own == 0 {
                self.users.remove(&uid);
            }
        }
        let Some(caller) = self.callers.get_mut(name) else {
            return false;
        };
        caller.calls.remove(&number);
        if !caller.calls.is_empty() {
            return false;
        }
        let has_left = caller.has_left;
        self.callers.remove(name);
        if self.callers.is_empty() {
            // A flood leaves no large table behind.
            self.callers = HashMap::new();
            self.users = HashMap::new();
        }
        has_left
    }
}

fn full(text: String) -> CallError {
    CallError::new(ErrorName::QueueFull, text)
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

#[cfg(test)]
mod tests {
    use zbus::DBusError;

    use super::*;

    fn add(handled: &mut Handled, caller: &str) -> Result<u64, CallError> {
        let presence = Rc::new(Presence::new(false));
        handled.add(caller, &presence).map(|(number, _)| number)
    }

    #[test]
    fn a_caller_that_floods_leaves_room_for_others() {
        let mut handled = Handled::default();
        let mut accepted = 0;
        for number in 0..100 {
            let caller = format!(":1.{number}");
            let calls = (0..1000).filter(|_| add(&mut handled, &caller).is_ok());
            accepted += calls.count();
        }
        assert_eq!(accepted, MANY + (100 - MANY / MOST_OF_CALLER) * ALWAYS);
        assert!(add(&mut handled, ":1.200").is_ok());
        let refusal = add(&mut handled, ":1.0").unwrap_err();
        assert_eq!(refusal.name().as_str(), ErrorName::QueueFull.dbus_name());
    }

    #[test]
    fn a_user_with_many_callers_leaves_room_for_others() {
        let mut handled = Handled::default();
        let mut fill = |uid: u32| {
            let mut accepted = 0;
            for number in 0..2 * MOST {
                let caller = format!(":{uid}.{number}");
                let Ok(call) = add(&mut handled, &caller) else {
                    continue;
                };
                match handled.identify(&caller, uid) {
                    Ok(()) => accepted += 1,
                    Err(_) => drop(handled.remove(&caller, call, None)),
                }
            }
            accepted
        };
        assert_eq!(fill(1000), MOST / 2);
        assert_eq!(fill(1001), MOST / 4);
        // Whoever has none is always admitted.
        (1002..1100).for_each(|uid| assert!(fill(uid) >= 1));
        assert!(fill(0) > MOST);
        assert_eq!(fill(1100), 1);
    }

    #[test]
    fn calls_that_were_answered_do_not_count() {
        let mut handled = Handled::default();
        for _ in 0..10 * MOST {
            let one = add(&mut handled, ":1.1").unwrap();
            let other = add(&mut handled, ":1.2").unwrap();
            handled.identify(":1.2", 1000).unwrap();
            assert!(!handled.remove(":1.1", one, None));
            assert!(!handled.remove(":1.2", other, Some(1000)));
        }
        assert_eq!((handled.all, handled.callers.len()), (0, 0));
        assert!(handled.users.is_empty());
    }
}
