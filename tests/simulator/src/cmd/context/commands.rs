//! QICSGP, QIACT, QIDEACT, QIGETERROR (docs/module/at-network.md §1); CGPADDR, CGDCONT
//! (docs/module/at-network.md §3); CGACT (docs/module/quirks.md N1).

use super::{Context, Contexts, MAX_ACTIVE, TEXT_LIMIT, id};
use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, Module, Outcome, TimedAction};
use crate::remote::Secret;

pub(crate) fn qicsgp(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QICSGP: (1-16),(1,2),<APN>,<username>,<password>,(0-3)"]),
        Form::Write(args) if args.len() == 1 => {
            let context = module
                .contexts
                .get(id(args, 0)?)
                .ok_or(CommandError::Error)?;
            let text = format!(
                "+QICSGP: {},\"{}\",\"{}\",\"{}\",{}",
                context.ip_type,
                context.apn,
                context.user,
                context.password.reveal(),
                context.authentication
            );
            module.answer([text])
        }
        Form::Write(args) if (3..=6).contains(&args.len()) => {
            let small = |value: Option<u64>| {
                value
                    .and_then(|value| u8::try_from(value).ok())
                    .ok_or(CommandError::Error)
            };
            let text = |index| match args.is_absent(index) {
                true => Ok(String::new()),
                false => args
                    .text(index, TEXT_LIMIT)
                    .map(str::to_owned)
                    .ok_or(CommandError::Error),
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
                .ok_or(CommandError::Error)?;
            *context = Context {
                active: context.active,
                dropped: context.dropped,
                ..new
            };
            Ok(Outcome::Ok)
        }
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn qiact(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QIACT: (1-16)"]),
        Form::Read => {
            let ghost = module.faults.is_on(Knob::QiactGhost);
            let shown = |context: &Context| context.active && (ghost || !context.dropped);
            let fault = module.faults.text(Knob::Address, "");
            let lines: Vec<_> = module
                .contexts
                .ids()
                .filter(|(_, context)| shown(context))
                .map(|(id, context)| {
                    let kind = context.ip_type;
                    match fault {
                        None => format!("+QIACT: {id},1,{kind},\"{}\"", Contexts::address(id)),
                        Some("zero") => format!("+QIACT: {id},1,{kind},\"0.0.0.0\""),
                        Some("ipv6") => format!("+QIACT: {id},1,2,\"{}\"", Contexts::ipv6(id)),
                        Some(_) => format!("+QIACT: {id},1,{kind}"),
                    }
                })
                .collect();
            module.answer(lines)
        }
        Form::Write(args) if args.len() == 1 => {
            let id = id(args, 0)?;
            let active = module
                .contexts
                .list
                .iter()
                .filter(|context| context.active)
                .count();
            let context = module.contexts.get(id).ok_or(CommandError::Error)?;
            let error = match () {
                () if context.active => Some(572),
                () if context.apn.is_empty() => Some(573),
                () if active >= MAX_ACTIVE || !module.network.is_registered() => Some(561),
                () if module.faults.trigger(Knob::QiactFails) => Some(561),
                () => None,
            };
            module.schedule_slow(error, TimedAction::Activate(id))
        }
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn qideact(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QIDEACT: (1-16)"]),
        Form::Write(args) if args.len() == 1 => {
            let id = id(args, 0)?;
            let active = module
                .contexts
                .get(id)
                .is_some_and(|context| context.active);
            let error = (!active).then_some(562);
            module.schedule_slow(error, TimedAction::Deactivate(id))
        }
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn qigeterror(module: &mut Module, form: &Form) -> CommandResult {
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
            module.answer([format!("+QIGETERROR: {code},{text}")])
        }
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn cgpaddr(module: &mut Module, form: &Form) -> CommandResult {
    let wanted = match form {
        Form::Test => return module.answer(["+CGPADDR: (1)"]),
        Form::Exec => None,
        Form::Write(args) => Some(id(args, 0)?),
        Form::Read => return Err(CommandError::Error),
    };
    let fault = module.faults.text(Knob::Address, "");
    let lines: Vec<_> = module
        .contexts
        .ids()
        .filter(|(id, context)| match wanted {
            Some(wanted) => *id == wanted,
            None => context.active,
        })
        .map(|(id, context)| match context.active && !context.dropped {
            true => match fault {
                None => format!("+CGPADDR: {id},{}", Contexts::address(id)),
                Some("zero") => format!("+CGPADDR: {id},0.0.0.0"),
                Some("none") => format!("+CGPADDR: {id}"),
                Some(_) => {
                    let octets = Contexts::ipv6(id).octets().map(|octet| octet.to_string());
                    format!("+CGPADDR: {id},\"{}\"", octets.join("."))
                }
            },
            false => format!("+CGPADDR: {id},0.0.0.0"),
        })
        .collect();
    module.answer(lines)
}

/// AT+CGDCONT uses the same contexts as AT+QICSGP.
pub(crate) fn cgdcont(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+CGDCONT: (1-16),\"IP\",,,(0),(0)"]),
        Form::Read => {
            let defined = |(id, context): (u8, &Context)| {
                (!context.apn.is_empty())
                    .then(|| format!("+CGDCONT: {id},\"IP\",\"{}\",\"0.0.0.0\",0,0", context.apn))
            };
            let lines: Vec<_> = module.contexts.ids().filter_map(defined).collect();
            module.answer(lines)
        }
        Form::Write(args) => {
            let context = module
                .contexts
                .get_mut(id(args, 0)?)
                .ok_or(CommandError::Error)?;
            if !args.is_absent(1) && args.text(1, 6) != Some("IP") {
                return Err(CommandError::Error);
            }
            context.apn = args.text(2, TEXT_LIMIT).unwrap_or_default().to_owned();
            Ok(Outcome::Ok)
        }
        Form::Exec => Err(CommandError::Error),
    }
}

/// AT+CGACT hangs the module: it does not answer again until a restart (docs/module/quirks.md N1).
pub(crate) fn cgact(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Write(_) => {
            module.dce.transcript.note("AT+CGACT hangs the module");
            Ok(Outcome::Deferred)
        }
        _ => Err(CommandError::Error),
    }
}
