//! [`Secrets`]: no password, PIN or PEM content may be in anything that leaves the engine (but in
//! the bytes for the module, whose `Debug` shows none of them), in the log or in the dialogue.

use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::Once;

use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::settings::Settings;

use super::{Log, PASSWORD, PIN, World};

thread_local! {
    /// Those of the worlds of this test.
    static WATCHED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What must not be shown.
#[derive(Clone)]
pub(super) struct Secrets(Vec<String>);

/// Panics if one of `secrets` is in `text`.
fn check(secrets: &[String], text: &str) {
    let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
    for secret in secrets {
        let is_number = secret.bytes().all(|byte| byte.is_ascii_digit());
        for (at, _) in text.match_indices(secret.as_str()) {
            let before = at.checked_sub(1).map(|at| text.as_bytes()[at]);
            let after = text.as_bytes().get(at + secret.len()).copied();
            // The digits of a PIN may be part of a count of bytes.
            let is_part = is_number && (digit(before) || digit(after));
            assert!(is_part, "a secret is shown: {text}");
        }
    }
}

impl Secrets {
    /// All that a configuration has, and those of the account and the SIM.
    pub(super) fn of(settings: &Settings) -> Self {
        let mut secrets = vec![PASSWORD.to_owned(), PIN.to_owned()];
        let mut add = |secret: &Secret| {
            // A PEM file has several lines, and `Debug` writes line ends in another way.
            let lines = secret.expose().lines();
            let secret = lines.filter(|line| !line.is_empty() && !line.starts_with("-----"));
            secrets.extend(secret.map(str::to_owned));
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
            let watcher = Log::new(|line| WATCHED.with_borrow(|watched| check(watched, line)));
            tracing::subscriber::set_global_default(watcher).expect("the only one");
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
