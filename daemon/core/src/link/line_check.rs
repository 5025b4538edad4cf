//! The settings of the serial port, compared before payload moves, after it has moved, and after any
//! trouble: any program that may open the tty can change them, and what moved meanwhile may have lost,
//! added or altered bytes without an error.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Link;
use super::wait::{OnAbort, Waited};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::line::LineReport;
use crate::api::output::Output;

/// How long the shell may take to answer; it answers at once.
const CHECK: Duration = Duration::from_secs(10);

impl Link {
    /// What was found when the port was looked at.
    pub fn line_checked(&self, report: LineReport) {
        self.state.change_with(report, |state, report| {
            state.line_checked = Some(report);
        });
    }

    /// Makes sure that the port is set as it has to be. What was found before.
    ///
    /// # Errors
    /// What closed the port.
    pub async fn check_line(&self) -> Result<LineReport, Failure> {
        self.state.change(|state| state.line_checked = None);
        self.put(Output::CheckLine);
        let checked = self.until(self.after(CHECK), OnAbort::GoOn, || {
            let checked = self.state.change(|state| state.line_checked.take());
            checked.map(Ok).or_else(|| self.interruption().map(Err))
        });
        match checked.await {
            Waited::Ready(report) => report,
            Waited::Aborted(failure) => Err(failure),
            Waited::Late => Ok(LineReport::default()),
        }
    }

    /// Makes sure that the module has not taken bytes of the payload that was sent last for commands.
    ///
    /// # Errors
    /// `Protocol`, when it has: other bytes arrived than were sent.
    pub fn check_unrefused(&self, name: &str) -> Result<(), Failure> {
        if !self
            .state
            .change(|state| std::mem::take(&mut state.refused))
        {
            return Ok(());
        }
        self.abandon();
        Err(spoiled(name, "the module took bytes for commands"))
    }

    /// Makes sure that the settings of the port were right while payload moved.
    ///
    /// # Errors
    /// `Protocol`, when they were not: what moved is not known to be right. What closed the port.
    pub(super) async fn check_moved(&self, name: &str) -> Result<(), Failure> {
        let Some(changed) = self.check_line().await?.changed else {
            return Ok(());
        };
        // The module may have taken bytes for the beginning of a command.
        self.abandon();
        Err(changed_meanwhile(name, &changed))
    }
}

/// The settings of the port were other ones while payload moved.
pub(super) fn changed_meanwhile(name: &str, changed: &str) -> Failure {
    let reason = format!("another program changed the settings of the serial port ({changed})");
    spoiled(name, &reason)
}

/// When payload has not moved for so long, the settings may be why.
pub(super) const PAUSE: Duration = Duration::from_secs(3);

/// The reason why nothing leaves the port.
pub const HELD: &str = "nothing leaves the port, because the module does not assert CTS; if that line is \
                        not wired, set flow_control = \"none\" in [modem]";

/// Bytes that moved are not known to be right.
fn spoiled(name: &str, reason: &str) -> Failure {
    Failure::new(
        ErrorName::Protocol,
        format!("{name}: {reason} while bytes of the file moved"),
    )
    .retry(Retry::Soon)
    .scope(Scope::Session)
}
