//! [`Chores`]: names of ours that transfers left on servers. Each is removed (or a backup renamed
//! back) when its server can be reached, whatever became of the transfer.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::server_holds::ServerHolds;
use crate::api::fact::{Chore, ChoreId, Fact};
use crate::api::now::Now;

/// The first pause after a try that failed; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// After so long a chore is given up, seconds.
const KEPT: i64 = 30 * 86_400;

/// A chore that waits.
#[derive(Debug)]
struct Waiting {
    chore: Chore,
    due: Instant,
    tries: u32,
}

/// The chores that wait.
#[derive(Debug, Default)]
pub struct Chores {
    waiting: BTreeMap<ChoreId, Waiting>,
    last: u64,
}

impl Chores {
    /// Notes a chore: the fact to be stored.
    pub fn add(
        &mut self,
        server: &str,
        path: String,
        restore_to: Option<String>,
        now: Now,
    ) -> Fact {
        self.last += 1;
        let chore = Chore {
            id: ChoreId(self.last),
            server: server.to_owned(),
            path,
            restore_to,
            created: now.unix,
        };
        self.insert(chore.clone(), now);
        Fact::Chore(chore)
    }

    /// Takes in a chore that was stored.
    pub fn insert(&mut self, chore: Chore, now: Now) {
        self.last = self.last.max(chore.id.0);
        let waiting = Waiting {
            chore,
            due: now.instant,
            tries: 0,
        };
        self.waiting.insert(waiting.chore.id, waiting);
    }

    /// Numbers up to this one have been given out.
    pub fn set_last(&mut self, last: u64) {
        self.last = self.last.max(last);
    }

    /// The chore that is due at `now`, on a server that is not left alone.
    pub fn next(&self, holds: &ServerHolds, now: Instant) -> Option<Chore> {
        let mut due = self.waiting.values().filter(|waiting| waiting.due <= now);
        let free = due.find(|waiting| holds.until(&waiting.chore.server, now).is_none());
        free.map(|waiting| waiting.chore.clone())
    }

    /// When the next chore can be done.
    pub fn next_due(&self, holds: &ServerHolds, now: Instant) -> Option<Instant> {
        let due = self.waiting.values().map(|waiting| {
            let held = holds.until(&waiting.chore.server, now);
            held.map_or(waiting.due, |until| until.max(waiting.due))
        });
        due.min()
    }

    /// A chore is done: the fact to be stored.
    pub fn done(&mut self, id: ChoreId) -> Option<Fact> {
        self.waiting.remove(&id).map(|_| Fact::ChoreDone(id))
    }

    /// A chore could not be done: it is tried again later, or given up with the fact to be stored.
    pub fn failed(&mut self, id: ChoreId, now: Now) -> Option<Fact> {
        let waiting = self.waiting.get_mut(&id)?;
        if now.unix - waiting.chore.created > KEPT {
            let Chore { server, path, .. } = &waiting.chore;
            tracing::warn!("{path} stays on {server}: it could not be removed for 30 days");
            return self.done(id);
        }
        let pause = FIRST_PAUSE * 2_u32.pow(waiting.tries.min(7));
        waiting.due = now.instant + pause.min(LONGEST_PAUSE);
        waiting.tries += 1;
        None
    }

    /// A transfer uses this name again: its chores, and the facts to be stored.
    pub fn take_over(&mut self, server: &str, path: &str) -> Vec<Fact> {
        let of_name = self
            .waiting
            .values()
            .filter(|waiting| waiting.chore.server == server && waiting.chore.path == path);
        let ids: Vec<_> = of_name.map(|waiting| waiting.chore.id).collect();
        ids.into_iter().filter_map(|id| self.done(id)).collect()
    }
}
