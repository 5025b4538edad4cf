//! Logging: to journald if standard error is connected to the journal, else to standard error.
//!
//! `RUST_LOG` selects what is logged, as `LEVEL` or `MODULE=LEVEL,…`; `modem_ftp::at=debug` logs
//! the AT commands and answers. Fields have the prefix `MODEM_FTP`: `journalctl
//! MODEM_FTP_TRANSFER=7`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::linux::fs::MetadataExt;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging. An error in `RUST_LOG` is logged as a warning.
pub fn start() {
    let (filter, fault) = filter();
    let journal = journal().map(|layer| layer.with_filter(filter.clone()));
    let plain = journal.is_none().then(|| Plain.with_filter(filter));
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

/// Logs one line per event to standard error: level, message, other fields.
struct Plain;

impl<S: Subscriber> Layer<S> for Plain {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line {
            text: level(*event.metadata().level()).to_owned(),
            fields: String::new(),
        };
        event.record(&mut line);
        let text = plain(&line.text, &line.fields);
        // If standard error is closed, there is nowhere to report it.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

/// One line: control characters, which a server's text may contain, are escaped.
fn plain(text: &str, fields: &str) -> String {
    let mut line = String::with_capacity(text.len() + fields.len() + 1);
    for character in text.chars().chain(fields.chars()) {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line.push('\n');
    line
}

fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error: ",
        Level::WARN => "warning: ",
        Level::INFO => "",
        Level::DEBUG => "debug: ",
        Level::TRACE => "trace: ",
    }
}

struct Line {
    text: String,
    fields: String,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.text.push_str(value);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(self.fields, " {}={value}", field.name());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = if field.name() == "message" {
            write!(self.text, "{value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn control_characters_in_a_message_are_escaped() {
        assert_eq!(
            plain("warning: a\nb\u{1b}[2J", " transfer=7"),
            "warning: a\\nb\\u{1b}[2J transfer=7\n"
        );
        assert_eq!(plain("Grüße", ""), "Grüße\n");
    }
}
