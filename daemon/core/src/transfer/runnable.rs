//! [`Runnable`]: the transfers that may run, in order within each server, so that those of a server
//! that is held are passed over without looking at them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::api::status::TransferId;

/// The place of a transfer: a higher priority first, then the order of acceptance.
type Turn = (Reverse<i32>, TransferId);

/// The transfers that may run, by server.
#[derive(Debug, Default)]
pub struct Runnable(BTreeMap<String, BTreeSet<Turn>>);

impl Runnable {
    /// Takes a transfer in.
    pub fn enter(&mut self, server: &str, priority: i32, id: TransferId) {
        let turn = (Reverse(priority), id);
        match self.0.get_mut(server) {
            Some(turns) => {
                turns.insert(turn);
            }
            None => {
                self.0.insert(server.to_owned(), BTreeSet::from([turn]));
            }
        }
    }

    /// Takes a transfer out.
    pub fn leave(&mut self, server: &str, priority: i32, id: TransferId) {
        if let Some(turns) = self.0.get_mut(server) {
            turns.remove(&(Reverse(priority), id));
            if turns.is_empty() {
                self.0.remove(server);
            }
        }
    }

    /// The transfer whose turn it is among those whose server may be used.
    pub fn first(&self, may_use: impl Fn(&str) -> bool) -> Option<TransferId> {
        let servers = self.0.iter().filter(|(server, _)| may_use(server));
        let firsts = servers.filter_map(|(_, turns)| turns.first());
        firsts.min().map(|(_, id)| *id)
    }

    /// The servers for which a transfer waits.
    pub fn servers(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The transfers that wait for a server, the next one first.
    pub fn of_server(&self, server: &str) -> impl Iterator<Item = TransferId> {
        let turns = self.0.get(server).into_iter().flatten();
        turns.map(|(_, id)| *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_may_not_be_used_is_passed_over() {
        let mut runnable = Runnable::default();
        for (server, priority, id) in [("a", 0, 1), ("a", 5, 2), ("b", 1, 3), ("b", 0, 4)] {
            runnable.enter(server, priority, TransferId(id));
        }
        assert_eq!(runnable.first(|_| true), Some(TransferId(2)));
        assert_eq!(runnable.first(|server| server != "a"), Some(TransferId(3)));
        assert_eq!(runnable.first(|_| false), None);
        assert_eq!(runnable.of_server("a").count(), 2);
        runnable.leave("a", 5, TransferId(2));
        runnable.leave("a", 5, TransferId(2));
        runnable.leave("a", 0, TransferId(1));
        assert_eq!(runnable.servers().collect::<Vec<_>>(), ["b"]);
    }
}
