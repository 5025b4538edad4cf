//! Refuses a name that is a directory: a file would take its place, or end up somewhere in it.

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use crate::api::failure::{Failure, Scope};
use crate::at::command::ftp::ChangeDirectory;
use crate::at::quote::RemotePath;

/// Refuses the final name if it is a directory. SIZE does not show it: some servers answer it for
/// directories, and most refuse it for them as for missing files. If the server changes to the
/// name, it is a directory; the session then stands in the wrong directory and is closed, in good
/// order: nothing that follows may count as what follows a cut.
///
/// # Errors
/// `RemoteExists`.
pub async fn refuse(attempt: &mut Attempt) -> Result<(), Failure> {
    let remote = &attempt.remote;
    let path = RemotePath::new("remote path", remote)?;
    match attempt.link().send(ChangeDirectory { path }).await {
        Ok(()) => {
            let text = format!("{remote} is a directory: say {remote}/");
            attempt.is_astray = true;
            Err(Failure::new(ErrorName::RemoteExists, text))
        }
        Err(failure) if failure.scope == Scope::Command => Ok(()),
        Err(failure) => Err(failure),
    }
}
