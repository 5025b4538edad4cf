//! [`Runnable`]: the transfers that may run. The next one is of the highest priority; within a
//! priority the users take turns, and each user's transfers run in the order of acceptance. Those of
//! a server that is held are passed over without looking at them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::record::Transfer;
use crate::api::status::TransferId;

/// The transfers of one server and priority: by user, then in the order of acceptance.
type Rotation = BTreeSet<(u32, TransferId)>;

/// Where a transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// Configured name of its server.
    pub server: &'a str,
    /// A higher one goes first.
    pub priority: i32,
    /// Its owner.
    pub uid: u32,
}

impl<'a> Place<'a> {
    /// The place of a transfer.
    pub fn of(transfer: &'a Transfer) -> Self {
        Self {
            server: &transfer.status.server,
            priority: transfer.options.priority,
            uid: transfer.status.uid,
        }
    }
}

/// The transfers that may run, by server.
#[derive(Debug, Default)]
pub struct Runnable {
    servers: BTreeMap<String, BTreeMap<Reverse<i32>, Rotation>>,
    /// Whose transfer ran last, of all and of each priority in which one waits.
    last: u32,
    last_of: BTreeMap<i32, u32>,
    /// How many wait in each priority.
    waiting: BTreeMap<i32, usize>,
}

impl Runnable {
    /// Takes a transfer in.
    pub fn enter(&mut self, place: Place<'_>, id: TransferId) {
        if !self.servers.contains_key(place.server) {
            let server = place.server.to_owned();
            self.servers.insert(server, BTreeMap::new());
        }
        let Some(priorities) = self.servers.get_mut(place.server) else {
            return;
        };
        let rotation = priorities.entry(Reverse(place.priority)).or_default();
        if rotation.insert((place.uid, id)) {
            *self.waiting.entry(place.priority).or_default() += 1;
        }
    }

    /// Takes a transfer out.
    pub fn leave(&mut self, place: Place<'_>, id: TransferId) {
        let priority = Reverse(place.priority);
        let Some(priorities) = self.servers.get_mut(place.server) else {
            return;
        };
        let Some(rotation) = priorities.get_mut(&priority) else {
            return;
        };
        if !rotation.remove(&(place.uid, id)) {
            return;
        }
        if rotation.is_empty() {
            priorities.remove(&priority);
        }
        if priorities.is_empty() {
            self.servers.remove(place.server);
        }
        if let Some(count) = self.waiting.get_mut(&place.priority) {
            *count -= 1;
            if *count == 0 {
                self.waiting.remove(&place.priority);
                self.last_of.remove(&place.priority);
            }
        }
    }

    /// A transfer of this user runs: the other users of its priority come before it runs another.
    pub fn took_turn(&mut self, priority: i32, uid: u32) {
        self.last = uid;
        if self.waiting.contains_key(&priority) {
            self.last_of.insert(priority, uid);
        }
    }

    /// The transfer whose turn it is among those whose server may be used.
    pub fn first(&self, may_use: impl Fn(&str) -> bool) -> Option<TransferId> {
        let servers = self.servers.iter().filter(|(server, _)| may_use(server));
        let firsts: Vec<_> = servers
            .filter_map(|(_, priorities)| priorities.first_key_value())
            .collect();
        let Reverse(priority) = firsts.iter().map(|(priority, _)| **priority).min()?;
        let last = self.last_of.get(&priority).copied().unwrap_or(self.last);
        let of_priority = firsts.iter().filter(|(it, _)| it.0 == priority);
        let nexts = of_priority.filter_map(|(_, rotation)| next_after(rotation, last));
        // Users with a higher number than the last come first, then it begins anew.
        let next = nexts.min_by_key(|(uid, id)| (*uid <= last, *uid, *id));
        next.map(|(_, id)| id)
    }

    /// The servers for which a transfer waits.
    pub fn servers(&self) -> impl Iterator<Item = &str> {
        self.servers.keys().map(String::as_str)
    }

    /// The transfers that wait for a server, those of the highest priority first.
    pub fn of_server(&self, server: &str) -> impl Iterator<Item = TransferId> {
        let priorities = self.servers.get(server).into_iter().flatten();
        priorities.flat_map(|(_, rotation)| rotation.iter().map(|(_, id)| *id))
    }
}

