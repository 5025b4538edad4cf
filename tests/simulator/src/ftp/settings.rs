//! QFTPCFG (docs/module/at-ftp.md §2.1): eight volatile settings, used at the next QFTPOPEN.

use super::codes::code;
use crate::at::args::Args;
use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, Module, Outcome};
use crate::remote::Secret;

/// Longest user name and password.
const ACCOUNT_LIMIT: usize = 255;

/// The values of the settings.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) user: String,
    pub(super) password: Secret,
    pub(super) file_type: u8,
    pub(super) transmode: u8,
    pub(super) context: u8,
    pub(super) timeout: u8,
    pub(super) ssl_type: u8,
    pub(super) ssl_context: u8,
    pub(super) data_address: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user: String::new(),
            password: Secret::default(),
            file_type: 0,
            transmode: 1,
            context: 1,
            timeout: 90,
            ssl_type: 0,
            ssl_context: 0,
            data_address: 0,
        }
    }
}

const TEST: [&str; 8] = [
    "+QFTPCFG: \"account\",<username>,<password>",
    "+QFTPCFG: \"filetype\",(0,1)",
    "+QFTPCFG: \"transmode\",(0,1)",
    "+QFTPCFG: \"contextid\",(1-16)",
    "+QFTPCFG: \"rsptimeout\",(20-180)",
    "+QFTPCFG: \"ssltype\",(0-2)",
    "+QFTPCFG: \"sslctxid\",(0-5)",
    "+QFTPCFG: \"data_address\",(0,1)",
];

impl Settings {
    /// The numeric setting with this key, and its range.
    fn number(&mut self, key: &str) -> Option<(&mut u8, std::ops::RangeInclusive<u64>)> {
        Some(match key {
            "filetype" => (&mut self.file_type, 0..=1),
            "transmode" => (&mut self.transmode, 0..=1),
            "contextid" => (&mut self.context, 1..=16),
            "rsptimeout" => (&mut self.timeout, 20..=180),
            "ssltype" => (&mut self.ssl_type, 0..=2),
            "sslctxid" => (&mut self.ssl_context, 0..=5),
            "data_address" => (&mut self.data_address, 0..=1),
            _ => return None,
        })
    }
}

pub(super) fn qftpcfg(module: &mut Module, form: &Form) -> CommandResult {
    let args = match form {
        Form::Test => return module.answer(TEST),
        Form::Write(args) => args,
        _ => return Err(CommandError::Error),
    };
    module.require_sim()?;
    let invalid = CommandError::Cme(code::PARAMETER);
    let key = args.text(0, 20).ok_or(invalid)?;
    if key == "account" {
        return account(module, args);
    }
    let (value, range) = module.ftp.settings.number(key).ok_or(invalid)?;
    match args.len() {
        1 => {
            let text = format!("+QFTPCFG: \"{key}\",{value}");
            module.answer([text])
        }
        2 => {
            *value = args
                .within(1, range)
                .and_then(|number| u8::try_from(number).ok())
                .ok_or(invalid)?;
            Ok(Outcome::Ok)
        }
        _ => Err(invalid),
    }
}

fn account(module: &mut Module, args: &Args) -> CommandResult {
    let settings = &mut module.ftp.settings;
    match args.len() {
        1 => {
            let masked = module.faults.is_on(Knob::AccountMasked);
            let password = if masked {
                "*****"
            } else {
                settings.password.reveal()
            };
            let text = format!("+QFTPCFG: \"account\",\"{}\",\"{password}\"", settings.user);
            module.answer([text])
        }
        3 => {
            let invalid = CommandError::Cme(code::PARAMETER);
            let user = args.text(1, ACCOUNT_LIMIT).ok_or(invalid)?.to_owned();
            let password = Secret::new(args.text(2, ACCOUNT_LIMIT).ok_or(invalid)?);
            (settings.user, settings.password) = (user, password);
            Ok(Outcome::Ok)
        }
        _ => Err(CommandError::Cme(code::PARAMETER)),
    }
}
