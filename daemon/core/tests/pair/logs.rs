//! What stands in the log at its most talkative: no password, PIN or answer to a raw line.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

use crate::world::{PASSWORD, PIN, World};

/// Keeps every message.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[test]
fn nothing_secret_is_logged() {
    let log = Log::default();
    // With one alone, what tracing keeps of a message is decided by the thread that comes first.
    let _another = tracing::Dispatch::new(Log::default());
    tracing::subscriber::with_default(log.clone(), || {
        let mut world = World::online();
        world.put(b"1", "a");
        for secret in [PASSWORD, PIN] {
            let log = log.0.lock().unwrap();
            assert!(!log.contains(secret), "{secret} in {log}");
        }
        log.0.lock().unwrap().clear();
        world.raw(&format!("AT+CPIN={PIN}")).unwrap();
        world.raw("AT+CGSN").unwrap();
        let imei = world.modem().imei.clone();
        let log = log.0.lock().unwrap();
        assert!(!log.contains(&imei), "{imei} in {log}");
    });
    let log = log.0.lock().unwrap();
    assert!(log.contains("> AT+CPIN=***"), "{log}");
    assert!(log.contains("< AT line: 2 lines Ok"), "{log}");
    assert!(!log.contains(PIN), "{PIN} in {log}");
}
