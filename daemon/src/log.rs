//! The log: to journald where standard error is the journal, else to standard error.
//!
//! `RUST_LOG` chooses what is logged, as `LEVEL` or `MODULE=LEVEL,…`; the AT dialogue is
//! `modem_ftp::at=debug`. Fields bear the prefix `MODEM_FTP`: `journalctl
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

/// Starts logging; what cannot be understood in `RUST_LOG` is told there.
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

/// The journal, if standard error is connected to it.
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

/// One line an event on standard error: level, text, other fields.
struct Plain;

impl<S: Subscriber> Layer<S> for Plain {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line {
            text: level(*event.metadata().level()).to_owned(),
            fields: String::new(),
        };
        event.record(&mut line);
        let text = plain(&line.text, &line.fields);
        // Standard error that is closed leaves nobody to tell.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

/// One line, whatever is in it: a server's words may hold anything.
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
    fn nothing_in_a_message_makes_a_second_line_or_moves_the_cursor() {
        assert_eq!(
            plain("warning: a\nb\u{1b}[2J", " transfer=7"),
            "warning: a\\nb\\u{1b}[2J transfer=7\n"
        );
        assert_eq!(plain("Grüße", ""), "Grüße\n");
    }
}
