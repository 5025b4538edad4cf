//! [`Plain`]: one line per event on standard error: level, message, other fields.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Writes events as they are to standard error.
pub struct Plain;

impl<S: Subscriber> Layer<S> for Plain {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        // If standard error is closed, there is nowhere to report it.
        let _ = std::io::stderr().write_all(line(event).as_bytes());
    }
}

fn line(event: &Event<'_>) -> String {
    let mut line = Line {
        text: level(*event.metadata().level()).to_owned(),
        fields: String::new(),
    };
    event.record(&mut line);
    format!("{}{}\n", line.text, line.fields)
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

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::super::shown::tests::log_long;
    use super::super::shown::{LONGEST_LINE, Shown};
    use super::*;

    /// Keeps the lines that would be written.
    struct Kept(Arc<Mutex<String>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            self.0.lock().unwrap().push_str(&line(event));
        }
    }

    #[test]
    fn an_event_is_one_line_however_long_it_is() {
        let kept = Arc::new(Mutex::new(String::new()));
        let subscriber = tracing_subscriber::registry().with(Shown(Kept(kept.clone())));
        tracing::subscriber::with_default(subscriber, || {
            tracing::error!(name = "b\nc", "a\u{1b}");
            log_long();
        });
        let kept = kept.lock().unwrap();
        let lines: Vec<_> = kept.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], "error: a\\u{1b} name=b\\nc");
        assert!(lines[1].starts_with("warning: the server says \\u{1b}x"));
        assert!(lines[1].contains(" transfer=7 "), "{}", lines[1]);
        assert!(lines[1].len() < LONGEST_LINE + 512, "{}", lines[1].len());
    }
}
