//! The final name: it appears once, when the file is whole.

use modem_ftp_dbus::errors::ErrorName;

use super::Attempt;
use crate::at::command::ftp::{DeleteFile, Rename, Size};
use crate::at::quote::RemotePath;
use crate::failure::{Failure, Retry, Scope};
use crate::ftp::path;
use crate::link::Link;
use crate::modem::tolerate;
use crate::request::IfExists;

/// Checks that nothing bears the name.
///
/// # Errors
/// `RemoteExists`.
pub async fn ensure_absent(link: &Link, path: &str) -> Result<(), Failure> {
    let wanted = RemotePath::new("remote path", path)?;
    match link.send(Size { path: wanted }).await {
        Ok(size) => Err(Failure::new(
            ErrorName::RemoteExists,
            format!("{path} is on the server already ({size} bytes)"),
        )),
        Err(failure) if failure.name == ErrorName::RemoteNotFound => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Gives the temporary file its final name. Where a server does not rename onto an existing file,
/// that file steps aside first; a result that got lost is looked up.
///
/// # Errors
/// Why the name could not be given; the temporary file is still there then.
pub async fn rename(link: &Link, attempt: &Attempt, size: u64) -> Result<(), Failure> {
    if attempt.options.if_exists == IfExists::Fail {
        ensure_absent(link, &attempt.remote).await?;
    }
    let from = RemotePath::new("temporary remote path", &attempt.temporary)?;
    let to = RemotePath::new("remote path", &attempt.remote)?;
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
