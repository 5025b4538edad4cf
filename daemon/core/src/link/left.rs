//! An exchange that was broken off: it still goes on in the module, and is ended before the next command.

use std::time::Duration;

use super::handle::Link;
use super::state::LinkState;
use super::stop::is_abort;
use super::wait::{OnAbort, Waited};
use crate::api::failure::Failure;
use crate::at::answer::Outcome;

/// How long the result may take to come after data mode was left early.
const AFTERMATH: Duration = Duration::from_secs(2);

/// What becomes of the exchange.
enum LeftEvent {
    /// Its answer came, and whether bytes may follow.
    Answered { is_clean: bool },
    /// The module is in data mode.
    InData,
    /// The port closed, or the module or the PDP context is gone.
    Broken(Failure),
}

impl Link {
    /// Breaks the exchange off because of `failure`. Whoever waits for an attempt to stop does not wait
    /// for its end; after anything else the port is in command mode. The failure, or what failed then.
    pub(super) async fn break_off(&self, limit: Duration, failure: Failure) -> Failure {
        self.leave_behind(limit);
        if is_abort(&failure) {
            return failure;
        }
        self.prove_command_mode().await.err().unwrap_or(failure)
    }

    /// Ends what was left behind by [`Link::leave_behind`].
    ///
    /// # Errors
    /// What closed the port or restarted the module meanwhile; `Cancelled` or `Stopping`.
    pub(super) async fn end_left(&self, on_abort: OnAbort) -> Result<(), Failure> {
        let Some(deadline) = self.state.get(|state| state.left) else {
            return Ok(());
        };
        let event = self.until(deadline, on_abort, || self.state.change(left_event));
        match event.await {
            Waited::Ready(LeftEvent::Answered { is_clean: true }) => {
                self.state.change(|state| state.left = None);
            }
            Waited::Ready(LeftEvent::Answered { is_clean: false }) | Waited::Late => self.abandon(),
            Waited::Ready(LeftEvent::InData) => {
                self.flush();
                self.leave_data_mode(on_abort).await?;
                // The transfer's own result may follow; it belongs to what has ended.
                let over = || {
                    let over = self.take_answer().is_some() || self.interruption().is_some();
                    over.then_some(())
                };
                let aftermath = self.after(AFTERMATH);
                if let Waited::Aborted(failure) = self.until(aftermath, on_abort, over).await {
                    return Err(failure);
                }
                self.abandon();
            }
            Waited::Ready(LeftEvent::Broken(failure)) => {
                self.abandon();
                return Err(failure);
            }
            Waited::Aborted(failure) => return Err(failure),
        }
        Ok(())
    }
}

fn left_event(state: &mut LinkState) -> Option<LeftEvent> {
    if let Some(failure) = state.interruption() {
        return Some(LeftEvent::Broken(failure));
    }
    if let Some(answer) = state.answer.take() {
        let is_clean = !answer.connected && answer.outcome != Outcome::Connect;
        return Some(LeftEvent::Answered { is_clean });
    }
    state.channel.in_data().then_some(LeftEvent::InData)
}
