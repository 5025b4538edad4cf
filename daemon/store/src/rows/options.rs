//! [`Options`] as one text: `if-exists=overwrite atomic=true …`, keys and words as on the bus.
//!
//! All options are written, so that a default which changes one day does not change what was
//! accepted before. A key that is missing has its default.

use modem_ftp_core::api::options::{IfExists, Options, Verify, Via};
use modem_ftp_dbus::words::option;

/// Key of [`Options::expires`].
const EXPIRES: &str = "expires";

/// As it is stored.
pub(super) fn encode(options: &Options) -> String {
    // Every field is named: a new one does not compile until it is stored.
    let Options {
        if_exists,
        atomic,
        verify,
        via,
        priority,
        retries,
        expires,
        // What was accepted has those of its server.
        unset: _,
    } = options;
    format!(
        "{}={if_exists} {}={atomic} {}={verify} {}={via} {}={priority} {}={retries} \
         {EXPIRES}={expires}",
        option::IF_EXISTS,
        option::ATOMIC,
        option::VERIFY,
        option::VIA,
        option::PRIORITY,
        option::RETRIES,
    )
}

/// From what was stored.
pub(super) fn decode(text: &str) -> Result<Options, String> {
    let mut options = Options::default();
    for pair in text.split_ascii_whitespace() {
        let wrong = || format!("option {pair:?}");
        let (key, value) = pair.split_once('=').ok_or_else(wrong)?;
        match key {
            option::IF_EXISTS => {
                options.if_exists = IfExists::from_word(value).ok_or_else(wrong)?;
            }
            option::ATOMIC => options.atomic = value.parse().map_err(|_| wrong())?,
            option::VERIFY => options.verify = Verify::from_word(value).ok_or_else(wrong)?,
            option::VIA => options.via = Via::from_word(value).ok_or_else(wrong)?,
            option::PRIORITY => options.priority = value.parse().map_err(|_| wrong())?,
            option::RETRIES => options.retries = value.parse().map_err(|_| wrong())?,
            EXPIRES => options.expires = value.parse().map_err(|_| wrong())?,
            _ => return Err(wrong()),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_readable_and_comes_back() {
        let options = Options {
            if_exists: IfExists::Fail,
            atomic: false,
            verify: Verify::Content,
            via: Via::Ufs,
            priority: -3,
            retries: 9,
            expires: 1_780_000_000,
            ..Options::default()
        };
        let text = "if-exists=fail atomic=false verify=content via=ufs priority=-3 retries=9 \
                    expires=1780000000";
        assert_eq!(encode(&options), text);
        assert_eq!(decode(text), Ok(options));
    }

    #[test]
    fn missing_keys_have_their_default_and_unknown_ones_are_refused() {
        assert_eq!(decode(""), Ok(Options::default()));
        for text in ["atomic", "atomic=1", "verify=", "colour=red", "retries=-1"] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
