//! The final name: it appears once, when the file is whole.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::names::{Names, Renamed};
use super::record::LOST;
use super::{directory, refusal};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::options::IfExists;
use crate::at::command::ftp::{DeleteFile, ModificationTime, Rename};
use crate::at::quote::RemotePath;
use crate::ftp::{Found, look_up};
use crate::link::OnAbort;

/// How long a server that refused a rename may take to make it all the same.
const LATE_RENAME: Duration = Duration::from_secs(2);

/// Finishes what an earlier attempt had begun with the names, if it had: whether the file of that
/// attempt bears its final name now. A file that was being replaced gets its name back otherwise.
///
/// # Errors
/// Why it cannot be found out or finished; `LocalIo` if the file would have to be sent again and
/// cannot be read again.
pub async fn finish_earlier(attempt: &mut Attempt) -> Result<bool, Failure> {
    let renamed = Renamed::of(&attempt.traces, &attempt.options, &attempt.local);
    let Some(renamed) = renamed else {
        return Ok(false);
    };
    let size = renamed.size;
    let names = Names::of(attempt).await?;
    let has_taken_place = names.has_taken_place(renamed)?;
    attempt.note_doubt(has_taken_place);
    let (staged, there) = (names.staging?, names.remote?);
    match staged {
        _ if has_taken_place => {}
        // Verified by that attempt, and not renamed yet. The file that is replaced may be set aside.
        Found::File(staged) if staged == size => give_name(attempt, there, size).await?,
        Found::Something => give_name(attempt, there, size).await?,
        _ => {
            if attempt.traces.backup.is_some() && there == Found::Nothing {
                give_back(attempt).await?;
            }
            attempt.store_backup(false).await?;
            attempt.store_renaming(None).await?;
            if attempt.local.rewindable {
                return Ok(false);
            }
            return Err(Failure::new(ErrorName::LocalIo, LOST));
        }
    }
    tracing::info!("{} has its final name now", attempt.remote);
    attempt.note_transferred(size);
    if attempt.traces.backup.is_some() {
        remove_backup(attempt).await?;
    }
    Ok(true)
}

/// Gives the file that an earlier attempt staged its final name. `there`: what bears it now.
async fn give_name(attempt: &mut Attempt, there: Found, size: u64) -> Result<(), Failure> {
    if attempt.traces.backup.is_some() && there == Found::Nothing {
        let from = RemotePath::new("staging remote path", &attempt.staging)?;
        let to = RemotePath::new("remote path", &attempt.remote)?;
        attempt.note_doubt(true);
        return attempt.link().send(Rename { from, to }).await;
    }
    give_final_name(attempt, size).await
}

/// Gives the file that was to be replaced its name back.
async fn give_back(attempt: &Attempt) -> Result<(), Failure> {
    let from = RemotePath::new("backup remote path", &attempt.backup)?;
    let to = RemotePath::new("remote path", &attempt.remote)?;
    match attempt.link().send(Rename { from, to }).await {
        // Somebody removed it.
        Err(failure) if failure.name == ErrorName::RemoteNotFound => Ok(()),
        other => other,
    }
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
        prove_time(attempt).await?;
        ensure_absent(attempt).await?;
    }
    let from = RemotePath::new("staging remote path", &attempt.staging)?;
    let to = RemotePath::new("remote path", &attempt.remote)?;
    attempt.store_renaming(Some(size)).await?;
    attempt.note_doubt(true);
    attempt.is_checking = false;
    let rename = Rename {
        from: from.clone(),
        to: to.clone(),
    };
    let link = attempt.link().clone();
    let Err(mut failure) = link.send(rename.clone()).await else {
        return Ok(());
    };
    if failure.scope > Scope::Command {
        return Err(failure.retry(Retry::Soon));
    }
    let mut found = Names::of(attempt).await?;
    if found.is_only_staged(size) {
        link.sleep(LATE_RENAME, OnAbort::GoOn).await?;
        found = Names::of(attempt).await?;
    }
    if found.is_only_staged(size) && refusal::may_pass(attempt) {
        // The server may still have been busy with the file that was just sent.
        match link.send(rename).await {
            Ok(()) => return Ok(()),
            Err(again) if again.scope > Scope::Command => return Err(again.retry(Retry::Soon)),
            Err(again) => failure = again,
        }
        found = Names::of(attempt).await?;
    }
    if found.is_only_staged(size) || found.is_in_the_way(size) {
        attempt.note_doubt(false);
    }
    match found {
        found if found.is_renamed(size) => Ok(()),
        found if found.is_only_staged(size) && failure.retry == Retry::Never => {
            Err(refused_always(attempt, failure))
        }
        found if found.is_in_the_way(size) => replace(attempt, from, to).await,
        found if found.is_gone() => {
            attempt.note_doubt(false);
            attempt.is_checking = true;
            Err(vanished(attempt, size, failure))
        }
        _ => Err(failure),
    }
}

/// Asks once, of a file that is there, whether the server tells times. If it does, what MDTM says of
/// other names counts, and their directory need not be listed each time.
async fn prove_time(attempt: &Attempt) -> Result<(), Failure> {
    let link = attempt.link();
    if link.has_worked::<ModificationTime>() || link.lacks::<ModificationTime>() {
        return Ok(());
    }
    let path = RemotePath::new("staging remote path", &attempt.staging)?;
    let answer = link.try_send(ModificationTime { path }).await?;
    if let Err(refusal) = answer {
        tracing::debug!("{refusal} (what it says of other names does not count)");
    }
    Ok(())
}

/// Nothing is in the way of the rename: this server does not rename.
fn refused_always(attempt: &Attempt, failure: Failure) -> Failure {
    let text = format!(
        "all bytes were sent to {} and are there, but then the server refused the rename to {} \
         ({failure}); what was sent is removed later; --no-atomic (atomic = false) writes to the \
         final name",
        attempt.staging, attempt.remote
    );
    Failure {
        text: text.into(),
        retry: Retry::Never,
        ..failure
    }
}

/// The file that was sent bears neither name.
fn vanished(attempt: &Attempt, size: u64, failure: Failure) -> Failure {
    let text = format!(
        "all {size} bytes were sent to {} and the server took them, but then the rename to {} \
         failed ({failure}); neither name shows on the server now: whatever reads that directory may \
         have taken the file at once, or the account may not see it; --no-atomic (atomic = false) \
         writes to the final name, and --verify none (verify = \"none\") does without the check",
        attempt.staging, attempt.remote
    );
    Failure {
        text: text.into(),
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
        to: backup,
    };
    if let Err(failure) = link.send(set_aside).await {
        if failure.scope == Scope::Command {
            attempt.store_backup(false).await?;
        }
        return Err(failure);
    }
    attempt.note_doubt(true);
    if let Err(failure) = link.send(Rename { from, to }).await {
        if failure.scope == Scope::Command {
            attempt.note_doubt(false);
            give_back(attempt).await?;
            attempt.store_backup(false).await?;
        }
        return Err(failure);
    }
    remove_backup(attempt).await
}

/// Removes the file that was replaced. Where the server refuses that, it is tried again later.
async fn remove_backup(attempt: &mut Attempt) -> Result<(), Failure> {
    let path = RemotePath::new("backup remote path", &attempt.backup)?;
    match attempt.link().send(DeleteFile { path }).await {
        Ok(()) => attempt.forget_backup(),
        Err(failure) if failure.scope == Scope::Command => {
            tracing::debug!("{failure} (the replaced file is removed later)");
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}
