//! The options of the four transfer methods. An unknown name or a value of the wrong type is an
//! error, so that a misspelt option is not silently ignored.

use std::collections::HashMap;

use modem_ftp_core::api::options::{IfExists, Options, Unset, Verify, Via};
use modem_ftp_dbus::words::option;
use zbus::{OwnedVariant, Variant};

use super::error::CallError;
use super::requests::quoted;

/// The argument `options` of a call.
pub type Given = HashMap<String, OwnedVariant>;

/// The same, as it lies in the message: of a descriptor in it no duplicate is made.
pub type Borrowed<'m> = HashMap<String, Variant<'m>>;

/// The options, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// For the engine.
    pub options: Options,
    /// Whether the content of a descriptor is kept until the transfer has ended; `None`: as is usual
    /// for what it refers to.
    pub spool: Option<bool>,
    /// Whether the call is replied to at the end of the transfer instead of its beginning.
    pub wait: bool,
}

/// Reads the options.
///
/// # Errors
/// `InvalidArguments`.
pub fn parse(given: &Given) -> Result<Parsed, CallError> {
    read(given.iter().map(|(name, value)| (name.as_str(), &**value)))
}

/// The same for options that lie in a message.
///
/// # Errors
/// `InvalidArguments`.
pub fn parse_borrowed(given: &Borrowed<'_>) -> Result<Parsed, CallError> {
    read(given.iter().map(|(name, value)| (name.as_str(), value)))
}

fn read<'a, 'm: 'a>(
    given: impl Iterator<Item = (&'a str, &'a Variant<'m>)>,
) -> Result<Parsed, CallError> {
    let mut parsed = Parsed::default();
    let options = &mut parsed.options;
    options.unset = Unset {
        atomic: true,
        verify: true,
    };
    for (name, value) in given {
        match name {
            option::IF_EXISTS => options.if_exists = word(name, value, IfExists::from_word)?,
            option::VERIFY => {
                options.verify = word(name, value, Verify::from_word)?;
                options.unset.verify = false;
            }
            option::VIA => options.via = word(name, value, Via::from_word)?,
            option::ATOMIC => {
                options.atomic = boolean(name, value)?;
                options.unset.atomic = false;
            }
            option::SPOOL => parsed.spool = Some(boolean(name, value)?),
            option::EXPIRES => match *value {
                // Later than any clock: as good as never.
                Variant::U64(expires) => options.expires = i64::try_from(expires).unwrap_or(0),
                _ => return Err(wrong_type(name, "a UINT64 (t)", value)),
            },
            option::WAIT => parsed.wait = boolean(name, value)?,
            option::PRIORITY => match *value {
                Variant::I32(priority) => options.priority = priority,
                _ => return Err(wrong_type(name, "an INT32 (i)", value)),
            },
            option::RETRIES => match *value {
                Variant::U32(retries) => options.retries = retries,
                _ => return Err(wrong_type(name, "a UINT32 (u)", value)),
            },
            _ => {
                return Err(CallError::arguments(format!(
                    "unknown option {}",
                    quoted(name)
                )));
            }
        }
    }
    Ok(parsed)
}

fn word<T>(
    name: &str,
    value: &Variant<'_>,
    from_word: impl Fn(&str) -> Option<T>,
) -> Result<T, CallError> {
    match value {
        Variant::Str(text) => from_word(text).ok_or_else(|| {
            CallError::arguments(format!("option {name} cannot be {}", quoted(text.as_str())))
        }),
        _ => Err(wrong_type(name, "a STRING (s)", value)),
    }
}

fn boolean(name: &str, value: &Variant<'_>) -> Result<bool, CallError> {
    match *value {
        Variant::Bool(value) => Ok(value),
        _ => Err(wrong_type(name, "a BOOLEAN (b)", value)),
    }
}

fn wrong_type(name: &str, expected: &str, value: &Variant<'_>) -> CallError {
    let found = value.value_signature();
    CallError::arguments(format!(
        "option {name} must be {expected}, not of type {found}"
    ))
}

#[cfg(test)]
mod tests {
    use modem_ftp_dbus::ErrorName;
    use modem_ftp_dbus::words::RETRIES_DEFAULT;
    use zbus::{DBusError, Str};

    use super::*;

    fn given(name: &str, value: impl Into<OwnedVariant>) -> Given {
        Given::from([(name.to_owned(), value.into())])
    }

    fn text(text: &'static str) -> OwnedVariant {
        OwnedVariant::from(Str::from(text))
    }

    #[test]
    fn without_options_the_defaults_apply() {
        let parsed = parse(&Given::new()).unwrap();
        let options = Options {
            unset: Unset {
                atomic: true,
                verify: true,
            },
            ..Options::default()
        };
        assert_eq!(
            parsed,
            Parsed {
                options,
                ..Parsed::default()
            }
        );
        assert_eq!(parsed.options.retries, RETRIES_DEFAULT);
        assert!(parsed.options.atomic && !parsed.wait);
    }

    #[test]
    fn every_option_is_read() {
        let all = Given::from([
            ("if-exists".to_owned(), text("fail")),
            ("atomic".to_owned(), false.into()),
            ("verify".to_owned(), text("checksum")),
            ("via".to_owned(), text("ufs")),
            ("priority".to_owned(), (-3_i32).into()),
            ("retries".to_owned(), 0_u32.into()),
            ("expires".to_owned(), 1_900_000_000_u64.into()),
            ("spool".to_owned(), false.into()),
            ("wait".to_owned(), true.into()),
        ]);
        let expected = Options {
            if_exists: IfExists::Fail,
            atomic: false,
            verify: Verify::Checksum,
            via: Via::Ufs,
            priority: -3,
            retries: 0,
            expires: 1_900_000_000,
            unset: Unset::default(),
        };
        let parsed = parse(&all).unwrap();
        let rest = (parsed.spool, parsed.wait);
        assert_eq!((parsed.options, rest), (expected, (Some(false), true)));
    }

    #[test]
    fn unknown_options_types_and_values_are_refused() {
        let rows = [
            (given("colour", 1_u32), "unknown option \"colour\""),
            (given("Wait", true), "unknown option \"Wait\""),
            (
                given("wait", 1_u32),
                "option wait must be a BOOLEAN (b), not of type u",
            ),
            (
                given("atomic", text("yes")),
                "option atomic must be a BOOLEAN (b), not of type s",
            ),
            (
                given("priority", 1_u32),
                "option priority must be an INT32 (i), not of type u",
            ),
            (
                given("retries", 1_i32),
                "option retries must be a UINT32 (u), not of type i",
            ),
            (
                given("expires", 1_i64),
                "option expires must be a UINT64 (t), not of type x",
            ),
            (
                given("spool", 1_u32),
                "option spool must be a BOOLEAN (b), not of type u",
            ),
            (
                given("via", 1_u32),
                "option via must be a STRING (s), not of type u",
            ),
            (given("via", text("COM")), "option via cannot be \"COM\""),
        ];
        for (given, expected) in rows {
            let error = parse(&given).unwrap_err();
            assert_eq!(error.description(), Some(expected));
            assert_eq!(
                error.name().as_str(),
                ErrorName::InvalidArguments.dbus_name()
            );
        }
    }
}
