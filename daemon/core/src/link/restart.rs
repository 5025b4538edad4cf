//! Whether the module has restarted without saying so plainly. Any sign of it leads to the question before
//! the next command; a sign alone never ends a session, since each of them may come without a restart.
//!
//! What is asked, in this order, until one answer shows a restart:
//! * `AT`: an echo shows it, since E0 is lost unless somebody has stored it with AT&W.
//! * `AT+CMEE?` and `AT+IFC?`: what AT&W cannot store is not as it was after the module was set up
//!   (docs/module/quirks.md S5).
//! * `AT+QIACT?`: no module starts with an active PDP context. This tells where the settings do not: E0
//!   stored, and CMEE and IFC as wanted from the start.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::command_mode::REACTION;
use super::handle::Link;
use super::state::{LinkState, SetUp, Sign};
use super::time_outs::{Carries, silence};
use super::ufs_transfer::Parked;
use super::wait::{OnAbort, Waited};
use crate::api::failure::{Failure, Scope};
use crate::at::answer::Answer;
use crate::at::awaited::Awaited;
use crate::at::command::network::ActiveContexts;
use crate::at::command::serial::{Attention, ErrorsQuery, FlowControlQuery};
use crate::at::command::{Command, Label, Patience};

/// No module restarts in less (docs/module/at-network.md §6: in about 5 s); so long after the last answer
/// a restart may have gone unnoticed.
const START: Duration = Duration::from_millis(200);
/// How long a setting may take to be read.
const READING: Duration = Duration::from_secs(5);

impl Link {
    /// The module said something that it says after a start, and at other times.
    pub fn hear_sign(&self, sign: Sign) {
        self.state.change_with(sign, |state, sign| {
            state.suspicion.hear(sign, state.now.instant);
        });
    }

    /// Whether the module is to be asked whether it has restarted.
    pub fn is_restart_suspected(&self) -> bool {
        self.state.get(|state| state.suspicion.is_open())
    }

    /// Whether the module last answered so long ago that the module may have restarted in silence.
    pub fn may_have_restarted(&self) -> bool {
        let now = self.now().instant;
        self.state
            .get_with(now, |state, now| now >= state.answered_at + START)
    }

    /// The module is being looked for: nothing is known of its settings, and what it said counts no more.
    pub fn forget_set_up(&self) {
        self.state.change(|state| {
            state.echo_off = false;
            state.set_up = None;
            state.suspicion.forget();
        });
    }

    /// The module was told not to echo, and another command was sent since. One that echoes all the same
    /// does so always, and its echo means nothing.
    pub fn note_echo_off(&self) {
        self.state
            .change(|state| state.echo_off = !state.channel.echoed());
    }

    /// The module is set up: remembers what it says of its settings.
    ///
    /// # Errors
    /// Only what breaks the line or the module.
    pub async fn note_set_up(&self) -> Result<(), Failure> {
        let set_up = self.read_set_up().await?;
        self.state
            .change_with(set_up, |state, set_up| state.set_up = Some(set_up));
        Ok(())
    }

    /// The PDP context is active. What was said on the way there has been looked into, and says nothing
    /// about what is said from now on.
    ///
    /// # Errors
    /// As [`Link::verify_set_up`].
    pub async fn begin_serving(&self) -> Result<(), Failure> {
        self.state.change(|state| state.is_serving = true);
        if self.is_restart_suspected() {
            self.verify_set_up().await?;
        }
        self.state.change(|state| state.suspicion.forget());
        Ok(())
    }

    /// Asks the module whether it has restarted. One that does not answer has, for all we know: at another
    /// rate.
    ///
    /// # Errors
    /// `ModemReset`, if it has; what breaks the line.
    pub async fn verify_set_up(&self) -> Result<(), Failure> {
        let verified = match self.come_to_command_mode().await {
            Ok(()) => self.ask().await,
            refused => refused,
        };
        match verified {
            Err(failure) if failure.name == ErrorName::ModemUnavailable => {
                tracing::warn!("{failure}; looking for it");
                self.module_restarted();
                Err(self.interruption().unwrap_or(failure))
            }
            verified => verified,
        }
    }

