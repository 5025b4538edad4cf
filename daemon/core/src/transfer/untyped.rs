//! The size of a file that was asked for before the type of the configuration was in force: the module
//! may set that only with the first transfer of a session, and SIZE may count the line ends of another
//! type until then. It is asked for again afterwards.

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use crate::api::failure::{Failure, Retry, Scope};
use crate::at::command::ftp::{ModificationTime, Size};
use crate::at::quote::RemotePath;

/// What was received of a file whose `size` was not to be believed.
///
/// # Errors
/// `Protocol`, if the size is another one now and the file was not changed meanwhile; the session stays
/// open, and the next attempt has the right size.
pub async fn check(
    attempt: &Attempt,
    path: &RemotePath,
    size: u64,
    received: Result<String, Failure>,
) -> Result<String, Failure> {
    let is_short = matches!(&received, Err(failure) if failure.name == ErrorName::Protocol
        && failure.code.is_none() && failure.scope == Scope::Session);
    if received.is_err() && !is_short {
        return received;
    }
    let again = attempt.link().try_send(Size { path: path.clone() }).await?;
    let Some(now) = again.ok().filter(|now| *now != size) else {
        return received;
    };
    if received.is_ok() && has_changed(attempt, path).await? {
        // It has grown: what was asked for has come.
        return received;
    }
    attempt.note_partial(None);
    let text = format!("the server said that it has {size} bytes, and after the transfer {now}");
    Err(Failure::new(ErrorName::Protocol, text).retry(Retry::Soon))
}

/// Whether the file was changed since its time was asked for.
async fn has_changed(attempt: &Attempt, path: &RemotePath) -> Result<bool, Failure> {
    let Some(before) = attempt.modified() else {
        return Ok(false);
    };
    let command = ModificationTime { path: path.clone() };
    let now = attempt.link().try_send(command).await?;
    Ok(now.is_ok_and(|now| now != before))
}
