//! The `options` argument of the transfer methods, from the command line.

use modem_ftp_dbus::proxies::Options;
use modem_ftp_dbus::words::option;
use zbus::Variant;

use crate::args::TransferOptions;
use crate::failure::Failure;
use crate::when::now;

/// Refuses values that no transfer can have.
pub fn check(arguments: &TransferOptions) -> Result<(), Failure> {
    match arguments.expires {
        Some(expires) if expires.ahead() <= now() => {
            Err(Failure::usage("--expires: that time is past"))
        }
        _ => Ok(()),
    }
}

/// Those of an upload. `spool`: whether what is passed is copied into the spool; `None`: regular files
/// are, as far as they cannot be opened again, and pipes are not.
pub fn of_upload(arguments: &TransferOptions, spool: Option<bool>) -> Options<'_> {
    let mut options = from_arguments(arguments);
    options.extend(spool.map(|spool| (option::SPOOL, Variant::Bool(spool))));
    options
}

/// Only the options that were given: the defaults are the daemon's.
pub fn from_arguments(arguments: &TransferOptions) -> Options<'_> {
    let word = |text: &'static str, value: &'_ Option<String>| {
        value
            .as_ref()
            .map(|value| (text, Variant::from(value.clone())))
    };
    [
        word(option::IF_EXISTS, &arguments.if_exists),
        arguments
            .no_atomic
            .then(|| (option::ATOMIC, Variant::Bool(false))),
        word(option::VERIFY, &arguments.verify),
        word(option::VIA, &arguments.via),
        arguments
            .priority
            .map(|n| (option::PRIORITY, Variant::I32(n))),
        arguments
            .retries
            .map(|n| (option::RETRIES, Variant::U32(n))),
        arguments.expires.map(|when| {
            let expires = u64::try_from(when.ahead()).unwrap_or_default();
            (option::EXPIRES, Variant::U64(expires))
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}
