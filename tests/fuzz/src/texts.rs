//! What must hold of every text that a user may see: an error is one short line that a terminal
//! shows as it is.

use modem_ftp_core::api::sentence::LONGEST;

/// Checks an error text.
pub fn check(text: &str) {
    assert!(!text.is_empty(), "an error without a text");
    assert!(text.len() <= LONGEST, "an error of {} bytes", text.len());
    assert!(!text.contains(char::is_control), "an error {text:?}");
}

/// Whether a name is that of a file in the directory it is listed in, and can be shown.
pub fn is_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..")
        && !name
            .chars()
            .any(|c| c == '/' || c < ' ' || ('\x7f'..='\u{9f}').contains(&c))
}
