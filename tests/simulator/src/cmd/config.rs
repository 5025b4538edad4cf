//! QCFG, QURCCFG (docs/module/at-network.md §7) and QINDCFG (docs/module/at-network.md §6). The
//! values are stored and printed; only `urcport` and AT+QSCLK have an effect.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::at::args::Args;
use crate::at::parse::Form;
use crate::module::{CommandError, CommandResult, Module, Outcome, PortName};

/// A key of QCFG: its text in the test form, its initial value, and how many parameters the value
/// has (those after it are `<effect>`).
struct Key {
    name: &'static str,
    test: &'static str,
    initial: &'static str,
    value_count: usize,
}

const fn key(
    name: &'static str,
    test: &'static str,
    initial: &'static str,
    value_count: usize,
) -> Key {
    Key {
        name,
        test,
        initial,
        value_count,
    }
}

const KEYS: &[Key] = &[
    key("nwscanseq", "(00,01,02,03),(0,1)", "00", 1),
    key("nwscanmode", "(0,1,3),(0,1)", "0", 1),
    key("iotopmode", "(0,1,2),(0,1)", "0", 1),
    key(
        "band",
        "(0-F),(0-400A0E189F),(0-A0E189F),(0,1)",
        "0xf,0x400a0e189f,0xa0e189f",
        3,
    ),
    key("roamservice", "(1,2,255),(0,1)", "255", 1),
    key("servicedomain", "(1,2),(0,1)", "2", 1),
    key("psm/urc", "(0,1)", "0", 1),
    key("psm/enter", "(0,1)", "0", 1),
    key("pdp/duplicatechk", "(0,1)", "0", 1),
    key(
        "urc/ri/other",
        "(\"off\",\"pulse\"),(1-2000),(1-5)",
        "\"pulse\",120,1",
        3,
    ),
    key(
        "risignaltype",
        "(\"respective\",\"physical\")",
        "\"respective\"",
        1,
    ),
    key("urc/delay", "(0,1)", "0", 1),
    key("apready", "(0,1),(0,1),(100-3000)", "0,0,500", 3),
    key("cmux/urcport", "(0-4)", "0", 1),
];

const INDICATIONS: [&str; 5] = ["all", "csq", "smsfull", "ring", "smsincoming"];

/// The stored settings. All of them except AT+QSCLK survive a restart.
#[derive(Debug)]
pub(crate) struct Configuration {
    /// The port to which URCs are sent.
    pub(crate) urc_port: PortName,
    /// AT+QSCLK=1
    pub(crate) sleep: bool,
    values: BTreeMap<&'static str, String>,
    indications: BTreeMap<&'static str, u8>,
}

impl Configuration {
    pub(crate) fn new(port: PortName) -> Self {
        Self {
            urc_port: port,
            sleep: false,
            values: BTreeMap::new(),
            indications: BTreeMap::new(),
        }
    }

    pub(crate) fn power_loss(&mut self) {
        self.sleep = false;
    }
}

/// `count` parameters from `from` on, formatted as they were received.
fn format_args(args: &Args, from: usize, count: usize) -> Option<String> {
    let mut text = String::new();
    for index in from..args.len().min(from + count) {
        let comma = if index > from { "," } else { "" };
        let word = args.word(index)?;
        match args.bytes(index) {
            Some(_) => write!(text, "{comma}\"{word}\"").ok()?,
            None => write!(text, "{comma}{word}").ok()?,
        }
    }
    Some(text)
}

pub(crate) fn qcfg(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(
            KEYS.iter()
                .map(|key| format!("+QCFG: \"{}\",{}", key.name, key.test)),
        ),
        Form::Write(args) => {
            let name = args.text(0, 40).ok_or(CommandError::Error)?;
            let key = KEYS
                .iter()
                .find(|key| key.name == name)
                .ok_or(CommandError::Error)?;
            if args.len() == 1 {
                let value = module
                    .configuration
                    .values
                    .get(key.name)
                    .map_or(key.initial, String::as_str);
                let text = format!("+QCFG: \"{}\",{value}", key.name);
                return module.answer([text]);
            }
            let value = format_args(args, 1, key.value_count).ok_or(CommandError::Error)?;
            module.configuration.values.insert(key.name, value);
            Ok(Outcome::Ok)
        }
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn qurccfg(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QURCCFG: \"urcport\",(\"usbat\",\"usbmodem\",\"uart1\")"]),
        Form::Write(args) if args.text(0, 10) == Some("urcport") => match args.len() {
            1 => {
                let word = module.configuration.urc_port.word();
                module.answer([format!("+QURCCFG: \"urcport\",\"{word}\"")])
            }
            2 => {
                module.configuration.urc_port = args
                    .text(1, 10)
                    .and_then(PortName::named)
                    .ok_or(CommandError::Error)?;
                Ok(Outcome::Ok)
            }
            _ => Err(CommandError::Error),
        },
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn qindcfg(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QINDCFG: \"all\",(0,1),(0,1)"]),
        Form::Write(args) => {
            let name = args.text(0, 20).ok_or(CommandError::Error)?;
            let name = *INDICATIONS
                .iter()
                .find(|known| **known == name)
                .ok_or(CommandError::Error)?;
            if args.len() == 1 {
                let value = module
                    .configuration
                    .indications
                    .get(name)
                    .copied()
                    .unwrap_or(0);
                return module.answer([format!("+QINDCFG: \"{name}\",{value}")]);
            }
            let value = args
                .within(1, 0..=1)
                .and_then(|value| u8::try_from(value).ok())
                .ok_or(CommandError::Error)?;
            args.within_or(2, 0..=1, 0).ok_or(CommandError::Error)?;
            module.configuration.indications.insert(name, value);
            Ok(Outcome::Ok)
        }
        _ => Err(CommandError::Error),
    }
}
