//! PDP contexts (at-network.md 1): settings, activation, loss.

use std::time::Duration;

use crate::at::args::Args;
use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{Action, Answer, Module, Outcome, Refusal};
use crate::remote::Secret;

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

pub(crate) fn qicsgp(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => module.say(["+QICSGP: (1-16),(1,2),<APN>,<username>,<password>,(0-3)"]),
        Form::Write(args) if args.len() == 1 => {
            let context = module.contexts.get(id(args, 0)?).ok_or(Refusal::Error)?;
            let text = format!(
                "+QICSGP: {},\"{}\",\"{}\",\"{}\",{}",
                context.ip_type,
                context.apn,
                context.user,
                context.password.reveal(),
                context.authentication
            );
            module.say([text])
        }
        Form::Write(args) if (3..=6).contains(&args.len()) => {
            let small = |value: Option<u64>| {
                value
                    .and_then(|value| u8::try_from(value).ok())
                    .ok_or(Refusal::Error)
            };
            let text = |index| match args.is_absent(index) {
                true => Ok(String::new()),
                false => args
                    .text(index, TEXT_LIMIT)
                    .map(str::to_owned)
                    .ok_or(Refusal::Error),
            };
            let new = Context {
                ip_type: small(args.within(1, 1..=2))?,
                apn: text(2)?,
                user: text(3)?,
                password: Secret::new(&text(4)?),
                authentication: small(args.within_or(5, 0..=3, 0))?,
                ..Context::default()
            };
            let context = module
                .contexts
                .get_mut(id(args, 0)?)
                .ok_or(Refusal::Error)?;
            *context = Context {
                active: context.active,
                dropped: context.dropped,
                ..new
            };
            Ok(Outcome::Ok)
        }
        _ => Err(Refusal::Error),
    }
}

pub(crate) fn qiact(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => module.say(["+QIACT: (1-16)"]),
        Form::Read => {
            let ghost = module.faults.is_on(Knob::QiactGhost);
            let shown = |context: &Context| context.active && (ghost || !context.dropped);
            let lines: Vec<_> = module
                .contexts
                .ids()
                .filter(|(_, context)| shown(context))
                .map(|(id, context)| {
                    format!(
                        "+QIACT: {id},1,{},\"{}\"",
                        context.ip_type,
                        Contexts::address(id)
                    )
                })
                .collect();
            module.say(lines)
        }
        Form::Write(args) if args.len() == 1 => {
            let id = id(args, 0)?;
            let active = module
                .contexts
                .list
                .iter()
                .filter(|context| context.active)
                .count();
            let context = module.contexts.get(id).ok_or(Refusal::Error)?;
            let error = match () {
                () if context.active => Some(572),
                () if context.apn.is_empty() => Some(573),
                () if active >= MOST_ACTIVE || !module.network.is_registered() => Some(561),
                () if module.faults.strike(Knob::QiactFails) => Some(561),
                () => None,
            };
            module.slow(error, Action::Activate(id))
        }
        _ => Err(Refusal::Error),
    }
}

pub(crate) fn qideact(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => module.say(["+QIDEACT: (1-16)"]),
        Form::Write(args) if args.len() == 1 => {
            let id = id(args, 0)?;
            let active = module
                .contexts
                .get(id)
                .is_some_and(|context| context.active);
            let error = (!active).then_some(562);
            module.slow(error, Action::Deactivate(id))
        }
        _ => Err(Refusal::Error),
    }
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

pub(crate) fn qigeterror(module: &mut Module, form: &Form) -> Answer {
    let text = match module.contexts.last_error {
        0 => "operate successfully",
        552 => "invalid parameters",
        561 => "open PDP context failed",
        562 => "close PDP context failed",
        565 => "DNS parse failed",
        572 => "operation not allowed",
        573 => "APN not configured",
        _ => "unknown error",
    };
    match form {
        Form::Test => Ok(Outcome::Ok),
        Form::Exec => {
            let code = module.contexts.last_error;
            module.say([format!("+QIGETERROR: {code},{text}")])
        }
        _ => Err(Refusal::Error),
    }
}

pub(crate) fn cgpaddr(module: &mut Module, form: &Form) -> Answer {
    let wanted = match form {
        Form::Test => return module.say(["+CGPADDR: (1)"]),
        Form::Exec => None,
        Form::Write(args) => Some(id(args, 0)?),
        Form::Read => return Err(Refusal::Error),
    };
    let lines: Vec<_> = module
        .contexts
        .ids()
        .filter(|(id, context)| match wanted {
            Some(wanted) => *id == wanted,
            None => context.active,
        })
        .map(|(id, context)| match context.active && !context.dropped {
            true => format!("+CGPADDR: {id},{}", Contexts::address(id)),
            false => format!("+CGPADDR: {id},0.0.0.0"),
        })
        .collect();
    module.say(lines)
}

/// Shares its contexts with AT+QICSGP.
pub(crate) fn cgdcont(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => module.say(["+CGDCONT: (1-16),\"IP\",,,(0),(0)"]),
        Form::Read => {
            let defined = |(id, context): (u8, &Context)| {
                (!context.apn.is_empty())
                    .then(|| format!("+CGDCONT: {id},\"IP\",\"{}\",\"0.0.0.0\",0,0", context.apn))
            };
            let lines: Vec<_> = module.contexts.ids().filter_map(defined).collect();
            module.say(lines)
        }
        Form::Write(args) => {
            let context = module
                .contexts
                .get_mut(id(args, 0)?)
                .ok_or(Refusal::Error)?;
            if !args.is_absent(1) && args.text(1, 6) != Some("IP") {
                return Err(Refusal::Error);
            }
            context.apn = args.text(2, TEXT_LIMIT).unwrap_or_default().to_owned();
            Ok(Outcome::Ok)
        }
        Form::Exec => Err(Refusal::Error),
    }
}

/// Known to hang the module (quirks.md N1): it never answers again until a restart.
pub(crate) fn cgact(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Write(_) => {
            module.te.transcript.note("AT+CGACT hangs the module");
            Ok(Outcome::Later)
        }
        _ => Err(Refusal::Error),
    }
}
