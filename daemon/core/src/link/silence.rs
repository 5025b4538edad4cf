//! What it means that a command is not answered in time. The silence of one command is not that of
//! the module: whether it still answers `AT` is asked before it counts as gone.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Link;
use super::line_check::HELD;
use super::payload::LocalEnd;
use super::state::Sign;
use super::stop::is_abort;
use super::time_outs::silence;
use crate::api::failure::{Failure, Retry, Scope};
use crate::at::awaited::Awaited;
use crate::at::command::Label;

/// FTP commands in a row that are not answered before the PDP context is rebuilt.
const UNANSWERED: u32 = 3;

impl Link {
    /// The failure of a command that was given up while `awaited` was still to come. The port is
    /// in command mode afterwards if the module answers.
    pub(super) async fn explain_silence(&self, label: Label, awaited: Awaited) -> Failure {
        let name = label.name;
        if self.is_stopping() || matches!(awaited, Awaited::Result | Awaited::Data) {
            return silence(name, awaited);
        }
        self.hear_sign(Sign::Silence);
        let is_held = self.check_line().await.is_ok_and(|line| line.is_held);
        if let Err(failure) = self.prove_command_mode().await {
            if is_abort(&failure) {
                return failure;
            }
            let gone = self.interruption();
            return gone.map_or_else(
                || match is_held {
                    true => silence(name, awaited).context(HELD),
                    false => silence(name, awaited),
                },
                |failure| failure.context(name),
            );
        }
        let text = format!("{name}: not answered in time, although the module answers AT");
        Failure::new(ErrorName::Timeout, text)
            .retry(Retry::Later)
            .scope(self.scope_of_silence(label))
    }

    /// A command of the FTP client that is not answered leaves the session in an unknown state; when
    /// none is answered any more, the session is not enough.
    fn scope_of_silence(&self, label: Label) -> Scope {
        if !label.is_ftp() {
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
    pub(super) fn note_answer(&self, label: Label) {
        if label.is_ftp() {
            self.state.change(|state| state.unanswered = 0);
        }
    }

    /// The failure of payload that the local file has kept from moving for too long: nothing can be
    /// said about the module then.
    pub(super) fn blame_local(&self, name: &str, local: LocalEnd) -> Option<Failure> {
        let (held, since) = self.state.get(|state| {
            let held = state.local.held.since().is_some();
            (held, state.local.blocks_since())
        });
        let waited: Duration = self.now().instant.saturating_duration_since(since?);
        let seconds = waited.as_secs();
        let text = match (local, held) {
            (LocalEnd::Pipe, true) => {
                format!(
                    "{name}: the reader of the pipe does not read: it took nothing for {seconds} s"
                )
            }
            (LocalEnd::Pipe, false) => {
                format!(
                    "{name}: the writer of the pipe does not write: nothing came for {seconds} s"
                )
            }
            (LocalEnd::File, true) => {
                format!("{name}: the disk takes no data: nothing was written for {seconds} s")
            }
            (LocalEnd::File, false) => {
                format!("{name}: the disk gives no data: nothing was read for {seconds} s")
            }
        };
        Some(local_failure(text))
    }

    /// The failure of payload that moves too slowly in all, `blocked` of the time because of its local
    /// end.
    pub(super) fn explain_slowness(
        &self,
        name: &str,
        local: Option<LocalEnd>,
        taken: Duration,
        blocked: Duration,
        bytes: u64,
    ) -> Failure {
        let pace = format!("{bytes} bytes moved in {} s", taken.as_secs());
        match local {
            Some(LocalEnd::Pipe) if blocked * 2 > taken => local_failure(format!(
                "{name}: the other end of the pipe is too slow: {pace}"
            )),
            Some(LocalEnd::File) if blocked * 2 > taken => {
                local_failure(format!("{name}: the disk is too slow: {pace}"))
            }
            _ => Failure::new(
                ErrorName::Timeout,
                format!("{name}: the server or the network is too slow: {pace}"),
            )
            .retry(Retry::Later)
            .scope(Scope::Session),
        }
    }
}

fn local_failure(text: String) -> Failure {
    Failure::new(ErrorName::LocalIo, text)
        .retry(Retry::Later)
        .scope(Scope::Session)
}