    async fn ask_for_echo(&self) -> Result<(), Failure> {
        match self.exchange_within(Attention, REACTION).await {
            Ok(()) => Ok(()),
            Err(failure) => {
                self.survive(failure)?;
                self.come_to_command_mode().await
            }
        }
    }

    /// As [`Link::verify_set_up`], on a port that is in command mode; an exchange may be parked.
    pub(super) async fn ask(&self) -> Result<(), Failure> {
        self.ask_for_echo().await?;
        let now = self.read_set_up().await?;
        let differs = self.state.change_with(now, |state, now| {
            let before = state.set_up.as_ref();
            before.is_some_and(|before| now.differs_from(before))
        });
        if differs || !self.has_context().await? {
            tracing::warn!("the module has lost its settings or its PDP context: it restarted");
            self.module_restarted();
            return self.interruption().map_or(Ok(()), Err);
        }
        self.state.change(|state| state.suspicion.dismiss());
        Ok(())
    }

    async fn read_set_up(&self) -> Result<SetUp, Failure> {
        Ok(SetUp {
            errors: self.told(ErrorsQuery).await?,
            flow_control: self.told(FlowControlQuery).await?,
        })
    }

    /// Whether the PDP context is active, if it should be.
    async fn has_context(&self) -> Result<bool, Failure> {
        if !self.state.get(|state| state.is_serving) {
            return Ok(true);
        }
        let ours = self.settings().network.context;
        let contexts = self.told(ActiveContexts).await?;
        Ok(contexts.is_none_or(|contexts| {
            let mut contexts = contexts.iter();
            contexts.any(|found| found.context == ours && found.active)
        }))
    }

    /// The answer to a question, if the module gives one.
    async fn told<C: Command>(&self, question: C) -> Result<Option<C::Reply>, Failure> {
        match self.exchange_within(question, READING).await {
            Ok(reply) => Ok(Some(reply)),
            Err(failure) if failure.scope == Scope::Command => Ok(None),
            Err(failure) => {
                self.survive(failure)?;
                self.come_to_command_mode().await?;
                Ok(None)
            }
        }
    }

    /// The outstanding command was parked by [`park_if_suspected`]: asks, and waits for its result if the
    /// module has not restarted.
    pub(super) async fn answer_unless_restarted(
        &self,
        label: Label,
        patience: Patience,
        on_abort: OnAbort,
    ) -> Result<Answer, Failure> {
        let _parked = Parked(self);
        let limit = self.limit(Awaited::Result, patience, Carries::Nothing);
        let deadline = self.after(limit);
        let asked = self.ask().await;
        asked.map_err(|failure| failure.context(label.name))?;
        let result = self.until(deadline, on_abort, || self.state.change(parked_result));
        match result.await {
            Waited::Ready(Ok(answer)) => Ok(answer),
            Waited::Ready(Err(failure)) => {
                self.abandon();
                Err(failure.context(label.name))
            }
            Waited::Aborted(failure) => {
                self.abandon();
                Err(failure)
            }
            Waited::Late => Err(silence(label.name, Awaited::Result)),
        }
    }
}

/// Parks the outstanding command if it only waits for its result and the module may have restarted: then
/// the result would be waited for in vain, for minutes. Whether it was parked.
pub(super) fn park_if_suspected(state: &mut LinkState) -> bool {
    let parks = state.suspicion.is_open() && state.channel.waiting() == Awaited::Result;
    if parks {
        state.parked_answer = None;
    }
    parks && state.channel.park()
}

fn parked_result(state: &mut LinkState) -> Option<Result<Answer, Failure>> {
    if let Some(answer) = state.parked_answer.take() {
        return Some(Ok(answer));
    }
    state.interruption().map(Err)
}
