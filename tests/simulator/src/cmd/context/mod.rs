//! PDP contexts (docs/module/at-network.md §1): settings, activation, loss.

mod commands;

use std::time::Duration;

use crate::at::args::Args;
use crate::fault::Knob;
use crate::module::{Action, Answer, Module, Outcome, Refusal};
use crate::remote::Secret;

pub(crate) use commands::{cgact, cgdcont, cgpaddr, qiact, qicsgp, qideact, qigeterror};

/// How long an activation takes when nothing is wrong.
const ACTIVATION: Duration = Duration::from_millis(30);
/// Contexts active at the same time, as the TCP/IP manual has it.
const MOST_ACTIVE: usize = 3;
/// Longest APN, user name and password.
const TEXT_LIMIT: usize = 127;

/// One of the sixteen contexts.
#[derive(Debug, Clone, Default)]
struct Context {
    ip_type: u8,
    apn: String,
    user: String,
    password: Secret,
    authentication: u8,
    active: bool,
    /// The network has dropped it and the host has not yet said QIDEACT.
    dropped: bool,
    pub(crate) dns: Option<(String, String)>,
}

/// The sixteen contexts and the last TCP/IP error.
#[derive(Debug)]
pub(crate) struct Contexts {
    list: [Context; 16],
    last_error: u16,
}

impl Default for Contexts {
    fn default() -> Self {
        let context = Context {
            ip_type: 1,
            ..Context::default()
        };
        Self {
            list: std::array::from_fn(|_| context.clone()),
            last_error: 0,
        }
    }
}

impl Contexts {
    fn get(&self, id: u8) -> Option<&Context> {
        self.list.get(usize::from(id).checked_sub(1)?)
    }

    fn get_mut(&mut self, id: u8) -> Option<&mut Context> {
        self.list.get_mut(usize::from(id).checked_sub(1)?)
    }

    /// Whether traffic can go through a context.
    pub(crate) fn is_active(&self, id: u8) -> bool {
        self.get(id)
            .is_some_and(|context| context.active && !context.dropped)
    }

    /// The DNS servers of a context.
    pub(crate) fn dns(&mut self, id: u8) -> Option<&mut Option<(String, String)>> {
        self.get_mut(id).map(|context| &mut context.dns)
    }

    /// Remembers an error for AT+QIGETERROR; gives the plain ERROR that goes with it.
    pub(crate) fn fail(&mut self, code: u16) -> Refusal {
        self.last_error = code;
        Refusal::Error
    }

    fn address(id: u8) -> String {
        format!("10.7.157.{id}")
    }

    fn ids(&self) -> impl Iterator<Item = (u8, &Context)> {
        (1..).zip(self.list.iter())
    }
}

/// The context number of a parameter.
pub(crate) fn id(args: &Args, index: usize) -> Result<u8, Refusal> {
    args.within(index, 1..=16)
        .and_then(|id| u8::try_from(id).ok())
        .ok_or(Refusal::Error)
}

impl Module {
    /// A command that blocks the port until `action` happens, or fails with `error` after the same time.
    fn slow(&mut self, error: Option<u16>, action: Action) -> Answer {
        let time = self
            .faults
            .number(Knob::QiactSlow, 0)
            .map_or(ACTIVATION, Duration::from_millis);
        let action = match error {
            Some(code) => Action::Complete(Err(self.contexts.fail(code))),
            None => action,
        };
        self.agenda.plan(self.now + time, action);
        Ok(Outcome::Later)
    }

    pub(crate) fn finish_activation(&mut self, id: u8) {
        if let Some(context) = self.contexts.get_mut(id) {
            (context.active, context.dropped) = (true, false);
        }
        self.complete(Ok(Outcome::Ok));
    }

    pub(crate) fn finish_deactivation(&mut self, id: u8) {
        if let Some(context) = self.contexts.get_mut(id) {
            (context.active, context.dropped) = (false, false);
        }
        self.lose_session(id);
        self.complete(Ok(Outcome::Ok));
    }

    /// The network drops all active contexts; the host is told by URC and has to say QIDEACT.
    pub(crate) fn lose_contexts(&mut self) {
        let lost: Vec<u8> = self
            .contexts
            .ids()
            .filter(|(_, c)| c.active && !c.dropped)
            .map(|(id, _)| id)
            .collect();
        for id in lost {
            if let Some(context) = self.contexts.get_mut(id) {
                context.dropped = true;
            }
            self.lose_session(id);
            self.urc(&format!("+QIURC: \"pdpdeact\",{id}"));
        }
    }
}
