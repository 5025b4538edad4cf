//! The options of the four transfer methods, read strictly: a name or type that is not in the
//! contract is an error, so that a misspelt option is never silently ignored.

use std::collections::HashMap;

use modem_ftp_core::request::{IfExists, Options, Verify, Via};
use modem_ftp_dbus::words::{self, option};
use zbus::{OwnedVariant, Variant};

use super::error::CallError;

/// `options` as they come.
pub type Given = HashMap<String, OwnedVariant>;

/// `options` as they are meant.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// For the engine.
    pub options: Options,
    /// Reply at the end instead of the beginning.
    pub wait: bool,
}

/// Reads the options.
///
/// # Errors
/// `InvalidArguments`.
pub fn parse(given: &Given) -> Result<Parsed, CallError> {
    let mut parsed = Parsed::default();
    let options = &mut parsed.options;
    for (name, value) in given {
        match name.as_str() {
            option::IF_EXISTS => {
                options.if_exists = match word(name, value, words::IfExists::from_word)? {
                    words::IfExists::Overwrite => IfExists::Overwrite,
                    words::IfExists::Fail => IfExists::Fail,
                    words::IfExists::Resume => return Err(unavailable(name, "resume")),
                }
            }
            option::VERIFY => {
                options.verify = match word(name, value, words::Verify::from_word)? {
                    words::Verify::Size => Verify::Size,
                    words::Verify::Checksum => Verify::Checksum,
                    words::Verify::None => Verify::None,
                    words::Verify::Content => return Err(unavailable(name, "content")),
                }
            }
            option::VIA => {
                options.via = match word(name, value, words::Via::from_word)? {
                    words::Via::Auto => Via::Auto,
                    words::Via::Com => Via::Com,
                    words::Via::Ufs => Via::Ufs,
                }
            }
            option::ATOMIC => options.atomic = boolean(name, value)?,
            option::WAIT => parsed.wait = boolean(name, value)?,
            option::PRIORITY => match **value {
                Variant::I32(priority) => options.priority = priority,
                _ => return Err(wrong_type(name, "an INT32 (i)", value)),
            },
            option::RETRIES => match **value {
                Variant::U32(retries) => options.retries = retries,
                _ => return Err(wrong_type(name, "a UINT32 (u)", value)),
            },
            _ => return Err(CallError::arguments(format!("unknown option {name:?}"))),
        }
    }
    Ok(parsed)
}

fn word<T>(
    name: &str,
    value: &OwnedVariant,
    from_word: impl Fn(&str) -> Option<T>,
) -> Result<T, CallError> {
    match &**value {
        Variant::Str(text) => from_word(text).ok_or_else(|| {
            CallError::arguments(format!("option {name} cannot be {:?}", text.as_str()))
        }),
        _ => Err(wrong_type(name, "a STRING (s)", value)),
    }
}

fn boolean(name: &str, value: &OwnedVariant) -> Result<bool, CallError> {
    match **value {
        Variant::Bool(value) => Ok(value),
        _ => Err(wrong_type(name, "a BOOLEAN (b)", value)),
    }
}

fn wrong_type(name: &str, expected: &str, value: &OwnedVariant) -> CallError {
    let found = value.value_signature();
    CallError::arguments(format!(
        "option {name} must be {expected}, not of type {found}"
    ))
}

fn unavailable(name: &str, word: &str) -> CallError {
    CallError::arguments(format!(
        "{name} = {word:?} is not available in this version"
    ))
}
