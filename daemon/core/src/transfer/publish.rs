//! The final name: it appears once, when the file is whole.

use modem_ftp_dbus::errors::ErrorName;

use super::Attempt;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::options::IfExists;
use crate::at::command::ftp::{DeleteFile, ModificationTime, NameList, Rename, Size};
use crate::at::quote::RemotePath;
use crate::ftp::{listing, path};
use crate::link::Link;
use crate::modem::tolerate;

/// What bears a name on the server.
enum Found {
    Nothing,
    Something,
    File(u64),
}

/// Looks a name up. Servers refuse SIZE in ASCII type with the 550 that else means "no such file":
/// there, and where a server has no SIZE, MDTM is asked, and NLST where it has no MDTM.
async fn look_up(link: &Link, text: bool, path: &str) -> Result<Found, Failure> {
    let path = RemotePath::new("remote path", path)?;
    if !text {
        match link.send(Size { path: path.clone() }).await {
            Ok(size) => return Ok(Found::File(size)),
            Err(failure) if failure.is_missing_feature() => {}
            Err(failure) => return nothing(failure),
        }
    }
    match link.send(ModificationTime { path: path.clone() }).await {
        Ok(_) => return Ok(Found::Something),
        Err(failure) if failure.is_missing_feature() => {}
        Err(failure) => return nothing(failure),
    }
    match link.receive_listing(NameList { path }).await {
        Ok(bytes) if listing::names(&bytes)?.is_empty() => Ok(Found::Nothing),
        Ok(_) => Ok(Found::Something),
        Err(failure) => nothing(failure),
    }
}

/// A failure that says that there is no such file is an answer.
fn nothing(failure: Failure) -> Result<Found, Failure> {
    match failure.name {
        ErrorName::RemoteNotFound => Ok(Found::Nothing),
        _ => Err(failure),
    }
}

/// Checks that nothing bears the final name.
///
/// # Errors
/// `RemoteExists`.
pub async fn ensure_absent(link: &Link, attempt: &Attempt) -> Result<(), Failure> {
    let size = match look_up(link, attempt.text, &attempt.remote).await? {
        Found::Nothing => return Ok(()),
        Found::Something => String::new(),
        Found::File(size) => format!(" ({size} bytes)"),
    };
    Err(Failure::new(
        ErrorName::RemoteExists,
        format!("{} is on the server already{size}", attempt.remote),
    ))
}

/// Whether a rename of `size` bytes whose result was lost took place: the temporary name is gone
/// and the final one is there.
///
/// # Errors
/// Why it cannot be found out.
pub async fn has_been_renamed(link: &Link, attempt: &Attempt, size: u64) -> Result<bool, Failure> {
    match look_up(link, attempt.text, &attempt.temporary).await? {
        Found::Nothing => {}
        Found::Something | Found::File(_) => return Ok(false),
    }
    Ok(match look_up(link, attempt.text, &attempt.remote).await? {
        Found::Nothing => false,
        // With no size to compare it may be the old one, where there may have been one.
        Found::Something => attempt.options.if_exists == IfExists::Fail,
        Found::File(there) => there == size,
    })
}

/// Gives the temporary file its final name. Where a server does not rename onto an existing file,
/// that file steps aside first; a result that got lost is looked up.
///
/// # Errors
/// Why the name could not be given; the temporary file is still there then.
pub async fn rename(link: &Link, attempt: &Attempt, size: u64) -> Result<(), Failure> {
    if attempt.options.if_exists == IfExists::Fail {
        ensure_absent(link, attempt).await?;
    }
    let from = RemotePath::new("temporary remote path", &attempt.temporary)?;
    let to = RemotePath::new("remote path", &attempt.remote)?;
    attempt.note(link, |transfer| transfer.renaming = Some(size));
    let renamed = link
        .send(Rename {
            from: from.clone(),
            to: to.clone(),
        })
        .await;
    let failure = match renamed {
        Ok(()) => return Ok(()),
        Err(failure) => failure,
    };
    if failure.scope > Scope::Command {
        return Err(failure.retry(Retry::Soon));
    }
    // Was it the existing file? Only then is there something to be done about it.
    let present = link.send(Size { path: to.clone() }).await;
    let whole = link.send(Size { path: from.clone() }).await;
    match (present, whole) {
        (Ok(_), Ok(staged)) if staged == size => {
            let aside = path::aside(&attempt.temporary);
            let aside = RemotePath::new("temporary remote path", &aside)?;
            replace(link, from, to, aside).await
        }
        // Renamed all the same: the answer was wrong or belonged to a lost one.
        (Ok(present), Err(gone)) if present == size && gone.name == ErrorName::RemoteNotFound => {
            Ok(())
        }
        _ => Err(failure),
    }
}

/// Puts the file `from` in the place of `to`. What was there is kept `aside` until that is done,
/// and put back if it cannot be.
async fn replace(
    link: &Link,
    from: RemotePath,
    to: RemotePath,
    aside: RemotePath,
) -> Result<(), Failure> {
    link.send(Rename {
        from: to.clone(),
        to: aside.clone(),
    })
    .await?;
    let renamed = link.send(Rename {
        from,
        to: to.clone(),
    });
    if let Err(failure) = renamed.await {
        tolerate(link.send(Rename { from: aside, to }).await)?;
        return Err(failure);
    }
    tolerate(link.send(DeleteFile { path: aside }).await)
}

/// Removes the file that had stepped aside, if one had, after a rename whose result was lost.
///
/// # Errors
/// Only what breaks the session or more.
pub async fn tidy_aside(link: &Link, attempt: &Attempt) -> Result<(), Failure> {
    if attempt.options.if_exists == IfExists::Fail {
        return Ok(());
    }
    let aside = path::aside(&attempt.temporary);
    let path = RemotePath::new("temporary remote path", &aside)?;
    tolerate(link.send(DeleteFile { path }).await)
}
