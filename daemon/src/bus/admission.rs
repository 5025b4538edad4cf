//! [`Admission`]: how many calls are handled at the same time, of one caller and in all, and how
//! large their arguments may be; the descriptors that come with them are counted. What is beyond is
//! answered at once and not kept, so that a flood of calls costs little memory and takes nothing
//! away from other callers.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use modem_ftp_dbus::ErrorName;
use zbus::message::{Header, Message};

use super::error::CallError;
use crate::limits::{Descriptors, Slot};

/// Most bytes of the arguments of a call. The largest that mean anything are two paths.
const LONGEST_ARGUMENTS: usize = 32 * 1024;
/// Most calls of one caller that are handled at the same time, as the system bus has it for replies
/// that are awaited.
const MOST_OF_CALLER: usize = 128;
/// So many calls, of all callers together, are handled at the same time without asking whose.
const MANY: usize = 256;
/// So many calls of one caller are handled even then.
const ALWAYS: usize = 4;
/// Most calls that are handled at the same time.
const MOST: usize = 16 * MANY;

/// Counts the calls that are handled.
#[derive(Clone, Debug)]
pub struct Admission {
    handled: Rc<RefCell<Handled>>,
    descriptors: Descriptors,
}

#[derive(Debug, Default)]
struct Handled {
    all: usize,
    callers: HashMap<String, usize>,
}

/// A call that is being handled, until it is dropped.
#[derive(Debug)]
pub struct Admitted {
    handled: Rc<RefCell<Handled>>,
    caller: String,
    /// For the descriptor that came with it, if there is one.
    pub slot: Option<Slot>,
}

impl Admission {
    /// No call is handled; passed descriptors are counted in `descriptors`.
    pub fn new(descriptors: Descriptors) -> Self {
        Self {
            handled: Rc::default(),
            descriptors,
        }
    }

    /// Admits a call.
    ///
    /// # Errors
    /// `QueueFull`: too many calls are being handled. `InvalidArguments`: its arguments are too
    /// large, or it passes descriptors that nobody takes.
    pub fn admit(&self, call: &Message, header: &Header<'_>) -> Result<Admitted, CallError> {
        check_size(call)?;
        let slot = match passed(header)? {
            0 => None,
            _ => Some(self.descriptors.count()?),
        };
        let caller = header.sender().map(ToString::to_string);
        let caller = caller.unwrap_or_default();
        self.handled.borrow_mut().add(&caller)?;
        Ok(Admitted {
            handled: Rc::clone(&self.handled),
            caller,
            slot,
        })
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.handled.borrow_mut().remove(&self.caller);
    }
}

impl Handled {
    fn add(&mut self, caller: &str) -> Result<(), CallError> {
        let own = self.callers.get(caller).copied().unwrap_or(0);
        let refused = |text| Err(CallError::new(ErrorName::QueueFull, text));
        if own >= MOST_OF_CALLER {
            return refused(format!(
                "{own} calls of this caller wait for their replies, more are not accepted"
            ));
        }
        if self.all >= MOST || self.all >= MANY && own >= ALWAYS {
            return refused(format!(
                "{} calls wait for their replies; try again later",
                self.all
            ));
        }
        self.all += 1;
        self.callers.insert(caller.to_owned(), own + 1);
        Ok(())
    }

    fn remove(&mut self, caller: &str) {
        self.all = self.all.saturating_sub(1);
        match self.callers.get_mut(caller) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                self.callers.remove(caller);
            }
        }
        if self.callers.is_empty() {
            // A flood leaves no large table behind.
            self.callers = HashMap::new();
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

#[cfg(test)]
mod tests {
    use zbus::DBusError;

    use super::*;

    #[test]
    fn a_caller_that_floods_leaves_room_for_others() {
        let mut handled = Handled::default();
        let mut accepted = 0;
        for number in 0..100 {
            let caller = format!(":1.{number}");
            accepted += (0..1000).filter(|_| handled.add(&caller).is_ok()).count();
        }
        assert_eq!(accepted, MANY + (100 - MANY / MOST_OF_CALLER) * ALWAYS);
        assert!(handled.add(":1.200").is_ok());
        let refusal = handled.add(":1.0").unwrap_err();
        assert_eq!(refusal.name().as_str(), ErrorName::QueueFull.dbus_name());
    }

    #[test]
    fn calls_that_were_answered_do_not_count() {
        let mut handled = Handled::default();
        for _ in 0..10 * MOST {
            handled.add(":1.1").unwrap();
            handled.add(":1.2").unwrap();
            handled.remove(":1.1");
            handled.remove(":1.2");
        }
        assert_eq!((handled.all, handled.callers.len()), (0, 0));
    }
}
