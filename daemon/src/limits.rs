//! [`Descriptors`]: how many descriptors of callers are open. Those that are accepted count for their
//! user and in all: every queued transfer of a pipe, and of a descriptor that is not copied into the
//! spool, keeps one open. Those of messages, also of messages that are refused, count until they are
//! closed. Both stay so far below the limit of the process that it always has some for itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Kept for the daemon: its own files, sockets and poller, and descriptors in messages that were
/// received and not looked at yet.
const RESERVE: u64 = 128;
/// One in so many is for descriptors in messages that are not closed yet. If these are used up, no more
/// messages are read until some are closed.
const RECEIVED: u64 = 4;
/// While an accepted descriptor is looked at, it may be open twice.
const COPIES: u64 = 2;

/// Raises the soft limit of open descriptors to the hard limit, and returns it. If that fails, the
/// daemon still runs, and fewer descriptors are accepted.
pub fn raise_descriptors() -> u64 {
    let limits = getrlimit(Resource::RLIMIT_NOFILE);
    let raised = limits.and_then(|(_, hard)| {
        setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
        Ok(hard)
    });
    raised.unwrap_or_else(|error| {
        tracing::warn!("the limit of open files cannot be raised: {error}");
        limits.map_or(RESERVE, |(soft, _)| soft)
    })
}

/// Counts the descriptors of callers. Clones refer to the same numbers.
#[derive(Clone, Debug)]
pub struct Descriptors(Arc<Mutex<Counts>>);

#[derive(Debug)]
struct Counts {
    /// How many may be accepted.
    most: usize,
    accepted: usize,
    users: HashMap<u32, usize>,
    /// How many may be open that came in messages.
    most_received: usize,
    received: usize,
    /// Who waits until fewer of them are open.
    waiting: Option<Waker>,
}

/// An accepted descriptor, with its duplicates, that counts until the last clone of this is dropped.
#[derive(Clone, Debug)]
pub struct Slot(#[expect(dead_code, reason = "counts until it is dropped")] Arc<Counted>);

#[derive(Debug)]
struct Counted {
    descriptors: Descriptors,
    uid: u32,
}

/// The descriptors that came in one message, until it is dropped.
#[derive(Debug)]
pub struct Received {
    descriptors: Descriptors,
    count: usize,
}

impl Descriptors {
    /// None is open, and the process may have `limit` of them open.
    pub fn new(limit: u64) -> Self {
        let free = limit.saturating_sub(RESERVE);
        let most_received = free / RECEIVED;
        let most = (free - most_received) / COPIES;
        let number = |number| usize::try_from(number).unwrap_or(usize::MAX);
        Self(Arc::new(Mutex::new(Counts {
            most: number(most),
            accepted: 0,
            users: HashMap::new(),
            most_received: number(most_received).max(1),
            received: 0,
            waiting: None,
        })))
    }

    /// Counts a descriptor that is accepted from this user. Nobody but root may have more than half
    /// of all.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn count(&self, uid: u32) -> Result<Slot, Failure> {
        self.change(|counts| {
            if counts.accepted >= counts.most {
                return Err(full(format!(
                    "{} descriptors of callers are open already",
                    counts.accepted
                )));
            }
            let share = counts.most / 2;
            let own = counts.users.get(&uid).copied().unwrap_or(0);
            if uid != 0 && own >= share {
                return Err(full(format!(
                    "{own} descriptors of uid {uid} are open already"
                )));
            }
            counts.accepted += 1;
            counts.users.insert(uid, own + 1);
            let descriptors = self.clone();
            Ok(Slot(Arc::new(Counted { descriptors, uid })))
        })
    }

    /// Counts the descriptors that came in a message. It has come, however many there are.
    pub fn receive(&self, count: usize) -> Received {
        self.change(|counts| counts.received += count);
        let descriptors = self.clone();
        Received { descriptors, count }
    }

    /// Whether more messages may be read. If not, the task is woken when they may.
    pub fn has_room(&self, context: &Context<'_>) -> bool {
        self.change(|counts| {
            let has_room = counts.received < counts.most_received;
            if !has_room {
                counts.waiting = Some(context.waker().clone());
            }
            has_room
        })
    }

    /// Whether few of the descriptors that came in messages are open.
    pub fn are_few(&self) -> bool {
        self.change(|counts| counts.received < counts.most_received / 2)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.descriptors.change(|counts| {
            counts.accepted = counts.accepted.saturating_sub(1);
            if let Some(own) = counts.users.get_mut(&self.uid) {
                *own = own.saturating_sub(1);
                if *own == 0 {
                    counts.users.remove(&self.uid);
                }
            }
        });
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        let waiting = self.descriptors.change(|counts| {
            counts.received = counts.received.saturating_sub(self.count);
            let has_room = counts.received < counts.most_received;
            counts.waiting.take_if(|_| has_room)
        });
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }
}

fn full(text: String) -> Failure {
    let text = format!("{text}; try again when some of their transfers have ended");
    Failure::new(ErrorName::QueueFull, text)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    #[test]
    fn one_user_leaves_half_to_others_and_dropped_ones_do_not_count() {
        let descriptors = Descriptors::new(RESERVE + 20 * COPIES * RECEIVED / (RECEIVED - 1) + 1);
        let open = |uid, tries: usize| -> Vec<Slot> {
            let slots = (0..tries).filter_map(|_| descriptors.count(uid).ok());
            slots.collect()
        };
        let one = open(1000, 100);
        assert_eq!(one.len(), 10);
        assert_eq!(open(1001, 5).len(), 5);
        let root = open(0, 100);
        assert_eq!(root.len(), 10);
        let refusal = descriptors.count(0).unwrap_err();
        assert_eq!(refusal.name, ErrorName::QueueFull);
        drop((one, root));
        assert_eq!(open(0, 100).len(), 20);
        assert_eq!(
            descriptors.change(|counts| (counts.accepted, counts.users.len())),
            (0, 0)
        );
    }

    #[test]
    fn messages_are_read_again_when_descriptors_are_closed() {
        let descriptors = Descriptors::new(RESERVE + 20 * RECEIVED);
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let context = Context::from_waker(&waker);
        let first = descriptors.receive(16);
        assert!(descriptors.has_room(&context) && !descriptors.are_few());
        let second = descriptors.receive(16);
        assert!(!descriptors.has_room(&context));
        assert!(!woken.0.load(Ordering::Relaxed));
        drop(first);
        assert!(woken.0.load(Ordering::Relaxed));
        assert!(descriptors.has_room(&context));
        drop(second);
        assert!(descriptors.are_few());
    }

    #[test]
    fn without_room_none_is_accepted() {
        assert!(Descriptors::new(RESERVE).count(0).is_err());
        let none = Descriptors::new(0);
        assert!(none.count(0).is_err());
        assert!(none.has_room(&Context::from_waker(Waker::noop())));
    }
}
