//! [`Descriptors`]: how many descriptors of callers are open, of one user and in all. Every queued
//! transfer of a pipe, and of a descriptor that is not copied into the spool, keeps one open. They
//! stay so far below the limit of the process that it always has some for itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Kept for the daemon: its own files, sockets and poller, and descriptors in messages that were
/// received and not looked at yet.
const RESERVE: u64 = 128;
/// While a passed descriptor is looked at, it is open twice: in its message and as the argument.
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
    most: usize,
    all: usize,
    users: HashMap<u32, usize>,
}

/// A descriptor, with its duplicates, that counts until the last clone of this is dropped.
#[derive(Clone, Debug)]
pub struct Slot(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    descriptors: Descriptors,
    uid: OnceLock<u32>,
}

impl Descriptors {
    /// None is open, and the process may have `limit` of them open.
    pub fn new(limit: u64) -> Self {
        let most = limit.saturating_sub(RESERVE) / COPIES;
        Self(Arc::new(Mutex::new(Counts {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            all: 0,
            users: HashMap::new(),
        })))
    }

    /// Counts a descriptor of a caller who is not known yet.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn count(&self) -> Result<Slot, Failure> {
        self.change(|counts| {
            if counts.all >= counts.most {
                return Err(full(format!(
                    "{} descriptors of callers are open already",
                    counts.all
                )));
            }
            counts.all += 1;
            Ok(Slot(Arc::new(Counted {
                descriptors: self.clone(),
                uid: OnceLock::new(),
            })))
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Slot {
    /// The descriptor is one of this user. Nobody but root may have more than half of all open.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn assign(&self, uid: u32) -> Result<(), Failure> {
        self.0.descriptors.change(|counts| {
            let share = counts.most / 2;
            let own = counts.users.entry(uid).or_default();
            if uid != 0 && *own >= share {
                return Err(full(format!(
                    "{own} descriptors of uid {uid} are open already"
                )));
            }
            if self.0.uid.set(uid).is_ok() {
                *own += 1;
            }
            Ok(())
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let uid = self.uid.get().copied();
        self.descriptors.change(|counts| {
            counts.all = counts.all.saturating_sub(1);
            let Some(uid) = uid else { return };
            if let Some(own) = counts.users.get_mut(&uid) {
                *own = own.saturating_sub(1);
                if *own == 0 {
                    counts.users.remove(&uid);
                }
            }
        });
    }
}

fn full(text: String) -> Failure {
    let text = format!("{text}; try again when some of their transfers have ended");
    Failure::new(ErrorName::QueueFull, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_leaves_half_to_others_and_dropped_ones_do_not_count() {
        let descriptors = Descriptors::new(RESERVE + 20 * COPIES);
        let open = |uid, tries: usize| -> Vec<Slot> {
            let slots = (0..tries).filter_map(|_| {
                let slot = descriptors.count().ok()?;
                slot.assign(uid).ok().map(|()| slot)
            });
            slots.collect()
        };
        let one = open(1000, 100);
        assert_eq!(one.len(), 10);
        assert_eq!(open(1001, 5).len(), 5);
        let root = open(0, 100);
        assert_eq!(root.len(), 10);
        let refusal = descriptors.count().unwrap_err();
        assert_eq!(refusal.name, ErrorName::QueueFull);
        drop((one, root));
        assert_eq!(open(0, 100).len(), 20);
        assert_eq!(
            descriptors.change(|counts| (counts.all, counts.users.len())),
            (0, 0)
        );
    }

    #[test]
    fn without_room_none_is_accepted() {
        assert!(Descriptors::new(RESERVE).count().is_err());
        assert!(Descriptors::new(0).count().is_err());
    }
}
