//! [`Shown`]: what every output of the log gets: events whose texts are visible and short, whatever a
//! server, the module or a caller named in them.
//!
//! The outputs write the fields of an event by themselves, and the one for journald is a library's. It
//! can neither be given a formatter nor another writer, and a filter could only drop an event. So
//! this layer stands before the outputs: it reads an event's fields once, and hands on an event of the
//! same kind with the texts in their place.

use std::fmt::{self, Write};

use tracing::field::{Field, Value, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::text::Text;

/// Most bytes of a line: the texts of an event, without the names of its fields.
pub const LONGEST_LINE: usize = 4096;
/// Most bytes of a field other than the message.
const LONGEST_FIELD: usize = 256;
/// Most fields of an event.
const FIELDS: usize = 32;
/// So much of a line is kept for the fields behind a long message.
const RESERVE: usize = 1024;

/// Hands events with visible, short texts on to another layer.
pub struct Shown<L>(pub L);

impl<S: Subscriber, L: Layer<S>> Layer<S> for Shown<L> {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut texts = Texts::default();
        event.record(&mut texts);
        let Some((first, _)) = texts.texts.first() else {
            return;
        };
        let mut values: [(&Field, Option<&dyn Value>); FIELDS] = [(first, None); FIELDS];
        for (value, (field, text)) in values.iter_mut().zip(&texts.texts) {
            *value = (field, Some(text));
        }
        let metadata = event.metadata();
        let values = metadata.fields().value_set(&values);
        self.0.on_event(&Event::new(metadata, &values), context);
    }
}

/// The texts of an event's fields.
#[derive(Default)]
struct Texts {
    texts: Vec<(Field, String)>,
    /// Bytes of all of them.
    bytes: usize,
}

impl Texts {
    fn add(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let most = match field.name() {
            "message" => LONGEST_LINE - RESERVE,
            _ => LONGEST_FIELD,
        };
        let mut text = Text::new(most.min(LONGEST_LINE.saturating_sub(self.bytes)));
        // A value that fails to show itself is shown as far as it came.
        let _ = text.write_fmt(value);
        let text = text.finish();
        self.bytes += text.len();
        self.texts.push((field.clone(), text));
    }
}

impl Visit for Texts {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format_args!("{value:?}"));
    }
}

#[cfg(test)]
pub mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// An output that keeps the fields it gets.
    struct Kept(Arc<Mutex<Vec<(String, String)>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            struct Fields<'a>(&'a mut Vec<(String, String)>);
            impl Visit for Fields<'_> {
                fn record_str(&mut self, field: &Field, value: &str) {
                    self.0.push((field.to_string(), value.to_owned()));
                }
                fn record_debug(&mut self, field: &Field, _: &dyn fmt::Debug) {
                    panic!("{field} is no text");
                }
            }
            event.record(&mut Fields(&mut self.0.lock().unwrap()));
        }
    }

    fn fields(log: impl FnOnce()) -> Vec<(String, String)> {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::registry().with(Shown(Kept(kept.clone())));
        tracing::subscriber::with_default(subscriber, log);
        std::mem::take(&mut kept.lock().unwrap())
    }

    #[test]
    fn every_field_of_an_event_is_made_visible() {
        let fields = fields(|| tracing::info!(transfer = 7, name = "b\u{1b}", "a\n{}", 'c'));
        let fields: Vec<_> = fields
            .iter()
            .map(|(field, text)| format!("{field}={text}"))
            .collect();
        assert_eq!(fields, ["message=a\\nc", "transfer=7", "name=b\\u{1b}"]);
    }

    /// Logs a long event, in all forms that a field can have.
    pub fn log_long() {
        let long = "\u{1b}x".repeat(500_000);
        let (a, b, c) = (long.as_str(), Some(&long), &long);
        tracing::warn!(transfer = 7, a, ?b, %c, d = a, e = a, f = a, g = a, "the server says {long}");
    }

    #[test]
    fn a_long_event_is_cut_and_keeps_its_short_fields() {
        let fields = fields(log_long);
        assert_eq!(fields.len(), 9);
        let bytes: usize = fields.iter().map(|(_, text)| text.len()).sum();
        assert!(bytes <= LONGEST_LINE + fields.len() * 48, "{bytes}");
        assert_eq!(fields[1], ("transfer".to_owned(), "7".to_owned()));
        let (_, message) = &fields[0];
        assert!(message.starts_with("the server says \\u{1b}x"), "{message}");
        assert!(message.ends_with("… (1000016 bytes in all)"), "{message}");
        for (name, text) in &fields[2..] {
            assert!(text.ends_with(" bytes in all)"), "{name}: {text}");
        }
    }
}
