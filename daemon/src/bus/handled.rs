//! [`Handled`]: the calls that are handled, by caller and by user, and whether one more may be.

use std::collections::HashMap;
use std::rc::Rc;

use modem_ftp_dbus::ErrorName;

use super::error::CallError;
use super::presence::Presence;

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

/// The calls that are handled.
#[derive(Debug, Default)]
pub struct Handled {
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

impl Handled {
    /// A caller has left.
    pub fn leave(&mut self, name: &str) {
        if let Some(caller) = self.callers.get_mut(name) {
            caller.has_left = true;
            caller.calls.values().for_each(|call| call.leave());
        }
    }

    /// Whose calls those of a caller are, if that is known already.
    pub fn uid(&self, name: &str) -> Option<u32> {
        self.callers.get(name)?.uid
    }

    /// Adds a call; its number, and whose it is if that is known already.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn add(
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
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn identify(&mut self, caller: &str, uid: u32) -> Result<(), CallError> {
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
    pub fn remove(&mut self, name: &str, number: u64, uid: Option<u32>) -> bool {
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
