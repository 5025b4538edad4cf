//! [`Lanes`]: what is to be done in which order, what is being done, and for how long: only the
//! bookkeeping, under the lock that all threads share.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use modem_ftp_core::api::failure::{Failure, Retry};
use modem_ftp_dbus::ErrorName;

use super::job::{Job, Waiting};
use super::owner::Owner;

/// One lane that has work.
#[derive(Debug)]
struct Lane {
    owner: Owner,
    name: Arc<str>,
    jobs: VecDeque<Job>,
    step: Option<Step>,
    /// Whether the present step takes too long.
    is_stuck: bool,
}

/// The step that is being done.
struct Step {
    since: Instant,
    patience: Duration,
    waiting: Option<Arc<dyn Waiting>>,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Step since {:?}", self.since)
    }
}

/// The work of one owner.
#[derive(Debug, Default)]
struct Share {
    working: usize,
    stuck: usize,
    /// Lanes that have work and in which nothing is being done.
    ready: VecDeque<u64>,
}

impl Share {
    /// How many more threads may work for the owner now.
    fn room(&self, owner: Owner) -> usize {
        let working = owner.working().saturating_sub(self.working);
        let threads = owner.threads().saturating_sub(self.working + self.stuck);
        working.min(threads).min(self.ready.len())
    }
}

/// Failures that are to be given when the lock is released.
pub type Failures = Vec<(Arc<dyn Waiting>, Failure)>;

/// All lanes that have work.
#[derive(Debug)]
pub struct Lanes {
    lanes: HashMap<u64, Lane>,
    shares: BTreeMap<Owner, Share>,
    /// The owner that was served last: the others come first.
    served: Owner,
    /// Whether nothing more will be queued.
    is_closing: bool,
    /// Held while there is work that is waited for.
    alive: Option<mpsc::Sender<Infallible>>,
}

impl Lanes {
    /// No work.
    pub fn new(alive: mpsc::Sender<Infallible>) -> Self {
        Self {
            lanes: HashMap::new(),
            shares: BTreeMap::new(),
            served: Owner::Daemon,
            is_closing: false,
            alive: Some(alive),
        }
    }

    /// Queues a job. The failure of one that cannot be done now is returned; what it holds is still
    /// dropped in its turn.
    pub fn queue(&mut self, number: u64, owner: Owner, name: &Arc<str>, job: Job) -> Failures {
        let share = self.shares.entry(owner).or_default();
        let stuck = share.stuck;
        let lane = self.lanes.entry(number).or_insert_with(|| {
            share.ready.push_back(number);
            Lane {
                owner,
                name: Arc::clone(name),
                jobs: VecDeque::new(),
                step: None,
                is_stuck: false,
            }
        });
        let failure = if lane.is_stuck {
            Some(no_answer(&lane.name))
        } else if stuck >= owner.threads() {
            Some(too_many(&lane.name, stuck))
        } else {
            None
        };
        let waiting = job.waiting.clone();
        lane.jobs.push_back(job);
        failure
            .into_iter()
            .filter_map(|it| Some((waiting.clone()?, it)))
            .collect()
    }

    /// How many threads more could work now.
    pub fn room(&self) -> usize {
        let shares = self.shares.iter();
        shares.map(|(owner, share)| share.room(*owner)).sum()
    }

    /// The next job; its step begins now.
    pub fn begin(&mut self, now: Instant) -> Option<(u64, Job)> {
        let later = self
            .shares
            .range(self.served..)
            .skip_while(|(owner, _)| **owner == self.served);
        let owners = later.chain(self.shares.range(..=self.served));
        let owner = owners
            .filter(|(owner, share)| share.room(**owner) > 0)
            .map(|(owner, _)| *owner)
            .next()?;
        let share = self.shares.get_mut(&owner)?;
        let number = share.ready.pop_front()?;
        let lane = self.lanes.get_mut(&number)?;
        let job = lane.jobs.pop_front()?;
        self.served = owner;
        share.working += 1;
        lane.step = Some(Step {
            since: now,
            patience: job.patience,
            waiting: job.waiting.clone(),
        });
        Some((number, job))
    }