/// The first transfer of the next user after `last`, who comes last.
fn next_after(rotation: &Rotation, last: u32) -> Option<(u32, TransferId)> {
    let after = (
        Bound::Excluded((last, TransferId(u64::MAX))),
        Bound::Unbounded,
    );
    let next = rotation.range(after).next();
    next.or_else(|| rotation.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(server: &str, priority: i32, uid: u32) -> Place<'_> {
        Place {
            server,
            priority,
            uid,
        }
    }

    /// Takes the next one out, as if it ran.
    fn run(runnable: &mut Runnable, queue: &[(&str, i32, u32, u64)]) -> Option<u64> {
        let next = runnable.first(|_| true)?;
        let (server, priority, uid, id) = queue.iter().find(|it| it.3 == next.0)?;
        runnable.leave(place(server, *priority, *uid), TransferId(*id));
        runnable.took_turn(*priority, *uid);
        Some(next.0)
    }

    fn order(queue: &[(&str, i32, u32, u64)]) -> Vec<u64> {
        let mut runnable = Runnable::default();
        for (server, priority, uid, id) in queue {
            runnable.enter(place(server, *priority, *uid), TransferId(*id));
        }
        std::iter::from_fn(|| run(&mut runnable, queue)).collect()
    }

    #[test]
    fn a_server_that_may_not_be_used_is_passed_over() {
        let mut runnable = Runnable::default();
        for (server, priority, id) in [("a", 0, 1), ("a", 5, 2), ("b", 1, 3), ("b", 0, 4)] {
            runnable.enter(place(server, priority, 7), TransferId(id));
        }
        assert_eq!(runnable.first(|_| true), Some(TransferId(2)));
        assert_eq!(runnable.first(|server| server != "a"), Some(TransferId(3)));
        assert_eq!(runnable.first(|_| false), None);
        assert_eq!(runnable.of_server("a").count(), 2);
        runnable.leave(place("a", 5, 7), TransferId(2));
        runnable.leave(place("a", 5, 7), TransferId(2));
        runnable.leave(place("a", 0, 7), TransferId(1));
        assert_eq!(runnable.servers().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn users_take_turns_within_a_priority() {
        // One user with many, one with two, root with one.
        let queue = [
            ("a", 0, 1000, 1),
            ("a", 0, 1000, 2),
            ("a", 0, 1000, 3),
            ("a", 0, 1000, 4),
            ("a", 0, 1001, 5),
            ("a", 0, 1001, 6),
            ("a", 0, 0, 7),
            ("a", 3, 1000, 8),
        ];
        assert_eq!(order(&queue), [8, 5, 7, 1, 6, 2, 3, 4]);
    }

    #[test]
    fn a_user_with_several_servers_has_one_turn() {
        let queue = [
            ("a", 0, 1000, 1),
            ("b", 0, 1000, 2),
            ("c", 0, 1000, 3),
            ("a", 0, 1001, 4),
            ("a", 0, 1001, 5),
        ];
        assert_eq!(order(&queue), [1, 4, 2, 5, 3]);
    }

    #[test]
    fn turns_of_one_priority_do_not_count_in_another() {
        let mut runnable = Runnable::default();
        for id in 1..=2 {
            runnable.enter(place("a", 0, 1000), TransferId(id));
            runnable.enter(place("a", 0, 2000), TransferId(id + 10));
        }
        let mut ran = Vec::new();
        for id in 100..102 {
            // One of a higher priority comes between.
            runnable.enter(place("a", 1, 1500), TransferId(id));
            assert_eq!(runnable.first(|_| true), Some(TransferId(id)));
            runnable.leave(place("a", 1, 1500), TransferId(id));
            runnable.took_turn(1, 1500);
            let next = runnable.first(|_| true).unwrap();
            let uid = if next.0 > 10 { 2000 } else { 1000 };
            runnable.leave(place("a", 0, uid), next);
            runnable.took_turn(0, uid);
            ran.push(next.0);
        }
        assert_eq!(ran, [11, 1]);
    }
}
