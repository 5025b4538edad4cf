//! Awaited for the answer to the outstanding command: each phase has a time limit, and a port that
//! closes or a module that restarts ends the wait at once.

use super::handle::Link;
use super::state::LinkState;
use super::time_outs::Carries;
use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::awaited::Awaited;
use crate::at::command::Patience;

/// How waiting for an answer ended.
pub(super) enum End {
    /// The answer is complete.
    Answer(Answer),
    /// The port closed, or the module or the PDP context is gone.
    Broken(Failure),
    /// The caller wants to stop; the command is still outstanding.
    Stop(Failure),
    /// Nothing more came in time; this was still awaited.
    Silent(Awaited),
}

/// What can happen while an answer is awaited.
enum AnswerEvent {
    End(End),
    /// Bytes came, or another phase began.
    Moved,
}

impl Link {
    /// Waits until the exchange is over. `stop` may end the wait; the command is then still
    /// outstanding.
    pub(super) async fn conclude(
        &self,
        patience: Patience,
        carries: Carries,
        mut stop: impl FnMut() -> Option<Failure>,
    ) -> End {
        let (mut phase, mut since) = (self.awaited(), self.now().instant);
        loop {
            let last = self.state.get(|state| state.received_at);
            let deadline = match phase {
                Awaited::Quiet(time) => last + time,
                Awaited::Data => last.max(since) + self.limit(phase, patience, carries),
                _ => since + self.limit(phase, patience, carries),
            };
            let event = self
                .until(Some(deadline), || {
                    if let Some(end) = self.state.change(end) {
                        return Some(AnswerEvent::End(end));
                    }
                    if let Some(failure) = stop() {
                        return Some(AnswerEvent::End(End::Stop(failure)));
                    }
                    let moved = self.state.get_with((phase, last), |state, (phase, last)| {
                        state.channel.waiting() != phase || state.received_at != last
                    });
                    moved.then_some(AnswerEvent::Moved)
                })
                .await;
            match event {
                Some(AnswerEvent::End(end)) => return end,
                Some(AnswerEvent::Moved) => {
                    let now = self.awaited();
                    if now != phase {
                        (phase, since) = (now, self.now().instant);
                    }
                }
                None => {
                    let answer = self.state.change_with(phase, |state, phase| match phase {
                        Awaited::Quiet(_) => state.channel.quiet(),
                        _ => state.channel.expire(),
                    });
                    return answer.map_or(End::Silent(phase), End::Answer);
                }
            }
        }
    }

    /// What the outstanding command still waits for.
    pub(super) fn awaited(&self) -> Awaited {
        self.state.get(|state| state.channel.waiting())
    }

    /// The answer to the outstanding command, if it is complete.
    pub(super) fn take_answer(&self) -> Option<Answer> {
        self.state.change(|state| state.answer.take())
    }
}

/// The end of the exchange, if it has come.
fn end(state: &mut LinkState) -> Option<End> {
    if let Some(answer) = state.answer.take() {
        return Some(End::Answer(answer));
    }
    state.interruption().map(End::Broken)
}
