//! [`Link`]: the module as procedures see it. A procedure is an `async fn` that sends a
//! command, waits for its answer and goes on; the compiler makes the state machine of it.
//! It is polled by hand from the engine's door, so there is still no executor, thread or
//! clock: a procedure moves only when bytes, answers or the time come in.

mod command_mode;
mod data_mode;
mod receiving;
mod sending;
pub mod state;
mod stored;

use std::cell::RefCell;
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

pub use receiving::Destination;
pub use sending::Outgoing;
use state::State;

use crate::api::failure::{Failure, Retry, Scope};
use crate::api::output::Output;
use crate::at::answer::{Answer, Outcome};
use crate::at::channel::Waiting;
use crate::at::command::{Command, Patience};

/// Added to `rsptimeout` before the module counts as silent: its own clock starts later.
const MARGIN: Duration = Duration::from_secs(10);
/// To the final result of a command that is only accepted (docs/module/at-ftp.md §1.5: 5 s or more).
const FINAL: Duration = Duration::from_secs(15);
/// Silence on the line after which nothing more belongs to what came before.
const QUIET: Duration = Duration::from_millis(300);

/// The module, shared by the procedure that runs and the engine's door.
#[derive(Clone)]
pub struct Link(Rc<RefCell<State>>);

impl Link {
    /// A link over this state.
    pub fn new(state: State) -> Self {
        Self(Rc::new(RefCell::new(state)))
    }

