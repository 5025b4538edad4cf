//! [`Keeper`]: looks at all transfers, and cancels, pauses, resumes and forgets some.

use std::thread;
use std::time::Duration;

use modem_ftp_tests::{Error, Random};

use crate::answer::Answer;
use crate::client::{Action, Client};
use crate::model::{Objects, Request, Shared, Way};
use crate::setup::Setup;

/// Looks at the transfers and changes some.
pub struct Keeper {
    client: Client,
    model: Shared,
    random: Random,
}

/// Whether a state is final.
pub fn is_final(state: &str) -> bool {
    matches!(state, "done" | "failed" | "cancelled")
}

impl Keeper {
    /// Connects to the bus.
    pub fn new(setup: &Setup, model: Shared, random: Random) -> Result<Self, Error> {
        let client = Client::new(setup.bus.address())?;
        Ok(Self {
            client,
            model,
            random,
        })
    }

    /// Looks at all transfers, and calls a method of one at most.
    pub fn step(&mut self) {
        thread::sleep(Duration::from_millis(self.random.below(400) as u64));
        let Some(objects) = self.objects() else {
            return;
        };
        let of_state = |wanted: fn(&str) -> bool| -> Vec<u64> {
            let matching = objects.iter().filter(|(_, object)| wanted(&object.state));
            matching.map(|(number, _)| *number).collect()
        };
        let (numbers, action) = match self.random.below(18) {
            0 => (of_state(|it| !is_final(it)), Action::Cancel),
            // The one that moves is the hardest to stop.
            1 => (of_state(|it| it == "active"), Action::Cancel),
            2 => (
                of_state(|it| !is_final(it) && it != "paused"),
                Action::Pause,
            ),
            3..=6 => (of_state(|it| it == "paused"), Action::Resume),
            7..=11 => (of_state(is_final), Action::Forget),
            _ => return,
        };
        if let Some(number) = numbers.get(self.random.below(numbers.len())) {
            self.act(*number, action);
        }
    }

    fn act(&self, number: u64, action: Action) {
        let answer = self.client.act(number, action);
        let mut model = self.model.lock();
        match (answer, action) {
            (Answer::Done(()), _) => {
                model.count(&format!("{action:?}"));
                match action {
                    Action::Cancel => {
                        model.paused.remove(&number);
                        model.cancelled.insert(number)
                    }
                    Action::Pause => model.paused.insert(number),
                    Action::Resume => model.paused.remove(&number),
                    Action::Forget => model.forgotten.insert(number),
                };
            }
            (Answer::Refused(name, _), _) => model.count(&format!("{action:?}: {name}")),
            // It may be done nevertheless.
            (Answer::Unknown, Action::Resume | Action::Cancel) => {
                model.paused.remove(&number);
                if matches!(action, Action::Cancel) {
                    model.may_be_cancelled.insert(number);
                }
            }
            (Answer::Unknown, _) => {}
        }
    }

    /// All transfers; `None`: the daemon is away. What ended is noted, and checked against what was
    /// answered before.
    pub fn objects(&self) -> Option<Objects> {
        let objects = self.client.objects()?;
        let mut model = self.model.lock();
        model.open = objects.values().filter(|it| !is_final(&it.state)).count();
        for (number, object) in &objects {
            let state = &object.state;
            let before = model.ended.get(number).cloned();
            let is_cancelled = model.cancelled.contains(number) && state != "cancelled";
            if is_cancelled || before.as_ref().is_some_and(|it| it != state) {
                model.counts.resurrected += 1;
                let before = before.clone().unwrap_or_else(|| "cancelled".to_owned());
                model.fault(format!("transfer {number} was {before} and is {state}"));
                model.cancelled.remove(number);
            }
            // Nothing is left of a pipe when the daemon was killed.
            let is_pipe = |request: &Request| request.way == Way::Streamed;
            let is_gone = state == "failed" && model.request(*number).is_some_and(is_pipe);
            if is_gone {
                model.paused.remove(number);
            }
            if model.paused.contains(number) && state != "paused" {
                model.counts.resurrected += 1;
                model.fault(format!("transfer {number} was paused and is {state}"));
                model.paused.remove(number);
            }
            if model.forgotten.contains(number) {
                model.counts.resurrected += 1;
                model.fault(format!("transfer {number} was forgotten and is {state}"));
            }
            if is_final(state) {
                model.ended.insert(*number, state.clone());
            } else if before.is_some() {
                model.ended.remove(number);
            }
        }
        Some(objects)
    }

    /// Resumes all that are paused, and returns how many have not ended.
    pub fn resume_all(&mut self) -> usize {
        let Some(objects) = self.objects() else {
            return usize::MAX;
        };
        let waits = objects
            .iter()
            .filter(|(_, object)| !is_final(&object.state));
        for (number, object) in waits.clone() {
            if object.state == "paused" {
                self.act(*number, Action::Resume);
            }
        }
        waits.count()
    }

    /// Forgets all that have ended.
    pub fn forget_all(&mut self, objects: &Objects) {
        for (number, object) in objects {
            if is_final(&object.state) {
                self.act(*number, Action::Forget);
            }
        }
        let left = self.objects().unwrap_or_default();
        self.model.lock().open = left.len();
    }
}
