//! Target `config`: the text of a configuration file.
//!
//! Files that the text names below `/files/` exist: `password` has a secret, `pem` a certificate.

use crate::bounds::bounded;
use modem_ftp_core::at::quote::{Host, RemotePath, User};
use modem_ftpd::{Config, Refusal};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Most faults that are reported.
const FAULTS: usize = 50;
/// What no error may show.
const SECRET: &str = "Pa55w0rd";
/// The name of the file in faults.
const FILE: &str = "c.toml";

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Reads an input.
pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let folder = FOLDER.get_or_init(folder);
    let source = text.replace("/files/", &format!("{}/", folder.display()));
    let parse = || Config::parse(Path::new(FILE), &source, Some(folder.clone()));
    match bounded(source.len(), parse) {
        Ok(config) => check(&config, &source),
        Err(refusal) => refused(&refusal, &source),
    }
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join("modem-ftp-fuzz");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("password"), format!("{SECRET}\n")).unwrap();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{SECRET}\n-----END CERTIFICATE-----\n");
    std::fs::write(folder.join("pem"), pem).unwrap();
    folder
}

fn refused(refusal: &Refusal, source: &str) {
    let more = |line: &&String| line.ends_with(" more faults");
    let faults = match refusal.0.split_last() {
        Some((last, faults)) if more(&last) => faults,
        _ => &refusal.0,
    };
    assert!(
        (1..=FAULTS).contains(&faults.len()),
        "{} faults",
        faults.len()
    );
    let lines: Vec<&str> = source.split('\n').collect();
    let mut last = (0, 0);
    for fault in faults {
        assert!(!fault.contains(char::is_control), "{fault:?}");
        assert!(
            source.contains(SECRET) || !fault.contains(SECRET),
            "{fault:?}"
        );
        let rest = fault.strip_prefix("c.toml:").unwrap();
        let mut parts = rest.splitn(3, ':');
        let (line, column): (usize, usize) = match (parts.next(), parts.next()) {
            (Some(line), Some(column)) => (line.parse().unwrap(), column.parse().unwrap()),
            _ => panic!("{fault:?} has no place"),
        };
        assert!(parts.next().is_some_and(|text| text.len() > 1), "{fault:?}");
        let found = lines
            .get(line.wrapping_sub(1))
            .expect("a line behind the end");
        assert!(
            (1..=found.chars().count() + 1).contains(&column),
            "{fault:?}"
        );
        assert!((line, column) >= last, "the faults are not in order");
        last = (line, column);
    }
}

fn check(config: &Config, source: &str) {
    let is_told = source.contains(SECRET);
    let settings = &config.settings;
    assert!(config.roots.iter().all(|root| root.is_absolute()));
    assert!(config.state_directory.is_absolute());
    for root in &config.roots {
        assert!(
            !config.state_directory.starts_with(root) && !root.starts_with(&config.state_directory)
        );
    }
    assert!(!settings.servers.is_empty());
    assert!(
        settings
            .servers
            .iter()
            .filter(|server| server.default)
            .count()
            <= 1
    );
    for server in &settings.servers {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        assert!((1..=64).contains(&server.name.len()) && server.name.bytes().all(is_plain));
        // What goes into AT commands can be quoted there.
        Host::new("host", &server.host).unwrap();
        User::or_empty("user", &server.user).unwrap();
        RemotePath::or_empty("directory", &server.directory).unwrap();
        assert!(server.port > 0);
        assert!((20..=180).contains(&server.response_timeout.as_secs()));
    }
    let first = config.power_cycle.first();
    assert!(first.is_none_or(|program| Path::new(program).is_absolute()));
    for warning in &config.warnings {
        assert!(!warning.contains(char::is_control), "{warning:?}");
        assert!(is_told || !warning.contains(SECRET), "{warning:?}");
    }
    assert!(
        is_told || !format!("{config:?}").contains(SECRET),
        "a secret in Debug"
    );
}
