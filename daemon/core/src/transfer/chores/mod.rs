//! [`Chores`]: names of ours that transfers left on servers. Each is removed (or a backup renamed
//! back) when its server can be reached, whatever became of the transfer. A server that cannot be
//! reached is tried once for all its chores. Their number is bounded: a server that takes files and
//! refuses to delete them would leave one for each transfer that fails.

#[cfg(test)]
mod tests;

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

/// Most chores of one server, and in all. The server that has the most gives up its oldest.
const MOST_PER_SERVER: usize = 100;
const MOST: usize = 1000;

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

/// The order in which chores of a server are given up when there are too many: first the oldest that
/// removes a name, for one that gives a replaced file its name back is worth more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    restores: bool,
    id: ChoreId,
}

impl Rank {
    fn of(chore: &Chore) -> Self {
        Self {
            restores: chore.restore_to.is_some(),
            id: chore.id,
        }
    }
}

/// The chores that wait.
#[derive(Debug, Default)]
pub struct Chores {
    waiting: BTreeMap<ChoreId, Waiting>,
    due: BTreeSet<(Instant, ChoreId)>,
    names: HashMap<(String, String), BTreeSet<ChoreId>>,
    servers: BTreeMap<String, BTreeSet<Rank>>,
    away: HashMap<String, Away>,
    last: u64,
}

impl Chores {
    /// Notes a chore: the facts to be stored.
    pub fn add(
        &mut self,
        server: &str,
        path: String,
        restore_to: Option<String>,
        now: Now,
    ) -> Vec<Fact> {
        self.last += 1;
        let chore = Chore {
            id: ChoreId(self.last),
            server: server.to_owned(),
            path,
            restore_to,
            created: now.unix,
        };
        self.insert(chore.clone(), now);
        let mut facts = vec![Fact::Chore(chore)];
        facts.extend(self.give_up_surplus());
        facts
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
        let of_server = self.servers.entry(chore.server.clone()).or_default();
        of_server.insert(Rank::of(&chore));
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

    /// Gives up chores until there are no more than may be: the facts to be stored.
    pub fn give_up_surplus(&mut self) -> Vec<Fact> {
        let mut facts = Vec::new();
        while let Some(id) = self.surplus() {
            let why = format!(
                "no more than {MOST_PER_SERVER} names of a server ({MOST} in all) are kept in mind"
            );
            facts.extend(self.give_up(id, &why));
        }
        facts
    }

    fn surplus(&self) -> Option<ChoreId> {
        let most = self.servers.values().max_by_key(|ids| ids.len())?;
        let too_many = most.len() > MOST_PER_SERVER || self.waiting.len() > MOST;
        most.first().filter(|_| too_many).map(|rank| rank.id)
    }

    /// A chore is done: the fact to be stored.
    pub fn done(&mut self, id: ChoreId) -> Option<Fact> {
        let chore = self.take(id)?;
        self.away.remove(&chore.server);
        Some(Fact::ChoreDone(id))
    }

    /// Gives a chore up: the fact to be stored.
    fn give_up(&mut self, id: ChoreId, why: &str) -> Option<Fact> {
        let chore = self.take(id)?;
        let Chore { server, path, .. } = &chore;
        match &chore.restore_to {
            None => tracing::warn!("{path} stays on {server}: {why}"),
            Some(target) => {
                tracing::warn!("{path} stays on {server} and is not renamed to {target}: {why}");
            }
        }
        Some(Fact::ChoreDone(id))
    }

    fn take(&mut self, id: ChoreId) -> Option<Chore> {
        let Waiting { chore, due, .. } = self.waiting.remove(&id)?;
        self.due.remove(&(due, id));
        if let Some(of_server) = self.servers.get_mut(&chore.server) {
            of_server.remove(&Rank::of(&chore));
            if of_server.is_empty() {
                self.servers.remove(&chore.server);
            }
        }
        let name = (chore.server.clone(), chore.path.clone());
        if let Some(ids) = self.names.get_mut(&name) {
            ids.remove(&id);
            if ids.is_empty() {
                self.names.remove(&name);
            }
        }
        Some(chore)
    }

    /// A chore could not be done: it is tried again later, or given up with the fact to be stored.
    pub fn failed(&mut self, id: ChoreId, now: Now) -> Option<Fact> {
        let waiting = self.waiting.get_mut(&id)?;
        waiting.tries += 1;
        let is_old = now.unix.saturating_sub(waiting.chore.created) > KEPT;
        if is_old && waiting.tries >= FEWEST_TRIES {
            return self.give_up(id, "it could not be removed for 30 days");
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
        self.hold_server(&server, until);
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
        let of_server = self.servers.get(server).into_iter().flatten();
        of_server.map(|rank| rank.id).collect()
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
