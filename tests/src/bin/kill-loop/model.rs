//! [`Model`]: what was asked of the daemon, and what it answered.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use modem_ftp_tests::Random;

/// A transfer as the bus shows it.
pub struct Object {
    pub state: String,
    /// What it is, for a message.
    pub what: String,
}

/// All transfers on the bus by number.
pub type Objects = BTreeMap<u64, Object>;

/// Where the bytes of a transfer come from or go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Upload of a file below the root.
    Path,
    /// Upload of a regular file by its descriptor.
    Descriptor,
    /// Upload of a pipe; it may fail when the daemon was killed.
    Streamed,
    /// Upload of a pipe that was read to its end before the number was returned.
    Spooled,
    /// Download to a file below the root.
    Download,
}

/// A transfer that was asked for.
#[derive(Clone, Debug)]
pub struct Request {
    pub way: Way,
    pub remote: String,
    /// The size of the content; of a download, of the remote file.
    pub size: usize,
    /// The name below the root of a download.
    pub local: String,
}

/// What was asked and answered.
#[derive(Default)]
pub struct Model {
    /// Every request, also those that were refused or not answered.
    pub requests: Vec<Request>,
    /// The request of each number that was returned.
    pub numbers: BTreeMap<u64, usize>,
    /// Requests that were refused.
    pub refused: BTreeMap<usize, String>,
    /// Final states that the bus has shown.
    pub ended: BTreeMap<u64, String>,
    /// Transfers whose Cancel was answered.
    pub cancelled: BTreeSet<u64>,
    /// Transfers whose Cancel was not answered: they may be cancelled.
    pub may_be_cancelled: BTreeSet<u64>,
    /// Transfers whose Pause was answered, and which were not resumed.
    pub paused: BTreeSet<u64>,
    /// Transfers whose Forget was answered.
    pub forgotten: BTreeSet<u64>,
    /// Where the renamed files may be: at the first name, at the second.
    pub places: BTreeMap<usize, [bool; 2]>,
    /// How many transfers have not ended.
    pub open: usize,
    /// How many calls of each kind were answered.
    pub calls: BTreeMap<String, u32>,
    /// What must not happen, one sentence each.
    pub faults: Vec<String>,
    /// How many faults there are of each kind.
    pub counts: Counts,
    sizes: HashSet<usize>,
}

/// Numbers of the last line.
#[derive(Default)]
pub struct Counts {
    pub done: usize,
    pub failed: usize,
    pub unanswered: usize,
    pub lost: usize,
    pub doubled: usize,
    pub half_named: usize,
    pub resurrected: usize,
    pub wrong: usize,
}

impl Model {
    /// A size that no other request has.
    pub fn size(&mut self, random: &mut Random) -> usize {
        loop {
            let most = if random.below(4) == 0 {
                120_000
            } else {
                12_000
            };
            let size = 1 + random.below(most);
            if self.sizes.insert(size) {
                return size;
            }
        }
    }

    /// Notes something that must not happen.
    pub fn fault(&mut self, sentence: String) {
        self.faults.push(format!("FAULT: {sentence}"));
    }

    /// Counts a call by its name and what came of it.
    pub fn count(&mut self, call: &str) {
        *self.calls.entry(call.to_owned()).or_default() += 1;
    }

    /// The request of a transfer; `None`: its number was not returned.
    pub fn request(&self, number: u64) -> Option<&Request> {
        self.requests.get(*self.numbers.get(&number)?)
    }

    /// The last line.
    pub fn result(&self) -> String {
        let Counts {
            done,
            failed,
            unanswered,
            lost,
            doubled,
            half_named,
            resurrected,
            wrong,
        } = self.counts;
        format!(
            "{} transfers accepted ({unanswered} more without an answer), {done} done, {} cancelled, \
             {failed} failed as they may, {lost} lost, {doubled} doubled, {half_named} half-named, \
             {resurrected} resurrected, {wrong} wrong",
            self.numbers.len(),
            self.cancelled.len(),
        )
    }

    /// The calls that were answered, and the kinds of transfers.
    pub fn details(&self) -> String {
        let mut ways: BTreeMap<Way, usize> = BTreeMap::new();
        for index in self.numbers.values() {
            if let Some(request) = self.requests.get(*index) {
                *ways.entry(request.way).or_default() += 1;
            }
        }
        format!("accepted: {ways:?}; calls: {:?}", self.calls)
    }
}

/// A [`Model`] that several threads write.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Model>>);

impl Shared {
    /// The model, for a moment.
    pub fn lock(&self) -> MutexGuard<'_, Model> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
