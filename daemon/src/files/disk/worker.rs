//! [`Shared`]: the lanes and the threads that work on them.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;

use super::job::Job;
use super::lanes::{Failures, Lanes};
use super::owner::Owner;

/// How long a thread without work waits for some before it ends.
const IDLE: Duration = Duration::from_secs(2);

/// What the threads share.
#[derive(Debug)]
pub struct Shared {
    pool: Mutex<Pool>,
    /// There may be work, or nothing more will come.
    changed: Condvar,
}

#[derive(Debug)]
struct Pool {
    lanes: Lanes,
    /// Threads that wait for work.
    idle: usize,
}

/// The lanes, locked.
pub struct Locked<'a>(MutexGuard<'a, Pool>);

impl std::ops::Deref for Locked<'_> {
    type Target = Lanes;

    fn deref(&self) -> &Lanes {
        &self.0.lanes
    }
}

impl Shared {
    /// No threads.
    pub fn new(lanes: Lanes) -> Arc<Self> {
        Arc::new(Self {
            pool: Mutex::new(Pool { lanes, idle: 0 }),
            changed: Condvar::new(),
        })
    }

    /// The lanes, to look at.
    pub fn lock(&self) -> Locked<'_> {
        Locked(self.pool())
    }

    /// Queues a job.
    pub fn queue(self: &Arc<Self>, number: u64, owner: Owner, name: &Arc<str>, job: Job) {
        let mut pool = self.pool();
        let failures = pool.lanes.queue(number, owner, name, job);
        self.staff(pool);
        give(failures);
    }

    /// Gives up what has taken too long.
    pub fn expire(self: &Arc<Self>, now: Instant) {
        let mut pool = self.pool();
        let failures = pool.lanes.expire(now);
        self.staff(pool);
        give(failures);
    }

    /// Nothing more will be queued: the threads end when they have no work.
    pub fn close(&self) {
        self.pool().lanes.close();
        self.changed.notify_all();
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes threads for the work there is, and makes one that is missing.
    fn staff(self: &Arc<Self>, pool: MutexGuard<'_, Pool>) {
        let room = pool.lanes.room();
        if room <= pool.idle {
            drop(pool);
            (0..room).for_each(|_| self.changed.notify_one());
            return;
        }
        let shared = Arc::clone(self);
        let started = thread::Builder::new()
            .name("disk".into())
            .spawn(move || shared.work());
        let Err(error) = started else {
            // The new thread makes another one if that is not enough.
            drop(pool);
            return self.changed.notify_all();
        };
        let text = format!("no thread can be made for local files: {error}");
        tracing::error!("{text}");
        let failure = Failure::new(ErrorName::LocalIo, text);
        let failures = pool.lanes.refuse(&failure);
        drop(pool);
        give(failures);
    }

    /// What a thread does.
    fn work(self: &Arc<Self>) {
        let mut pool = self.pool();
        loop {
            if let Some((number, mut job)) = pool.lanes.begin(Instant::now()) {
                if pool.lanes.room() > 0 {
                    self.staff(pool);
                } else {
                    drop(pool);
                }
                // What the job holds is dropped here: closing a file may take long as well.
                let more = if job.step() { None } else { Some(job) };
                pool = self.pool();
                pool.lanes.end(number, more);
            } else if pool.lanes.is_closing() {
                return;
            } else {
                pool.idle += 1;
                let waited = self.changed.wait_timeout(pool, IDLE);
                let (woken, time_out) = waited.unwrap_or_else(PoisonError::into_inner);
                pool = woken;
                pool.idle = pool.idle.saturating_sub(1);
                if time_out.timed_out() && pool.lanes.room() == 0 {
                    return;
                }
            }
        }
    }
}

fn give(failures: Failures) {
    for (waiting, failure) in failures {
        waiting.fail(failure);
    }
}
