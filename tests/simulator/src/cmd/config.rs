//! QCFG, QURCCFG and QINDCFG (docs/module/at-network.md §6, 7): kept as they are written; only urcport and the
//! sleep switch change what the module does.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::at::args::Args;
use crate::at::parse::Form;
use crate::module::{Answer, Module, Outcome, PortName, Refusal};

/// How the value of a key looks: its test text, its value before any setting, and how many of the
/// parameters are the value (the rest is `<effect>`).
struct Key {
    name: &'static str,
    test: &'static str,
    initial: &'static str,
    kept: usize,
}

const fn key(name: &'static str, test: &'static str, initial: &'static str, kept: usize) -> Key {
    Key {
        name,
        test,
        initial,
        kept,
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

/// Everything these commands remember. All of it is saved to NV at once, but the sleep switch.
#[derive(Debug)]
pub(crate) struct Configuration {
    /// Where URCs go.
    pub(crate) urc_port: PortName,
    /// AT+QSCLK
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

/// The parameters from `from` on, written out again.
fn rewrite(args: &Args, from: usize, count: usize) -> Option<String> {
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

pub(crate) fn qcfg(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => module.say(
            KEYS.iter()
                .map(|key| format!("+QCFG: \"{}\",{}", key.name, key.test)),
        ),
        Form::Write(args) => {
            let name = args.text(0, 40).ok_or(Refusal::Error)?;
            let key = KEYS
                .iter()
                .find(|key| key.name == name)
                .ok_or(Refusal::Error)?;
            if args.len() == 1 {
                let value = module
                    .configuration
                    .values
                    .get(key.name)
                    .map_or(key.initial, String::as_str);
                let text = format!("+QCFG: \"{}\",{value}", key.name);
                return module.say([text]);
            }
            let value = rewrite(args, 1, key.kept).ok_or(Refusal::Error)?;
            module.configuration.values.insert(key.name, value);
            Ok(Outcome::Ok)
        }
        _ => Err(Refusal::Error),
    }
}

pub(crate) fn qurccfg(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => module.say(["+QURCCFG: \"urcport\",(\"usbat\",\"usbmodem\",\"uart1\")"]),
        Form::Write(args) if args.text(0, 10) == Some("urcport") => match args.len() {
            1 => {
                let word = module.configuration.urc_port.word();
                module.say([format!("+QURCCFG: \"urcport\",\"{word}\"")])
            }
            2 => {
                module.configuration.urc_port = args
                    .text(1, 10)
                    .and_then(PortName::named)
                    .ok_or(Refusal::Error)?;
                Ok(Outcome::Ok)
            }
            _ => Err(Refusal::Error),
        },
        _ => Err(Refusal::Error),
    }
}

pub(crate) fn qindcfg(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => module.say(["+QINDCFG: \"all\",(0,1),(0,1)"]),
        Form::Write(args) => {
            let name = args.text(0, 20).ok_or(Refusal::Error)?;
            let name = *INDICATIONS
                .iter()
                .find(|known| **known == name)
                .ok_or(Refusal::Error)?;
            if args.len() == 1 {
                let value = module
                    .configuration
                    .indications
                    .get(name)
                    .copied()
                    .unwrap_or(0);
                return module.say([format!("+QINDCFG: \"{name}\",{value}")]);
            }
            let value = args
                .within(1, 0..=1)
                .and_then(|value| u8::try_from(value).ok())
                .ok_or(Refusal::Error)?;
            args.within_or(2, 0..=1, 0).ok_or(Refusal::Error)?;
            module.configuration.indications.insert(name, value);
            Ok(Outcome::Ok)
        }
        _ => Err(Refusal::Error),
    }
}
