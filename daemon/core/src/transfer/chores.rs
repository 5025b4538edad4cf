//! [`Chores`]: names of ours that transfers left on servers. Each is removed (or a backup renamed
//! back) when its server can be reached, whatever became of the transfer. A server that cannot be
//! reached is tried once for all its chores.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use crate::api::fact::{Chore, ChoreId, Fact};
use crate::api::now::Now;

/// The first pause after a try that failed; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// After so long a chore is given up, seconds.
const KEPT: i64 = 30 * 86_400;
/// It is tried at least so often before, for the clock may have been set meanwhile.
const FEWEST_TRIES: u32 = 8;

/// A chore that waits.
#[derive(Debug)]
struct Waiting {
    chore: Chore,
    due: Instant,
    tries: u32,
}

/// A server that could not be reached.
#[derive(Debug)]
struct Away {
    until: Instant,
    tries: u32,
}

/// The chores that wait.
#[derive(Debug, Default)]
pub struct Chores {
    waiting: BTreeMap<ChoreId, Waiting>,
    due: BTreeSet<(Instant, ChoreId)>,
    names: HashMap<(String, String), BTreeSet<ChoreId>>,
    away: HashMap<String, Away>,
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
        let id = chore.id;
        self.last = self.last.max(id.0);
        let due = match self.away.get(&chore.server) {
            Some(away) => away.until.max(now.instant),
            None => now.instant,
        };
        let name = (chore.server.clone(), chore.path.clone());
        self.names.entry(name).or_default().insert(id);
        self.due.insert((due, id));
        let tries = 0;
        self.waiting.insert(id, Waiting { chore, due, tries });
    }

    /// Numbers up to this one have been given out.
    pub fn set_last(&mut self, last: u64) {
        self.last = self.last.max(last);
    }

    /// The chore that is due at `now`.
    pub fn next(&self, now: Instant) -> Option<Chore> {
        let (_, id) = self.due.first().filter(|(due, _)| *due <= now)?;
        self.waiting.get(id).map(|waiting| waiting.chore.clone())
    }

    /// When the next chore is due.
    pub fn next_due(&self) -> Option<Instant> {
        self.due.first().map(|(due, _)| *due)
    }

    /// A chore is done: the fact to be stored.
    pub fn done(&mut self, id: ChoreId) -> Option<Fact> {
        let waiting = self.waiting.remove(&id)?;
        self.due.remove(&(waiting.due, id));
        let Chore { server, path, .. } = waiting.chore;
        self.away.remove(&server);
        let name = (server, path);
        if let Some(ids) = self.names.get_mut(&name) {
            ids.remove(&id);
            if ids.is_empty() {
                self.names.remove(&name);
            }
        }
        Some(Fact::ChoreDone(id))
    }

    /// A chore could not be done: it is tried again later, or given up with the fact to be stored.
    pub fn failed(&mut self, id: ChoreId, now: Now) -> Option<Fact> {
        let waiting = self.waiting.get_mut(&id)?;
        waiting.tries += 1;
        let is_old = now.unix.saturating_sub(waiting.chore.created) > KEPT;
        if is_old && waiting.tries >= FEWEST_TRIES {
            let Chore { server, path, .. } = &waiting.chore;
            tracing::warn!("{path} stays on {server}: it could not be removed for 30 days");
            return self.done(id);
        }
        let due = now.instant + pause(waiting.tries);
        self.put_off(id, due);
        None
    }

    /// The server of a chore could not be reached: all its chores wait.
    pub fn server_failed(&mut self, id: ChoreId, now: Now) -> Option<Fact> {
        let server = self.waiting.get(&id)?.chore.server.clone();
        let tries = self.away.get(&server).map_or(1, |away| away.tries + 1);
        let until = now.instant + pause(tries);
        let fact = self.failed(id, now);
        let of_server = self
            .waiting
            .iter()
            .filter(|(_, waiting)| waiting.chore.server == server && waiting.due < until);
        let ids: Vec<_> = of_server.map(|(id, _)| *id).collect();
        for id in ids {
            self.put_off(id, until);
        }
        self.away.insert(server, Away { until, tries });
        fact
    }

    /// Nothing is done on this server before `until`.
    pub fn hold_server(&mut self, server: &str, until: Instant) {
        for id in self.of_server(server) {
            if self
                .waiting
                .get(&id)
                .is_some_and(|waiting| waiting.due < until)
            {
                self.put_off(id, until);
            }
        }
    }

    /// This server can be used again: its chores are due, but for those that failed by themselves.
    pub fn free_server(&mut self, server: &str, now: Instant) {
        self.away.remove(server);
        for id in self.of_server(server) {
            if self
                .waiting
                .get(&id)
                .is_some_and(|waiting| waiting.tries == 0)
            {
                self.put_off(id, now);
            }
        }
    }

    fn of_server(&self, server: &str) -> Vec<ChoreId> {
        let waiting = self.waiting.iter();
        let of_server = waiting.filter(|(_, waiting)| waiting.chore.server == server);
        of_server.map(|(id, _)| *id).collect()
    }

    fn put_off(&mut self, id: ChoreId, due: Instant) {
        if let Some(waiting) = self.waiting.get_mut(&id) {
            self.due.remove(&(waiting.due, id));
            waiting.due = due;
            self.due.insert((due, id));
        }
    }

    /// A transfer uses this name again: its chores, and the facts to be stored.
    pub fn take_over(&mut self, server: &str, path: &str) -> Vec<Fact> {
        let name = (server.to_owned(), path.to_owned());
        let ids = self.names.get(&name).cloned().unwrap_or_default();
        ids.into_iter().filter_map(|id| self.done(id)).collect()
    }
}

/// The pause after this many tries.
fn pause(tries: u32) -> Duration {
    let doublings = tries.saturating_sub(1).min(7);
    (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE)
}
