//! [`Ledger`]: the handle to what is being stored. Outputs held behind facts leave in order, and
//! never before the facts are stored.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::state::LedgerState;
use crate::api::fact::Fact;
use crate::api::failure::{Failure, Retry};
use crate::api::output::Output;
use crate::api::status::TransferId;
use crate::link::{Link, OnAbort, Waited};
use crate::shared::Shared;

/// How long the disk may take before an attempt is given up.
const DISK: Duration = Duration::from_secs(60);

/// A handle to what is being stored.
#[derive(Clone)]
pub struct Ledger {
    link: Link,
    state: Shared<LedgerState>,
}

impl Ledger {
    /// Nothing to be stored.
    pub fn new(link: Link) -> Self {
        let state = Shared::new(LedgerState::default());
        Self { link, state }
    }

    /// Has facts stored.
    pub fn persist(&self, facts: Vec<Fact>) {
        if facts.is_empty() {
            return;
        }
        let number = self.state.change_with(facts.clone(), |state, facts| {
            state.last += 1;
            state.out.push_back((state.last, facts));
            state.last
        });
        self.link.put(Output::Persist(number, facts));
    }

    /// Lets an output out as soon as everything given to [`Ledger::persist`] so far is stored.
    pub fn hold(&self, output: Output) {
        let output = self.state.change_with(output, |state, output| {
            if state.is_idle() && state.held.is_empty() {
                return Some(output);
            }
            state.held.push_back((state.last, output));
            None
        });
        if let Some(output) = output {
            self.link.put(output);
        }
    }

    /// The answer to [`Output::Persist`]: the facts it is about.
    pub fn answer(&self, number: u64, result: &Result<(), Failure>) -> Vec<Fact> {
        self.state
            .change_with((number, result), |state, (number, result)| {
                state.answer(number, result)
            })
    }

    /// A transfer could not be stored: the caller who waits for its number gets the failure, and it
    /// is not published.
    pub fn refuse(&self, id: TransferId, failure: &Failure) {
        self.state
            .change_with((id, failure), |state, (id, failure)| {
                state.refuse(id, failure);
            });
    }

    /// Number of the last facts that were answered.
    pub fn answered(&self) -> u64 {
        self.state.get(|state| state.answered)
    }

    /// Number of the last facts that were given out.
    pub fn last(&self) -> u64 {
        self.state.get(|state| state.last)
    }

    /// The next output that waits for nothing any more.
    pub fn next_released(&self) -> Option<Output> {
        self.state.change(LedgerState::next_released)
    }

    /// The disk is not waited for any more: everything that is held goes out, promises as failures.
    pub fn give_up(&self) {
        let failure = Failure::new(ErrorName::LocalIo, "the disk stored nothing any more");
        self.state
            .change_with(failure, |state, failure| state.give_up(&failure));
        while let Some(output) = self.next_released() {
            self.link.put(output);
        }
    }

    /// Whether everything is out that was held.
    pub fn is_idle(&self) -> bool {
        self.state.get(|state| state.held.is_empty())
    }

    /// Waits until everything given to [`Ledger::persist`] so far is stored.
    ///
    /// # Errors
    /// Why it could not be; `LocalIo` when the disk takes too long; `Cancelled` or `Stopping`.
    pub async fn sync(&self) -> Result<(), Failure> {
        self.settled().await?;
        match self.state.get(|state| state.failure.clone()) {
            Some(failure) => Err(failure.retry(Retry::Later)),
            None => Ok(()),
        }
    }

    /// Waits until everything given to [`Ledger::persist`] so far is stored or refused.
    ///
    /// # Errors
    /// `LocalIo` when the disk takes too long; `Cancelled` or `Stopping`.
    pub async fn settled(&self) -> Result<(), Failure> {
        let number = self.last();
        let deadline = self.link.after(DISK);
        let stored = self.link.until(deadline, OnAbort::Break, || {
            (self.answered() >= number).then_some(())
        });
        match stored.await {
            Waited::Ready(()) => Ok(()),
            Waited::Aborted(failure) => Err(failure),
            Waited::Late => {
                let text = format!("the disk stored nothing for {} s", DISK.as_secs());
                Err(Failure::new(ErrorName::LocalIo, text).retry(Retry::Later))
            }
        }
    }
}
