//! The final name: it appears once, when the file is whole.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::options::IfExists;
use crate::at::command::ftp::{DeleteFile, Rename};
use crate::at::quote::RemotePath;
use crate::ftp::{Found, look_up};
use crate::link::{Link, tolerate};

/// How long a server that refused a rename may take to make it all the same.
const LATE_RENAME: Duration = Duration::from_secs(2);

/// Whether an earlier attempt had sent and renamed the file, and only the result of its rename was
/// lost: the staging name is gone and the final one is there.
///
/// # Errors
/// Why it cannot be found out.
pub async fn was_done(attempt: &Attempt) -> Result<bool, Failure> {
    let Some(size) = attempt.renaming else {
        return Ok(false);
    };
    let link = attempt.link();
    let staged = look_up(link, attempt.text, &attempt.staging).await?;
    let there = match staged {
        Found::Nothing => look_up(link, attempt.text, &attempt.remote).await?,
        Found::Something | Found::File(_) => Found::Nothing,
    };
    let done = match there {
        Found::Nothing => false,
        // With no size to compare it may be the old file, unless there could be none.
        Found::Something => attempt.options.if_exists == IfExists::Fail,
        Found::File(there) => there == size,
    };
    if !done {
        attempt.note_renaming(None);
        return Ok(false);
    }
    tracing::info!("{} has its final name already", attempt.remote);
    attempt.note_transferred(size);
    if attempt.options.if_exists != IfExists::Fail {
        let path = RemotePath::new("backup remote path", &attempt.backup)?;
        tolerate(link.send(DeleteFile { path }).await)?;
    }
    Ok(true)
}

/// Checks that nothing bears the final name.
///
/// # Errors
/// `RemoteExists`.
pub async fn ensure_absent(attempt: &Attempt) -> Result<(), Failure> {
    let size = match look_up(attempt.link(), attempt.text, &attempt.remote).await? {
        Found::Nothing => return Ok(()),
        Found::Something => String::new(),
        Found::File(size) => format!(" ({size} bytes)"),
    };
    Err(Failure::new(
        ErrorName::RemoteExists,
        format!("{} is on the server already{size}", attempt.remote),
    ))
}

/// Gives the staged file of `size` bytes its final name. Where a server does not rename onto an
/// existing file, that file gets a backup name first; a result that was lost is looked up.
///
/// # Errors
/// Why the name could not be given; the file then still bears its staging name.
pub async fn give_final_name(attempt: &Attempt, size: u64) -> Result<(), Failure> {
    if attempt.options.if_exists == IfExists::Fail {
        ensure_absent(attempt).await?;
    }
    let from = RemotePath::new("staging remote path", &attempt.staging)?;
    let to = RemotePath::new("remote path", &attempt.remote)?;
    attempt.note_renaming(Some(size));
    let rename = Rename {
        from: from.clone(),
        to: to.clone(),
    };
    let link = attempt.link();
    let Err(failure) = link.send(rename).await else {
        return Ok(());
    };
    if failure.scope > Scope::Command {
        return Err(failure.retry(Retry::Soon));
    }
    let mut found = Names::look_up(attempt).await;
    if found.is_only_staged(size) {
        link.sleep(LATE_RENAME).await;
        found = Names::look_up(attempt).await;
    }
    match found {
        found if found.is_renamed(size) => Ok(()),
        found if found.is_only_staged(size) => Err(refused_always(failure)),
        Names {
            remote: Ok(Found::File(_)),
            staging: Ok(Found::File(staged)),
        } if staged == size => {
            let backup = RemotePath::new("backup remote path", &attempt.backup)?;
            replace(link, from, to, backup).await
        }
        _ => Err(failure),
    }
}

/// What bears the two names of a file after a rename was refused.
struct Names {
    remote: Result<Found, Failure>,
    staging: Result<Found, Failure>,
}

impl Names {
    async fn look_up(attempt: &Attempt) -> Self {
        let link = attempt.link();
        Self {
            remote: look_up(link, false, &attempt.remote).await,
            staging: look_up(link, false, &attempt.staging).await,
        }
    }

    fn is_only_staged(&self, size: u64) -> bool {
        self.remote == Ok(Found::Nothing) && self.staging == Ok(Found::File(size))
    }

    fn is_renamed(&self, size: u64) -> bool {
        self.remote == Ok(Found::File(size)) && self.staging == Ok(Found::Nothing)
    }
}

/// Nothing is in the way of the rename: this server does not rename.
fn refused_always(failure: Failure) -> Failure {
    let text = format!(
        "{}; the server does not rename: --no-atomic (atomic = false) writes to the final name",
        failure.text
    );
    Failure {
        text,
        retry: Retry::Never,
        ..failure
    }
}

/// Puts the file `from` in the place of `to`. The file that was there keeps the `backup` name until
/// that is done, and gets its name back if it cannot be done.
async fn replace(
    link: &Link,
    from: RemotePath,
    to: RemotePath,
    backup: RemotePath,
) -> Result<(), Failure> {
    let set_aside = Rename {
        from: to.clone(),
        to: backup.clone(),
    };
    link.send(set_aside).await?;
    let rename = Rename {
        from,
        to: to.clone(),
    };
    if let Err(failure) = link.send(rename).await {
        tolerate(link.send(Rename { from: backup, to }).await)?;
        return Err(failure);
    }
    tolerate(link.send(DeleteFile { path: backup }).await)
}
