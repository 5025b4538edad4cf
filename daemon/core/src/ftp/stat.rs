//! Size and time of a path: each from the command that tells it, else from a listing.

use modem_ftp_dbus::errors::ErrorName;

use super::listing::time;
use super::parent::{self, Listed};
use super::session::Session;
use crate::api::failure::{Failure, Scope};
use crate::api::reply::{Entry, EntryType, Reply};
use crate::at::command::ftp::{ModificationTime, Size};
use crate::at::quote::RemotePath;
use crate::link::Link;

/// Size and time; each where the server tells it.
///
/// # Errors
/// `RemoteNotFound` when more than one 550 says so.
pub async fn stat(session: &mut Session, path: &str) -> Result<Reply, Failure> {
    let link = &session.ftp().link().clone();
    let remote = RemotePath::new("remote path", path)?;
    let size = link
        .try_send(Size {
            path: remote.clone(),
        })
        .await?;
    let time_of = ModificationTime { path: remote };
    let modified = link.try_send(time_of).await?;
    let time = modified.as_deref().ok().and_then(time::mdtm);
    let (size, refusal) = match (size, modified) {
        (Ok(size), refused) => {
            if let Some(refusal) = refused.err().filter(|refusal| !is_of_file(refusal)) {
                link.note_lack::<ModificationTime>(&refusal);
            }
            let size = certain(session, path, size).await?;
            return Ok(reply(Some(size), time));
        }
        (Err(refusal), _) => (None, refusal),
    };
    match parent::entry(link, path).await? {
        Listed::There(entry) => Ok(of_entry(link, &entry, time, &refusal)),
        Listed::Unknown | Listed::Absent if time.is_some() => Ok(reply(size, time)),
        Listed::Unknown => Err(refusal),
        Listed::Absent => Err(Failure {
            name: ErrorName::RemoteNotFound,
            ..refusal
        }),
    }
}

/// Whether a refusal may be of this one file only, and says nothing of others.
fn is_of_file(refusal: &Failure) -> bool {
    let is_of_file = matches!(refusal.reply, Some(450 | 451 | 550 | 551 | 553));
    is_of_file || refusal.name == ErrorName::RemoteNotFound
}

fn of_entry(link: &Link, entry: &Entry, time: Option<i64>, refusal: &Failure) -> Reply {
    let is_directory = entry.kind == EntryType::Directory;
    let size = entry.size.filter(|_| !is_directory);
    if size.is_some() {
        link.note_lack::<Size>(refusal);
    }
    reply(size, time.or(entry.modified))
}

fn reply(size: Option<u64>, modified: Option<i64>) -> Reply {
    Reply::Stat { size, modified }
}

/// The size of a file in the type of the configuration. Before that type is in force SIZE may count
/// the line ends of another one; LIST always shows the file's own bytes.
async fn certain(session: &mut Session, path: &str, size: u64) -> Result<u64, Failure> {
    let link = session.ftp().link().clone();
    let is_text = session.server().is_some_and(|server| !server.binary);
    if size == 0 || is_text || link.is_typed() {
        return Ok(size);
    }
    match parent::row(&link, path).await {
        Ok(row) => Ok(row.and_then(|row| row.size).unwrap_or(size)),
        Err(failure) if failure.scope <= Scope::Session => {
            tracing::debug!("{failure} (the size is that of QFTPSIZE)");
            session.close().await?;
            Ok(size)
        }
        Err(failure) => Err(failure),
    }
}
