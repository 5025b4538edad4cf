//! [`Publications`]: the event loop's way to the bus thread. It never blocks, and it holds no more than
//! there is to say, however long the bus does not read: of what has a newest value only that is
//! kept, a transfer that came and went meanwhile is not mentioned, and replies are bounded by the
//! calls that wait for them.

#[cfg(test)]
mod tests;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use modem_ftp_core::api::status::TransferId;

use super::publication::Publication;

/// So many wait one by one when the bus thread is not held up by the bus but has not had its turn yet:
/// short-lived states are published as well.
const ONE_BY_ONE: usize = 64;

/// The event loop's end; the bus thread ends when it is dropped.
#[derive(Debug)]
pub struct Publications(Arc<Mutex<Waiting>>);

/// The bus thread's end.
#[derive(Debug)]
pub struct Unpublished(Arc<Mutex<Waiting>>);

/// Both ends.
pub fn publications() -> (Publications, Unpublished) {
    let waiting = Arc::default();
    (Publications(Arc::clone(&waiting)), Unpublished(waiting))
}

/// What there is only the newest value of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Subject {
    Modem,
    Transfer(TransferId),
    Servers,
    Warnings,
    Roots,
}

/// Where the newest value of a subject waits.
#[derive(Clone, Copy, Debug)]
struct Place {
    number: u64,
    /// No older value of the subject waits.
    is_only: bool,
}

/// What waits to be published.
#[derive(Debug, Default)]
struct Waiting {
    /// In the order in which it is published.
    queue: BTreeMap<u64, Publication>,
    /// Where the newest value of each subject waits.
    places: HashMap<Subject, Place>,
    /// The transfers that the bus has been told of.
    known: HashSet<TransferId>,
    /// The last place that was given out.
    last: u64,
    /// How many were taken.
    taken: u64,
    /// Whether the one that was taken last is still being published.
    is_busy: bool,
    /// One of the ends is gone.
    is_closed: bool,
    waker: Option<Waker>,
}

impl Publications {
    /// Has something published, in place of what waits about the same subject. False: the bus thread
    /// has ended.
    pub fn send(&self, publication: Publication) -> bool {
        let mut waiting = lock(&self.0);
        if waiting.is_closed {
            return false;
        }
        waiting.add(publication);
        if let Some(waker) = waiting.waker.take() {
            waker.wake();
        }
        true
    }

    /// Something waits, or is being published: how many were taken before. If this number stays, the
    /// bus does not read.
    pub fn stands_at(&self) -> Option<u64> {
        let waiting = lock(&self.0);
        let stands = waiting.is_busy || !waiting.queue.is_empty();
        (stands && !waiting.is_closed).then_some(waiting.taken)
    }
}

impl Drop for Publications {
    fn drop(&mut self) {
        let mut waiting = lock(&self.0);
        waiting.is_closed = true;
        if let Some(waker) = waiting.waker.take() {
            waker.wake();
        }
    }
}

impl Unpublished {
    /// Waits for the next one; the one before is published. `None`: the event loop has ended.
    pub async fn next(&mut self) -> Option<Publication> {
        poll_fn(|context| lock(&self.0).poll(context)).await
    }
}

impl Drop for Unpublished {
    fn drop(&mut self) {
        let mut waiting = lock(&self.0);
        waiting.is_closed = true;
        // Those who wait for replies see that none comes.
        waiting.queue.clear();
    }
}

impl Waiting {
    fn add(&mut self, publication: Publication) {
        if let Publication::TransferRemoved(id) = publication {
            return self.remove(id);
        }
        let subject = subject(&publication);
        let newest = subject.and_then(|subject| self.places.get(&subject).copied());
        let is_behind = self.is_busy || self.queue.len() >= ONE_BY_ONE;
        let older = newest.filter(|_| is_behind);
        if let Some(older) = older.and_then(|place| self.queue.get_mut(&place.number)) {
            *older = publication;
            return;
        }
        let number = self.append(publication);
        if let Some(subject) = subject {
            let is_only = newest.is_none();
            self.places.insert(subject, Place { number, is_only });
        }
    }

    /// A transfer is no more. If the bus has been told of it, it also learns how it ended.
    fn remove(&mut self, id: TransferId) {
        let newest = self.places.remove(&Subject::Transfer(id));
        match newest {
            Some(place) if place.is_only && !self.known.contains(&id) => {
                self.queue.remove(&place.number);
            }
            None if !self.known.contains(&id) => {}
            _ => {
                self.append(Publication::TransferRemoved(id));
            }
        }
    }

    fn append(&mut self, publication: Publication) -> u64 {
        self.last += 1;
        self.queue.insert(self.last, publication);
        self.last
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Publication>> {
        let Some((number, publication)) = self.queue.pop_first() else {
            self.is_busy = false;
            if self.is_closed {
                return Poll::Ready(None);
            }
            // A table that a bus that did not read made large is given back.
            self.places = HashMap::new();
            self.waker = Some(context.waker().clone());
            return Poll::Pending;
        };
        if let Some(subject) = subject(&publication)
            && let Entry::Occupied(newest) = self.places.entry(subject)
            && newest.get().number == number
        {
            newest.remove();
        }
        match &publication {
            Publication::Transfer(status) => {
                self.known.insert(status.id);
            }
            Publication::TransferRemoved(id) => {
                self.known.remove(id);
            }
            _ => {}
        }
        self.taken += 1;
        self.is_busy = true;
        Poll::Ready(Some(publication))
    }
}

/// What a publication has the newest value of.
fn subject(publication: &Publication) -> Option<Subject> {
    match publication {
        Publication::Modem(_) => Some(Subject::Modem),
        Publication::Transfer(status) => Some(Subject::Transfer(status.id)),
        Publication::Servers(..) => Some(Subject::Servers),
        Publication::Warnings(_) => Some(Subject::Warnings),
        Publication::Roots(_) => Some(Subject::Roots),
        Publication::Reply(..) | Publication::TransferRemoved(_) | Publication::Restored => None,
    }
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}
