//! The final name: it appears once, when the file is whole.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::directory;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::options::IfExists;
use crate::at::command::ftp::{DeleteFile, Rename};
use crate::at::quote::RemotePath;
use crate::ftp::{Found, look_up};
use crate::link::{Link, tolerate};

/// How long a server that refused a rename may take to make it all the same.
const LATE_RENAME: Duration = Duration::from_secs(2);

/// Finishes what an earlier attempt had begun with the names, if it had: whether the file of that
/// attempt bears its final name now. A file that was being replaced gets its name back otherwise.
///
/// # Errors
/// Why it cannot be found out.
pub async fn finish_earlier(attempt: &mut Attempt) -> Result<bool, Failure> {
    let (renaming, backup) = (attempt.traces.renaming, attempt.traces.backup.clone());
    if renaming.is_none() && backup.is_none() {
        return Ok(false);
    }
    let link = attempt.link().clone();
    let staged = look_up(&link, attempt.text, &attempt.staging).await?;
    let there = look_up(&link, attempt.text, &attempt.remote).await?;
    let mut done = match (staged, there, renaming) {
        (Found::Nothing, Found::File(there), Some(size)) => there == size,
        // With no size to compare it may be the old file, unless there could be none.
        (Found::Nothing, Found::Something, Some(_)) => {
            attempt.options.if_exists == IfExists::Fail || backup.is_some()
        }
        _ => false,
    };
    if let Some(backup) = &backup {
        let backup = RemotePath::new("backup remote path", backup)?;
        let to = RemotePath::new("remote path", &attempt.remote)?;
        if there == Found::Nothing {
            // The attempt ended between its two renames.
            let whole = renaming.is_some_and(|size| staged == Found::File(size));
            let from = match whole {
                true => RemotePath::new("staging remote path", &attempt.staging)?,
                false => backup.clone(),
            };
            link.send(Rename { from, to }).await?;
            done = whole;
        }
        if done {
            remove_backup(&link, backup).await?;
        }
        attempt.store_backup(false).await?;
    }
    if done {
        tracing::info!("{} has its final name already", attempt.remote);
        attempt.note_transferred(renaming.unwrap_or_default());
    } else {
        attempt.store_renaming(None).await?;
    }
    Ok(done)
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
pub async fn give_final_name(attempt: &mut Attempt, size: u64) -> Result<(), Failure> {
    if attempt.options.if_exists == IfExists::Fail {
        ensure_absent(attempt).await?;
    }
    let from = RemotePath::new("staging remote path", &attempt.staging)?;
    let to = RemotePath::new("remote path", &attempt.remote)?;
    attempt.store_renaming(Some(size)).await?;
    let rename = Rename {
        from: from.clone(),
        to: to.clone(),
    };
    let link = attempt.link().clone();
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
        } if staged == size => replace(attempt, from, to).await,
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

/// Puts the staged file `from` in the place of `to`. The file that was there keeps the backup name
/// until that is done, and gets its name back if it cannot be done.
async fn replace(attempt: &mut Attempt, from: RemotePath, to: RemotePath) -> Result<(), Failure> {
    let link = attempt.link().clone();
    let backup = RemotePath::new("backup remote path", &attempt.backup)?;
    // SIZE answers for directories on some servers.
    directory::refuse(attempt).await?;
    attempt.store_backup(true).await?;
    let set_aside = Rename {
        from: to.clone(),
        to: backup.clone(),
    };
    if let Err(failure) = link.send(set_aside).await {
        if failure.scope == Scope::Command {
            attempt.store_backup(false).await?;
        }
        return Err(failure);
    }
    let rename = Rename {
        from,
        to: to.clone(),
    };
    if let Err(failure) = link.send(rename).await {
        if failure.scope == Scope::Command {
            let restore = Rename { from: backup, to };
            link.send(restore).await?;
            attempt.store_backup(false).await?;
        }
        return Err(failure);
    }
    remove_backup(&link, backup).await
}

/// Removes the file that was replaced.
async fn remove_backup(link: &Link, path: RemotePath) -> Result<(), Failure> {
    tolerate(link.send(DeleteFile { path }).await)
}
