//! [`Secrets`]: no password, PIN or PEM content may be in anything that leaves the engine (but in the
//! bytes for the module, whose `Debug` shows none of them), in the log or in the dialogue.

use std::cell::RefCell;
use std::fmt::{Debug, Write as _};
use std::sync::Once;

use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::settings::Settings;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

use super::{PASSWORD, PIN, World};

thread_local! {
    /// Those of the worlds of this test.
    static WATCHED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What must not be shown.
#[derive(Clone)]
pub(super) struct Secrets(Vec<String>);

/// Panics if one of `secrets` is in `text`.
fn check(secrets: &[String], text: &str) {
    for secret in secrets {
        assert!(!text.contains(secret), "a secret is shown: {text}");
    }
}

impl Secrets {
    /// All that a configuration has, and those of the account and the SIM.
    pub(super) fn of(settings: &Settings) -> Self {
        let mut secrets = vec![PASSWORD.to_owned(), PIN.to_owned()];
        let mut add = |secret: &Secret| {
            // A PEM file has several lines, and `Debug` writes line ends in another way.
            let lines = secret.expose().lines();
            secrets.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
        };
        add(&settings.network.password);
        settings.modem.sim_pin.iter().for_each(&mut add);
        for server in &settings.servers {
            add(&server.password);
            let tls = &server.tls;
            let files = [&tls.ca, &tls.certificate, &tls.key];
            for pem in files.into_iter().flatten() {
                add(&pem.content);
            }
        }
        Self(secrets)
    }

    /// Checks every line of the log of this thread from now on.
    pub(super) fn watch_log(&self) {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            // Another test of this process may have set one that checks the same.
            let _ = tracing::subscriber::set_global_default(Watcher);
        });
        WATCHED.with_borrow_mut(|watched| watched.clone_from(&self.0));
    }
}

impl World {
    /// Checks something that leaves the engine.
    pub(super) fn check_secrets(&self, what: &impl Debug) {
        check(&self.secrets.0, &format!("{what:?}"));
    }
}

/// Looks for secrets in the log, at its most talkative.
struct Watcher;

/// The text of one message.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Watcher {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        WATCHED.with_borrow(|watched| check(watched, &text.0));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
