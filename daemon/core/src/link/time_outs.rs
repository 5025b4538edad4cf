//! How long each phase of an exchange may take (docs/module/at-ftp.md §1.5).

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Link;
use crate::api::failure::{Failure, Retry, Scope};
use crate::at::awaited::Awaited;
use crate::at::command::Patience;

/// Added to `rsptimeout` before the module counts as silent: its own clock starts later.
pub(super) const MARGIN: Duration = Duration::from_secs(10);
/// To the final result of a command that is only accepted (docs/module/at-ftp.md §1.5: 5 s or
/// more).
pub(super) const FINAL: Duration = Duration::from_secs(15);
/// Silence on the line after which nothing more belongs to what came before.
pub(super) const QUIET: Duration = Duration::from_millis(300);

/// What the final result of a command stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carries {
    /// The command was accepted.
    Nothing,
    /// A data connection is open: CONNECT may take as long as the server.
    Payload,
}

impl Link {
    /// The time-outs of the server in use: `rsptimeout`, and `negotiatetime` (zero without TLS).
    pub fn set_time_outs(&self, response: Duration, handshake: Duration) {
        self.state
            .change_with((response, handshake), |state, (response, handshake)| {
                state.response_timeout = response;
                state.handshake_timeout = handshake;
            });
    }

    /// `rsptimeout` of the server in use, and a margin.
    pub(super) fn response_limit(&self) -> Duration {
        self.state.get(|state| state.response_timeout) + MARGIN
    }

    /// How long a phase may take.
    pub(super) fn limit(&self, phase: Awaited, patience: Patience, carries: Carries) -> Duration {
        match (phase, patience) {
            (Awaited::Ok, _) => FINAL,
            (_, Patience::Fixed(time)) => time,
            (Awaited::Final, _) if carries == Carries::Nothing => FINAL,
            (_, Patience::Response) => self.response_limit(),
            (_, Patience::Open) => {
                self.response_limit() + self.state.get(|state| state.handshake_timeout)
            }
        }
    }
}

/// What it means that nothing came while this was awaited.
pub(super) fn silence(name: &str, waiting: Awaited) -> Failure {
    match waiting {
        // docs/module/at-ftp.md §1.5: without its result the session is lost, and the PDP context
        // with it.
        Awaited::Result => Failure::new(
            ErrorName::Timeout,
            format!("{name}: accepted by the module, but its result never came"),
        )
        .retry(Retry::Later)
        .scope(Scope::Context),
        Awaited::Data => Failure::new(
            ErrorName::Timeout,
            format!("{name}: the data stopped coming"),
        )
        .retry(Retry::Later)
        .scope(Scope::Session),
        _ => Failure::new(
            ErrorName::ModemUnavailable,
            format!("{name}: the module does not answer"),
        )
        .retry(Retry::Later)
        .scope(Scope::Line),
    }
}
