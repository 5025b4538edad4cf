//! Target `options`: the options of a transfer and the filter of the history.

use crate::bounds::bounded;
use crate::{given, texts};
use modem_ftp_core::api::options::Options;
use modem_ftpd::options::{Given, Parsed, parse};
use modem_ftpd::{CallError, history_filter};
use zbus::wire::{BE, LE};
use zbus::{DBusError, OwnedVariant, Str};

/// Names of options, and of the history's filter.
const NAMES: usize = 9;
const FILTERS: usize = 5;

/// Reads an input, see [`given::read`].
pub fn run(input: &[u8]) {
    let Some(given) = bounded(input.len(), || given::read(input)) else {
        return;
    };
    check(&given);
}

/// Reads a dictionary as options and as a filter.
pub fn check(given: &Given) {
    match parse(given) {
        Ok(parsed) => {
            assert!(given.len() <= NAMES, "an option that has no name");
            returns(&parsed);
        }
        Err(error) => refused(&error),
    }
    match history_filter(given, 7) {
        Ok(filter) => {
            assert!(given.len() <= FILTERS);
            assert_eq!(filter.uid, Some(7), "the receipts of others");
        }
        Err(error) => refused(&error),
    }
}

/// An error is short, whatever it quotes.
pub fn refused(error: &CallError) {
    texts::check(error.description().unwrap());
}

/// What was read can be written as options, in both byte orders, and is read back unchanged.
fn returns(parsed: &Parsed) {
    let Options {
        if_exists,
        atomic,
        verify,
        via,
        priority,
        retries,
        expires,
        unset: _,
    } = parsed.options.clone();
    let word = |word: &str| OwnedVariant::from(Str::from(word.to_owned()));
    let mut all = Given::from([
        ("if-exists".to_owned(), word(if_exists.as_str())),
        ("atomic".to_owned(), atomic.into()),
        ("verify".to_owned(), word(verify.as_str())),
        ("via".to_owned(), word(via.as_str())),
        ("priority".to_owned(), priority.into()),
        ("retries".to_owned(), retries.into()),
        ("expires".to_owned(), u64::try_from(expires).unwrap().into()),
        ("wait".to_owned(), parsed.wait.into()),
    ]);
    all.extend(parsed.spool.map(|spool| ("spool".to_owned(), spool.into())));
    for endian in [LE, BE] {
        let bytes = given::bytes(&all, endian);
        let (again, _): (Given, _) = bytes.deserialize().unwrap();
        let mut again = parse(&again).unwrap();
        // What was not given is now.
        again.options.unset = parsed.options.unset;
        assert_eq!(&again, parsed);
    }
}
