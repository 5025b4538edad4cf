//! Logging: to journald if standard error is connected to the journal, else to standard error. What a
//! server, the module or a caller named cannot begin another line, colour or reorder one: control
//! characters and bidirectional marks are escaped.
//!
//! `RUST_LOG` selects what is logged, as `LEVEL` or `MODULE=LEVEL,…`; `modem_ftp::at=debug` logs
//! the AT commands and answers. Fields have the prefix `MODEM_FTP`: `journalctl
//! MODEM_FTP_TRANSFER=7`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::linux::fs::MetadataExt;

use tracing::field::{Field, Value, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
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
fn journal() -> Option<Journal> {
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
    Some(Journal(
        layer
            .with_field_prefix(Some("MODEM_FTP".to_owned()))
            .with_syslog_identifier("modem-ftpd".to_owned())
            .with_priority_mappings(mappings),
    ))
}

/// Most fields of an event.
const FIELDS: usize = 32;

/// Logs to journald, which takes lines with line ends in them.
struct Journal(tracing_journald::Layer);

impl<S> Layer<S> for Journal
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut texts = Texts::default();
        event.record(&mut texts);
        let Some((first, _)) = texts.0.first() else {
            return;
        };
        let mut values: [(&Field, Option<&dyn Value>); FIELDS] = [(first, None); FIELDS];
        for (value, (field, text)) in values.iter_mut().zip(&texts.0) {
            *value = (field, Some(text));
        }
        let metadata = event.metadata();
        let values = metadata.fields().value_set(&values);
        self.0.on_event(&Event::new(metadata, &values), context);
    }
}

/// The fields of an event as visible text.
#[derive(Default)]
struct Texts(Vec<(Field, String)>);

impl Visit for Texts {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.clone(), visible(value)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// The text with escapes for what a terminal or a reader of lines would obey.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => shown.extend(character.escape_unicode()),
            _ if character.is_control() => shown.extend(character.escape_default()),
            _ => shown.push(character),
        }
    }
    shown
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
        let text = format!("{}{}\n", visible(&line.text), visible(&line.fields));
        // If standard error is closed, there is nowhere to report it.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
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
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn nothing_begins_a_line_or_controls_a_terminal() {
        assert_eq!(visible("a\nb\u{1b}[2J\u{9b}"), "a\\nb\\u{1b}[2J\\u{9b}");
        assert_eq!(
            visible("exe.\u{202e}cod\u{2028}"),
            "exe.\\u{202e}cod\\u{2028}"
        );
        assert_eq!(visible("Grüße transfer=7"), "Grüße transfer=7");
    }

    /// Keeps what an event was made visible to.
    struct Kept(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut texts = Texts::default();
            event.record(&mut texts);
            let named = texts
                .0
                .iter()
                .map(|(field, text)| format!("{field}={text}"));
            self.0.lock().unwrap().extend(named);
        }
    }

    #[test]
    fn every_field_of_an_event_is_made_visible() {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::registry().with(Kept(kept.clone()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(transfer = 7, name = "b\u{1b}", "a\n{}", 'c');
        });
        let kept = kept.lock().unwrap();
        assert_eq!(*kept, ["message=a\\nc", "transfer=7", "name=b\\u{1b}"]);
    }
}
