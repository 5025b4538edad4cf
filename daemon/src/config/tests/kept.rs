//! What is kept, and where: `roots`, `state_directory`, `spool_limit`, `max_queued`, `keep_ended`.

use std::path::PathBuf;

use modem_ftp_core::api::settings::Limits;

use super::{MINIMAL, parse};

/// The faults of a text in front of [`MINIMAL`].
fn faults(head: &str) -> Vec<String> {
    parse(&format!("{head}\n{MINIMAL}")).expect_err(head)
}

#[test]
fn the_default_state_directory_is_outside_the_default_root() {
    let config = parse(MINIMAL).unwrap();
    assert_eq!(config.roots, [PathBuf::from("/var/lib/modem-ftp/files")]);
    let state = PathBuf::from("/var/lib/modem-ftp/state");
    assert_eq!(
        (config.state_directory, config.spool_limit),
        (state, 256_000_000)
    );
    assert_eq!(config.settings.limits, Limits::default());
}

#[test]
fn limits_are_read() {
    let head = "max_queued = 10000\nkeep_ended = { days = 7, number = 50 }\nspool_limit = \"1 GB\"";
    let config = parse(&format!("{head}\n{MINIMAL}")).unwrap();
    let limits = Limits {
        max_queued: 10_000,
        keep_days: 7,
        keep_number: 50,
    };
    assert_eq!(config.settings.limits, limits);
    assert_eq!(config.spool_limit, 1_000_000_000);
}

#[test]
fn faults_have_line_and_column() {
    let rows = [
        (
            "max_queued = 10001",
            "config.toml:1:14: max_queued must be 1 to 10000, not 10001",
        ),
        (
            "max_queued = 0",
            "config.toml:1:14: max_queued must be 1 to 10000, not 0",
        ),
        (
            "keep_ended = { days = 30, hours = 2 }",
            "config.toml:1:27: unknown key keep_ended.hours",
        ),
        (
            "keep_ended = 30",
            "config.toml:1:14: keep_ended must be a table, not an integer",
        ),
        (
            "spool_limit = \"lots\"",
            "config.toml:1:15: spool_limit must be a size such as \"256 MB\", not \"lots\"",
        ),
        (
            "roots = [\"/srv\", \"/var/lib\"]",
            "config.toml:1:18: roots has /var/lib, which contains state_directory /var/lib/modem-ftp/state",
        ),
        (
            "state_directory = \"/var/lib/modem-ftp/files/state\"",
            "config.toml:1:19: state_directory lies in the root /var/lib/modem-ftp/files: callers could reach it",
        ),
        (
            "roots = [\"/a/b\"]\nstate_directory = \"/a\"",
            "config.toml:2:19: state_directory contains the root /a/b: callers could reach it",
        ),
        (
            "roots = [\"/a/b\"]\nstate_directory = \"/a/x/../b\"",
            "config.toml:2:19: state_directory is the root /a/b: callers could reach it",
        ),
    ];
    for (head, expected) in rows {
        assert_eq!(faults(head), [expected]);
    }
    assert!(
        parse(&format!(
            "roots = [\"/a/b\"]\nstate_directory = \"/a/bc\"\n{MINIMAL}"
        ))
        .is_ok()
    );
}
