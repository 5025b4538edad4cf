//! PDP contexts (docs/module/at-network.md §1): settings, activation, deactivation by the network.

mod commands;

use std::net::Ipv6Addr;
use std::time::Duration;

use crate::at::args::Args;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, Module, Outcome, TimedAction};
use crate::remote::Secret;

pub(crate) use commands::{cgact, cgdcont, cgpaddr, qiact, qicsgp, qideact, qigeterror};

/// Duration of an activation or deactivation without the fault `qiact-slow`.
const ACTIVATION: Duration = Duration::from_millis(30);
/// Most contexts active at the same time (docs/module/at-network.md §1).
const MAX_ACTIVE: usize = 3;
/// Longest APN, user name and password.
const TEXT_LIMIT: usize = 127;

/// One of the 16 contexts.
#[derive(Debug, Clone, Default)]
struct Context {
    ip_type: u8,
    apn: String,
    user: String,
    password: Secret,
    authentication: u8,
    active: bool,
    /// The network has deactivated it and the host has not sent QIDEACT yet.
    dropped: bool,
    /// Primary and secondary DNS server, if set by QIDNSCFG.
    dns: Option<(String, String)>,
}

/// The 16 contexts and the last TCP/IP error.
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

    /// Whether a context can carry traffic.
    pub(crate) fn is_active(&self, id: u8) -> bool {
        self.get(id)
            .is_some_and(|context| context.active && !context.dropped)
    }

    /// The DNS servers of a context; `None` if there is no such context.
    pub(crate) fn dns(&mut self, id: u8) -> Option<&mut Option<(String, String)>> {
        self.get_mut(id).map(|context| &mut context.dns)
    }

    /// Records an error for AT+QIGETERROR; returns the plain ERROR with which the command ends.
    pub(crate) fn fail(&mut self, code: u16) -> CommandError {
        self.last_error = code;
        CommandError::Error
    }

    fn address(id: u8) -> String {
        format!("10.7.157.{id}")
    }

    /// The IPv6 address with the fault `address=ipv6`.
    fn ipv6(id: u8) -> Ipv6Addr {
        Ipv6Addr::new(0x2001, 0xDB8, 0, 0, 0, 0, 0x17, id.into())
    }

    fn ids(&self) -> impl Iterator<Item = (u8, &Context)> {
        (1..).zip(self.list.iter())
    }
}

/// Parses a context number.
pub(crate) fn id(args: &Args, index: usize) -> Result<u8, CommandError> {
    args.within(index, 1..=16)
        .and_then(|id| u8::try_from(id).ok())
        .ok_or(CommandError::Error)
}

impl Module {
    /// Lets a command block the port until `action` completes it, or until it fails with `error`
    /// after the same time (docs/module/quirks.md N16).
    fn schedule_slow(&mut self, error: Option<u16>, action: TimedAction) -> CommandResult {
        let time = self
            .faults
            .number(Knob::QiactSlow, 0)
            .map_or(ACTIVATION, Duration::from_millis);
        let action = match error {
            Some(code) => TimedAction::Complete(Err(self.contexts.fail(code))),
            None => action,
        };
        self.timers.schedule(self.now + time, action);
        Ok(Outcome::Deferred)
    }

    pub(crate) fn finish_activation(&mut self, id: u8) {
        if let Some(context) = self.contexts.get_mut(id) {
            (context.active, context.dropped) = (true, false);
        }
        self.complete_command(Ok(Outcome::Ok));
    }

    pub(crate) fn finish_deactivation(&mut self, id: u8) {
        if let Some(context) = self.contexts.get_mut(id) {
            (context.active, context.dropped) = (false, false);
        }
        self.faults.heal(Knob::DataDead, "context");
        self.lose_session(id);
        self.complete_command(Ok(Outcome::Ok));
    }

    /// The network deactivates all active contexts: prints a URC for each. The host must send
    /// QIDEACT before it activates them again.
    pub(crate) fn lose_contexts(&mut self) {
        let deactivated: Vec<u8> = self
            .contexts
            .ids()
            .filter(|(_, c)| c.active && !c.dropped)
            .map(|(id, _)| id)
            .collect();
        for id in deactivated {
            if let Some(context) = self.contexts.get_mut(id) {
                context.dropped = true;
            }
            self.lose_session(id);
            self.urc(&format!("+QIURC: \"pdpdeact\",{id}"));
        }
    }
}
