//! What it means that a command is not answered in time. The silence of one command is not that of
//! the module: whether it still answers `AT` is asked before it counts as gone.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Link;
use super::line_check::HELD;
use super::time_outs::silence;
use crate::api::failure::{Failure, Retry, Scope};
use crate::at::awaited::Awaited;
use crate::at::command::Command;

/// FTP commands in a row that are not answered before the PDP context is rebuilt.
const UNANSWERED: u32 = 3;

impl Link {
    /// The failure of command `C`, which was given up while `awaited` was still to come. The port is
    /// in command mode afterwards if the module answers.
    pub(super) async fn explain_silence<C: Command>(&self, awaited: Awaited) -> Failure {
        if self.is_stopping() || matches!(awaited, Awaited::Result | Awaited::Data) {
            return silence(C::NAME, awaited);
        }
        let is_held = self.check_line().await.is_ok_and(|line| line.is_held);
        if self.prove_command_mode().await.is_err() {
            let gone = self.interruption();
            return gone.map_or_else(
                || match is_held {
                    true => silence(C::NAME, awaited).context(HELD),
                    false => silence(C::NAME, awaited),
                },
                |failure| failure.context(C::NAME),
            );
        }
        let text = format!(
            "{}: not answered in time, although the module answers AT",
            C::NAME
        );
        Failure::new(ErrorName::Timeout, text)
            .retry(Retry::Later)
            .scope(self.scope_of_silence::<C>())
    }

    /// A command of the FTP client that is not answered leaves the session in an unknown state; when
    /// none is answered any more, the session is not enough.
    fn scope_of_silence<C: Command>(&self) -> Scope {
        if !is_ftp::<C>() {
            return Scope::Command;
        }
        let unanswered = self.state.change(|state| {
            state.unanswered = state.unanswered.saturating_add(1);
            state.unanswered
        });
        match unanswered {
            0..UNANSWERED => Scope::Session,
            _ => Scope::Context,
        }
    }

    /// A command was answered.
    pub(super) fn note_answer<C: Command>(&self) {
        if is_ftp::<C>() {
            self.state.change(|state| state.unanswered = 0);
        }
    }

    /// The failure of a download whose local file takes nothing: the tty was not read for that, so
    /// nothing can be said about the module.
    pub(super) fn blame_sink(&self, name: &str) -> Option<Failure> {
        let (held, last) = self
            .state
            .get(|state| (state.is_reading_held, state.received_at));
        let waited: Duration = self.now().instant.saturating_duration_since(last);
        held.then(|| {
            let text = format!(
                "{name}: the local file took no data for {} s (the disk, or the reader of the pipe)",
                waited.as_secs()
            );
            Failure::new(ErrorName::LocalIo, text)
                .retry(Retry::Later)
                .scope(Scope::Session)
        })
    }
}

fn is_ftp<C: Command>() -> bool {
    C::NAME.starts_with("QFTP")
}
