//! Logging: to journald if standard error is connected to the journal, else to standard error. What a
//! server, the module or a caller named cannot begin another line, colour or reorder one: control
//! characters and bidirectional marks are escaped. Nor can it make a line long: one has at most
//! [`LONGEST_LINE`] bytes.
//!
//! `RUST_LOG` selects what is logged, as `LEVEL` or `MODULE=LEVEL,…`; `modem_ftp::at=debug` logs
//! the AT commands and answers. Fields have the prefix `MODEM_FTP`: `journalctl
//! MODEM_FTP_TRANSFER=7`.

mod plain;
mod shown;
mod text;

use std::fmt::Write as _;
use std::os::linux::fs::MetadataExt;

use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use plain::Plain;
use shown::{LONGEST_LINE, Shown};
use text::Text;

/// Starts logging. An error in `RUST_LOG` is logged as a warning.
pub fn start() {
    let (filter, fault) = filter();
    let journal = journal().map(|layer| Shown(layer).with_filter(filter.clone()));
    let plain = journal.is_none().then(|| Shown(Plain).with_filter(filter));
    let started = tracing_subscriber::registry()
        .with(journal)
        .with(plain)
        .try_init();
    if started.is_ok()
        && let Some(fault) = fault
    {
        tracing::warn!("{fault}");
    }
}

fn filter() -> (Targets, Option<String>) {
    let usual = Targets::new().with_default(LevelFilter::INFO);
    let Ok(text) = std::env::var("RUST_LOG") else {
        return (usual, None);
    };
    match text.parse() {
        Ok(filter) => (filter, None),
        Err(error) => (
            usual,
            Some(format!("RUST_LOG={text:?} is ignored: {error}")),
        ),
    }
}

/// The journald layer, if standard error is connected to the journal.
fn journal() -> Option<tracing_journald::Layer> {
    let connected = std::env::var("JOURNAL_STREAM").ok()?;
    let stderr = std::fs::metadata("/proc/self/fd/2").ok()?;
    if connected != format!("{}:{}", stderr.st_dev(), stderr.st_ino()) {
        return None;
    }
    let mappings = PriorityMappings {
        error: Priority::Error,
        warn: Priority::Warning,
        info: Priority::Informational,
        debug: Priority::Debug,
        trace: Priority::Debug,
    };
    let layer = tracing_journald::layer().ok()?;
    Some(
        layer
            .with_field_prefix(Some("MODEM_FTP".to_owned()))
            .with_syslog_identifier("modem-ftpd".to_owned())
            .with_priority_mappings(mappings),
    )
}

/// The text in one short line, with escapes for what a terminal or a reader of lines would obey.
pub fn visible(text: &str) -> String {
    let mut shown = Text::new(LONGEST_LINE);
    // Writing to a string cannot fail.
    let _ = shown.write_str(text);
    shown.finish()
}
