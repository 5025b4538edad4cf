//! [`Ended`]: the transfers that have ended, in the order of their ends, whatever the clock says. When
//! too many are kept, those go first that ended first of the user who has most: nobody makes another
//! one's be forgotten by having many.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::status::TransferId;

/// When one ended, counted in ends, and which.
type End = (u64, TransferId);

/// The transfers that have ended.
#[derive(Debug, Default)]
pub struct Ended {
    all: BTreeSet<End>,
    of_user: BTreeMap<u32, BTreeSet<End>>,
    /// How many each user has.
    counts: BTreeSet<(usize, u32)>,
}

impl Ended {
    /// Takes one in.
    pub fn enter(&mut self, uid: u32, end: End) {
        if self.all.insert(end) {
            self.of(uid, |own| _ = own.insert(end));
        }
    }

    /// Takes one out.
    pub fn leave(&mut self, uid: u32, end: End) {
        if self.all.remove(&end) {
            self.of(uid, |own| _ = own.remove(&end));
        }
    }

    fn of(&mut self, uid: u32, change: impl FnOnce(&mut BTreeSet<End>)) {
        let own = self.of_user.entry(uid).or_default();
        self.counts.remove(&(own.len(), uid));
        change(own);
        if own.is_empty() {
            self.of_user.remove(&uid);
        } else {
            self.counts.insert((own.len(), uid));
        }
    }

    /// The one that ended first.
    pub fn first(&self) -> Option<TransferId> {
        self.all.first().map(|(_, id)| *id)
    }

    /// The one to be forgotten if more than `most` are kept.
    pub fn surplus(&self, most: usize) -> Option<TransferId> {
        if self.all.len() <= most {
            return None;
        }
        let (_, uid) = self.counts.last()?;
        let (_, id) = self.of_user.get(uid)?.first()?;
        Some(*id)
    }

    /// All of them, the first one first.
    pub fn ids(&self) -> impl Iterator<Item = TransferId> {
        self.all.iter().map(|(_, id)| *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_user_who_has_most_is_surplus() {
        let mut ended = Ended::default();
        ended.enter(1000, (1, TransferId(9)));
        for number in 2..=6 {
            ended.enter(1001, (number, TransferId(number)));
        }
        assert_eq!(ended.first(), Some(TransferId(9)));
        assert_eq!(ended.surplus(6), None);
        let mut forgotten = Vec::new();
        while let Some(id) = ended.surplus(2) {
            ended.leave(1001, (id.0, id));
            ended.leave(1001, (id.0, id));
            forgotten.push(id.0);
        }
        assert_eq!(forgotten, [2, 3, 4, 5]);
        assert_eq!(
            ended.ids().collect::<Vec<_>>(),
            [TransferId(9), TransferId(6)]
        );
    }
}
