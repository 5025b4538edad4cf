//! The `options` argument of the transfer methods, from the command line.

use modem_ftp_dbus::proxies::Options;
use modem_ftp_dbus::words::option;
use zbus::Variant;

use crate::args::TransferOptions;

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
    ]
    .into_iter()
    .flatten()
    .collect()
}
