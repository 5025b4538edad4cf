//! [`Disk`]: the disk thread of the shell. It does one job at a time, in the order they were given,
//! and every job takes time; what comes of it is known only when it is done.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use modem_ftp_core::api::local::{self, Handle};

use super::pump::Extent;
use crate::world::chance::Chance;

/// How long jobs take: up to these times, by chance.
#[derive(Clone, Copy, Debug)]
pub struct DiskPlan {
    /// A read, a write, a cut, a removal.
    pub access: Duration,
    /// A commit, usually.
    pub sync: Duration,
    /// One commit in eight.
    pub slow_sync: Duration,
}

impl Default for DiskPlan {
    fn default() -> Self {
        Self {
            access: Duration::from_millis(40),
            sync: Duration::from_millis(300),
            slow_sync: Duration::from_secs(4),
        }
    }
}

/// Something the disk thread is to do.
pub(super) enum Job {
    /// Read a block of a source for the pump of that number.
    Read(u64, Handle, Extent),
    /// Cut a sink at this offset; the number is that of the attempt.
    Cut(Handle, u64, usize),
    /// Write received bytes to a sink at this offset; the number is that of the attempt.
    Write(Handle, u64, usize, Vec<u8>),
    /// Commit a sink; the number is that of the attempt; true: do not replace an existing file.
    Commit(Handle, u64, bool),
    /// Open a file again.
    Open(Handle),
    /// Hash a part of a file.
    Digest(local::Extent),
    /// Remove what a sink holds.
    Discard(Handle),
    /// Close a file.
    Close(Handle),
}

/// The thread and the jobs it has.
pub(super) struct Disk {
    plan: DiskPlan,
    chance: Chance,
    jobs: VecDeque<(Instant, Job)>,
    /// When the last job will be done.
    free_at: Instant,
}

impl Disk {
    pub(super) fn new(now: Instant, plan: DiskPlan, chance: Chance) -> Self {
        Self {
            plan,
            chance,
            jobs: VecDeque::new(),
            free_at: now,
        }
    }

    /// Has `job` done after everything given before.
    pub(super) fn run(&mut self, now: Instant, job: Job) {
        let longest = match &job {
            Job::Commit(..) if self.chance.yes(8) => self.plan.slow_sync,
            Job::Commit(..) => self.plan.sync,
            _ => self.plan.access,
        };
        let took = self.chance.time(longest);
        self.free_at = self.free_at.max(now) + took;
        self.jobs.push_back((self.free_at, job));
    }

    /// The disk does nothing for so long; what it has to do is done afterwards.
    pub(super) fn stall(&mut self, now: Instant, time: Duration) {
        self.free_at = self.free_at.max(now) + time;
        for (due, _) in &mut self.jobs {
            *due += time;
        }
    }

    /// Takes back the commit of a file, if it is not done yet.
    pub(super) fn revoke(&mut self, handle: Handle) -> bool {
        let before = self.jobs.len();
        let is_commit = |job: &Job| matches!(job, Job::Commit(of, ..) if *of == handle);
        self.jobs.retain(|(_, job)| !is_commit(job));
        self.jobs.len() < before
    }

    /// When the next job will be done.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.jobs.front().map(|(due, _)| *due)
    }

    /// The next job whose time is over.
    pub(super) fn done(&mut self, now: Instant) -> Option<Job> {
        self.deadline().filter(|due| *due <= now)?;
        self.jobs.pop_front().map(|(_, job)| job)
    }
}
