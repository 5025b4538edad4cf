//! [`LedgerState`]: which facts are being stored, and what waits for them.

use std::collections::VecDeque;

use crate::api::fact::Fact;
use crate::api::failure::Failure;
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::status::TransferId;

/// Facts on their way to the disk.
#[derive(Default)]
pub(super) struct LedgerState {
    /// Number of the last [`Output::Persist`].
    pub last: u64,
    /// Number of the last one that was answered.
    pub answered: u64,
    /// Those that are out, with their facts, in order.
    pub out: VecDeque<(u64, Vec<Fact>)>,
    /// What waits for a number to be answered, in order.
    pub held: VecDeque<(u64, Output)>,
    /// The last failure to store, until something was stored again.
    pub failure: Option<Failure>,
}

impl LedgerState {
    /// Whether everything that was given out is answered.
    pub(super) fn is_idle(&self) -> bool {
        self.answered == self.last
    }

    /// Takes the answer to the oldest facts that are out: the facts.
    pub(super) fn answer(&mut self, number: u64, result: &Result<(), Failure>) -> Vec<Fact> {
        if self.out.front().is_none_or(|(out, _)| *out != number) {
            return Vec::new();
        }
        self.answered = number;
        self.failure = result.as_ref().err().cloned();
        if let Err(failure) = result {
            self.withdraw(number, failure);
        }
        self.out
            .pop_front()
            .map_or_else(Vec::new, |(_, facts)| facts)
    }

    /// These facts could not be stored: what was done would not survive, and that is the reply.
    fn withdraw(&mut self, number: u64, failure: &Failure) {
        let text = format!(
            "it is done, but would not survive a restart of the daemon yet: {}",
            failure.text
        );
        let waiting = self.held.iter_mut().filter(|(of, _)| *of == number);
        for (_, output) in waiting {
            if let Output::Reply(_, reply) = output
                && *reply == Ok(Reply::Done)
            {
                *reply = Err(Failure::new(failure.name, text.clone()));
            }
        }
    }

    /// Nothing is waited for any more; what was promised is not.
    pub(super) fn give_up(&mut self, failure: &Failure) {
        self.answered = self.last;
        self.out.clear();
        for (_, output) in &mut self.held {
            if let Output::Reply(_, reply @ Ok(_)) = output {
                *reply = Err(failure.clone());
            }
        }
    }

    /// Turns a promise that waits into a failure: the transfer could not be stored.
    pub(super) fn refuse(&mut self, id: TransferId, failure: &Failure) {
        self.held
            .retain(|(_, output)| !matches!(output, Output::Transfer(status) if status.id == id));
        for (_, output) in &mut self.held {
            if let Output::Reply(_, reply) = output
                && *reply == Ok(Reply::Queued(id))
            {
                *reply = Err(failure.clone());
            }
        }
    }

    /// What waits for nothing any more.
    pub(super) fn next_released(&mut self) -> Option<Output> {
        let answered = self.answered;
        self.held
            .front()
            .filter(|(number, _)| *number <= answered)?;
        self.held.pop_front().map(|(_, output)| output)
    }
}