    /// Looks at or changes the state. Never held across an await.
    pub fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.0.borrow_mut())
    }

    /// Waits until `ready` yields something (asked again after every input), or the deadline.
    pub async fn until<T>(
        &self,
        deadline: Option<Instant>,
        mut ready: impl FnMut(&mut State) -> Option<T>,
    ) -> Option<T> {
        std::future::poll_fn(|_| {
            self.with(|state| {
                if let Some(value) = ready(state) {
                    return Poll::Ready(Some(value));
                }
                if deadline.is_some_and(|deadline| state.now.instant >= deadline) {
                    return Poll::Ready(None);
                }
                state.deadline = deadline;
                Poll::Pending
            })
        })
        .await
    }

    /// Waits so long, whatever happens.
    pub async fn sleep(&self, time: Duration) {
        let deadline = self.after(time);
        self.until(Some(deadline), |_| None::<()>).await;
    }

    /// The moment so long from now.
    pub fn after(&self, time: Duration) -> Instant {
        self.with(|state| state.now.instant + time)
    }

    /// That moment, or the one from which on nothing is waited for because the daemon ends.
    fn bounded(&self, deadline: Instant) -> Instant {
        let stop_by = self.with(|state| state.stop_by);
        stop_by.map_or(deadline, |stop_by| stop_by.min(deadline))
    }

    /// Queues something for the shell.
    pub fn put(&self, output: Output) {
        self.with(|state| state.outputs.push_back(output));
    }

    /// Sends one command and reads its answer. The port is in command mode before and after.
    ///
    /// # Errors
    /// What [`Command::read`] makes of a bad answer; `ModemUnavailable` or `Timeout` when none
    /// comes; what interrupted it when the line or the module went away.
    pub async fn send<C: Command>(&self, command: C) -> Result<C::Reply, Failure> {
        self.prove_command_mode().await?;
        self.exchange(command).await
    }

    /// As [`Link::send`], with a limit of its own.
    ///
    /// # Errors
    /// As [`Link::send`].
    pub async fn send_within<C: Command>(
        &self,
        command: C,
        limit: Duration,
    ) -> Result<C::Reply, Failure> {
        self.prove_command_mode().await?;
        self.exchange_within(command, limit).await
    }

    /// As [`Link::send`], on a port that is in command mode for certain (or is being tried).
    async fn exchange<C: Command>(&self, command: C) -> Result<C::Reply, Failure> {
        let patience = command.patience();
        self.begin(&command)?;
        let answer = self.answer::<C>(patience).await?;
        command.read(answer)
    }

    /// As [`Link::send`], at once and with a limit of its own: whoever calls it does not know
    /// yet whether anybody listens.
    ///
    /// # Errors
    /// As [`Link::send`].
    pub async fn exchange_within<C: Command>(
        &self,
        command: C,
        limit: Duration,
    ) -> Result<C::Reply, Failure> {
        self.begin(&command)?;
        let answer = self.answer::<C>(Patience::Fixed(limit)).await?;
        command.read(answer)
    }

    /// Puts a command on the line.
    fn begin<C: Command>(&self, command: &C) -> Result<(), Failure> {
        let mut line = zeroize::Zeroizing::new(String::new());
        command.write(&mut line);
        tracing::debug!(target: "modem_ftp::at", "> {}", command.display());
        self.with(|state| {
            if let Some(failure) = state.interruption() {
                return Err(failure);
            }
            state.answer = None;
            state.connected = None;
            state.channel.begin(&line, command.conversation());
            // Room first: a vector that grows leaves a copy of a secret behind.
            let mut bytes = Vec::with_capacity(line.len() + 1);
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\r');
            state.outputs.push_back(Output::Write(bytes.into()));
            Ok(())
        })
    }

    /// Waits for the answer to the command that is out; gives the command up when it does not
    /// come in time.
    async fn answer<C: Command>(&self, patience: Patience) -> Result<Answer, Failure> {
        match self.conclude(patience, |_| None).await {
            End::Answer(answer) => {
                if C::CONFIDENTIAL {
                    let (lines, outcome) = (answer.lines.len(), &answer.outcome);
                    tracing::debug!(target: "modem_ftp::at", "< {}: {lines} lines {outcome:?}", C::NAME);
                } else {
                    tracing::debug!(target: "modem_ftp::at", "< {}: {answer:?}", C::NAME);
                }
                if answer.outcome == Outcome::Connect {
                    // What is sent now is data to somebody: not even AT may be tried before.
                    self.abandon();
                    self.break_out().await?;
                }
                Ok(answer)
            }
            End::Broken(failure) | End::Stop(failure) => {
                self.abandon();
                Err(failure.context(C::NAME))
            }
            End::Silent(waiting) => {
                self.abandon();
                Err(silence(C::NAME, waiting))
            }
        }
    }

    /// Waits until the exchange is over, each phase as long as it may take (docs/module/at-ftp.md §1.5).
    /// `stop` may end the wait; the exchange is then still out.
    async fn conclude(
        &self,
        patience: Patience,
        mut stop: impl FnMut(&mut State) -> Option<Failure>,
    ) -> End {
        let (mut phase, mut since) =
            self.with(|state| (state.channel.waiting(), state.now.instant));
        loop {
            let last = self.with(|state| state.received_at);
            let deadline = match phase {
                Waiting::Quiet(time) => last + time,
                Waiting::Data => last.max(since) + self.limit(phase, patience),
                _ => since + self.limit(phase, patience),
            };
            let step = self
                .until(Some(self.bounded(deadline)), |state| {
                    if let Some(answer) = state.answer.take() {
                        return Some(Step::End(End::Answer(answer)));
                    }
                    if let Some(failure) = state.interruption() {
                        return Some(Step::End(End::Broken(failure)));
                    }
                    if let Some(failure) = stop(state) {
                        return Some(Step::End(End::Stop(failure)));
                    }
                    let moved = state.channel.waiting() != phase || state.received_at != last;
                    moved.then_some(Step::Moved)
                })
                .await;
            match step {
                Some(Step::End(end)) => return end,
                Some(Step::Moved) => {
                    let (now, instant) =
                        self.with(|state| (state.channel.waiting(), state.now.instant));
                    if now != phase {
                        (phase, since) = (now, instant);
                    }
                }
                None => {
                    let answer = self.with(|state| match phase {
                        Waiting::Quiet(_) => state.channel.quiet(),
                        _ => state.channel.expire(),
                    });
                    return answer.map_or(End::Silent(phase), End::Answer);
                }
            }
        }
    }

    /// How long a phase may take.
    fn limit(&self, phase: Waiting, patience: Patience) -> Duration {
        let (response, handshake) =
            self.with(|state| (state.response_timeout, state.handshake_timeout));
        match (phase, patience) {
            (Waiting::Ok, _) => FINAL,
            (_, Patience::Fixed(time)) => time,
            (Waiting::Final, _) if !self.with(|state| state.payload) => FINAL,
            (_, Patience::Response) => response + MARGIN,
            (_, Patience::Open) => response + handshake + MARGIN,
        }
    }
}

/// How waiting for an answer ended.
enum End {
    /// It is there.
    Answer(Answer),
    /// The line or the module went away.
    Broken(Failure),
    /// The caller wants to stop; the exchange is still out.
    Stop(Failure),
    /// Nothing more came in time; this was still awaited.
    Silent(Waiting),
}

/// What can happen meanwhile.
enum Step {
    End(End),
    Moved,
}

/// What it means that no answer came while this was awaited.
fn silence(name: &str, waiting: Waiting) -> Failure {
    match waiting {
        // docs/module/at-ftp.md §1.5: without its result the session is lost, and the context with it.
        Waiting::Result => Failure::new(
            ErrorName::Timeout,
            format!("{name}: accepted by the module, but its result never came"),
        )
        .retry(Retry::Later)
        .scope(Scope::Context),
        Waiting::Data => Failure::new(
            ErrorName::Timeout,
            format!("{name}: the data stopped coming"),
        )
        .retry(Retry::Later)
        .scope(Scope::Session),
        _ => Failure::new(
            ErrorName::ModemUnavailable,
            format!("{name}: the module does not answer"),
        )
        .retry(Retry::Later)
        .scope(Scope::Line),
    }
}