    /// A step has ended. `job`: there are more steps.
    pub fn end(&mut self, number: u64, job: Option<Job>) {
        let Some(lane) = self.lanes.get_mut(&number) else {
            return;
        };
        let Some(share) = self.shares.get_mut(&lane.owner) else {
            return;
        };
        lane.step = None;
        if std::mem::take(&mut lane.is_stuck) {
            tracing::info!("{}: the file system answers again", lane.name);
            share.stuck = share.stuck.saturating_sub(1);
        } else {
            share.working = share.working.saturating_sub(1);
        }
        if let Some(job) = job {
            lane.jobs.push_front(job);
        }
        if lane.jobs.is_empty() {
            let owner = lane.owner;
            self.lanes.remove(&number);
            self.shares.retain(|of, share| {
                *of != owner || share.working + share.stuck > 0 || !share.ready.is_empty()
            });
        } else {
            share.ready.push_back(number);
        }
        self.release();
    }

    /// Gives up steps that have taken too long at `now`.
    pub fn expire(&mut self, now: Instant) -> Failures {
        let mut failures = Vec::new();
        for lane in self.lanes.values_mut().filter(|lane| !lane.is_stuck) {
            let Some(step) = lane
                .step
                .as_ref()
                .filter(|it| it.since + it.patience <= now)
            else {
                continue;
            };
            let failure = no_answer(&lane.name);
            tracing::warn!("{failure}");
            lane.is_stuck = true;
            let behind = lane.jobs.iter().filter_map(|job| job.waiting.clone());
            let waiting = step.waiting.clone().into_iter().chain(behind);
            failures.extend(waiting.map(|waiting| (waiting, failure.clone())));
            if let Some(share) = self.shares.get_mut(&lane.owner) {
                share.working = share.working.saturating_sub(1);
                share.stuck += 1;
            }
        }
        let full = self
            .shares
            .iter()
            .filter(|(owner, share)| share.stuck >= owner.threads());
        for (_, share) in full {
            for lane in share
                .ready
                .iter()
                .filter_map(|number| self.lanes.get(number))
            {
                let waiting = lane.jobs.iter().filter_map(|job| job.waiting.clone());
                let failure = too_many(&lane.name, share.stuck);
                failures.extend(waiting.map(|waiting| (waiting, failure.clone())));
            }
        }
        self.release();
        failures
    }

    /// What all that is ready is told when no thread can be made for it. It is still dropped in its
    /// turn.
    pub fn refuse(&self, failure: &Failure) -> Failures {
        let ready = self.shares.values().flat_map(|share| &share.ready);
        let jobs = ready
            .filter_map(|number| self.lanes.get(number))
            .flat_map(|lane| &lane.jobs);
        let waiting = jobs.filter_map(|job| job.waiting.clone());
        waiting.map(|waiting| (waiting, failure.clone())).collect()
    }

    /// When a step will have taken too long, at the latest: one that has not begun at `now` may
    /// begin at once.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        let due = self
            .lanes
            .values()
            .filter(|lane| !lane.is_stuck)
            .filter_map(|lane| match (&lane.step, lane.jobs.front()) {
                (Some(step), _) => Some(step.since + step.patience),
                (None, Some(job)) => Some(now + job.patience),
                (None, None) => None,
            });
        due.min()
    }

    /// Whether a step in this lane takes too long.
    pub fn is_stuck(&self, number: u64) -> bool {
        self.lanes.get(&number).is_some_and(|lane| lane.is_stuck)
    }

    /// Nothing more will be queued.
    pub fn close(&mut self) {
        self.is_closing = true;
        self.release();
    }

    /// Whether nothing more will be queued.
    pub fn is_closing(&self) -> bool {
        self.is_closing
    }

    fn release(&mut self) {
        if self.is_closing && self.lanes.values().all(|lane| lane.is_stuck) {
            self.alive = None;
        }
    }
}

fn no_answer(name: &str) -> Failure {
    let text = format!("{name}: the file system does not answer");
    Failure::new(ErrorName::LocalIo, text).retry(Retry::Later)
}

fn too_many(name: &str, stuck: usize) -> Failure {
    let text = format!(
        "{name}: not used while {stuck} other files of this user are on file systems that do not \
         answer"
    );
    Failure::new(ErrorName::LocalIo, text).retry(Retry::Later)
}
