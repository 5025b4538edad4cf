//! Looking a name up on the server, by the best command that it has, and by a second one where the
//! first only refuses.

use modem_ftp_dbus::errors::ErrorName;

use super::parent::{self, Listed};
use crate::api::failure::{Failure, Scope};
use crate::at::command::ftp::{ModificationTime, Size};
use crate::at::quote::RemotePath;
use crate::link::Link;

/// What bears a name on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A file or a directory, of unknown size.
    Something,
    /// A file of so many bytes.
    File(u64),
}

/// Looks a name up. In ASCII type servers refuse SIZE with the 550 that otherwise means "no such
/// file", and some do so with MDTM as well: nothing is absent on one such refusal. Two count if one
/// of the commands has worked with this server; else the names in the directory decide.
///
/// # Errors
/// Why it cannot be found out.
pub async fn look_up(link: &Link, text: bool, path: &str) -> Result<Found, Failure> {
    let remote = RemotePath::new("remote path", path)?;
    let mut refusals = Vec::new();
    // Before the type is in force SIZE may be refused for that.
    let is_size_proven = link.works_now::<Size>();
    if !text && !link.lacks::<Size>() {
        let path = remote.clone();
        match link.try_send(Size { path }).await? {
            Ok(size) => return Ok(Found::File(size)),
            Err(refusal) => refusals.push(refusal),
        }
    }
    match link.try_send(ModificationTime { path: remote }).await? {
        Ok(_) => return Ok(Found::Something),
        Err(refusal) => refusals.push(refusal),
    }
    let absent = refusals.iter().filter(|refusal| says_absent(refusal));
    let is_proven = is_size_proven || link.has_worked::<ModificationTime>();
    if is_proven && absent.count() > 1 {
        return Ok(Found::Nothing);
    }
    match parent::is_named(link, path).await? {
        Some(true) => Ok(Found::Something),
        Some(false) => Ok(Found::Nothing),
        None if refusals.iter().any(says_absent) => Ok(Found::Nothing),
        None => Err(refusals.swap_remove(0)),
    }
}

/// Whether a refusal says that there is no such file, if it is to be believed.
fn says_absent(refusal: &Failure) -> bool {
    refusal.name == ErrorName::RemoteNotFound
}

/// A refusal of a path that is "not found", after a second source was asked: the same if that agrees,
/// or tells nothing; else that the path is there and `what` is refused.
///
/// # Errors
/// What broke the session.
pub async fn explain_not_found(
    link: &Link,
    text: bool,
    path: &str,
    what: &str,
    refusal: Failure,
) -> Result<Failure, Failure> {
    if !says_absent(&refusal) {
        return Ok(refusal);
    }
    match look_up(link, text, path).await {
        Ok(Found::Something | Found::File(_)) => Ok(Failure {
            name: ErrorName::RemoteRefused,
            text: format!("{path} is on the server, which does not {what}: {refusal}").into(),
            ..refusal
        }),
        Ok(Found::Nothing) => Ok(refusal),
        Err(failure) if failure.scope > Scope::Command => Err(failure),
        Err(_) => Ok(refusal),
    }
}

/// The size of a file that SIZE does not tell; the inner error: no listing tells it either.
///
/// # Errors
/// What broke the session.
pub async fn listed_size(
    link: &Link,
    path: &str,
    refusal: &Failure,
) -> Result<Result<u64, Listed>, Failure> {
    let row = parent::row(link, path).await?;
    let listed = match row.filter(|row| row.file_size().is_some()) {
        Some(row) => Listed::There(row),
        None => parent::entry(link, path).await?,
    };
    match &listed {
        Listed::There(entry) => match entry.file_size() {
            Some(size) => {
                link.note_lack::<Size>(refusal);
                Ok(Ok(size))
            }
            None => Ok(Err(listed)),
        },
        _ => Ok(Err(listed)),
    }
}
