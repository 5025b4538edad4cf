//! Looking a name up on the server, by the best command that it has, and by a second one where the
//! first only refuses.

use modem_ftp_dbus::errors::ErrorName;

use super::parent::{self, Listed, Named};
use crate::api::failure::{Failure, Scope};
use crate::api::reply::EntryType;
use crate::at::command::ftp::{List, ModificationTime, Size};
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

/// What SIZE and MDTM say of a name.
enum Asked {
    Found(Found),
    Refused(Refused),
}

/// Both were refused.
struct Refused {
    first: Failure,
    /// How many of the two say now that nothing is there. A refusal of an earlier command, which is
    /// given in place of what the server is known to lack, says nothing of this name.
    absent: usize,
    /// Those of them that come from a command that has told of another file: 550 of any other one
    /// may be its answer to everything.
    proven: usize,
}

/// Looks a name up. In ASCII type servers refuse SIZE with the 550 that otherwise means "no such
/// file", and some do so with MDTM as well: nothing is absent on one such refusal. Two count, if each
/// is of a command that has worked with this server and LIST does not show the file either (a server
/// may refuse both for a file that may not be read); else the names in the directory decide.
///
/// # Errors
/// Why it cannot be found out.
pub async fn look_up(link: &Link, text: bool, path: &str) -> Result<Found, Failure> {
    match ask(link, text, path).await? {
        Asked::Found(found) => Ok(found),
        Asked::Refused(refused) => by_listing(link, text, path, refused).await,
    }
}

/// Looks a staging name up, which nobody else gives to a file: there two refusals count if one of
/// the commands has worked, so that it takes no data connection.
///
/// # Errors
/// As [`look_up`].
pub async fn look_up_staging(link: &Link, text: bool, path: &str) -> Result<Found, Failure> {
    match ask(link, text, path).await? {
        Asked::Found(found) => Ok(found),
        Asked::Refused(refused) if refused.absent > 1 && refused.proven > 0 => Ok(Found::Nothing),
        Asked::Refused(refused) => by_listing(link, text, path, refused).await,
    }
}

/// What listings say of a name for which SIZE and MDTM are refused.
async fn by_listing(
    link: &Link,
    text: bool,
    path: &str,
    refused: Refused,
) -> Result<Found, Failure> {
    if refused.proven > 1 && !link.lacks::<List>() {
        return Ok(match parent::row(link, path).await? {
            Some(_) => Found::Something,
            None => Found::Nothing,
        });
    }
    match parent::is_named(link, path).await? {
        Named::There => Ok(Found::Something),
        Named::Absent => Ok(Found::Nothing),
        Named::Like(other) => {
            match refused.absent > 0 && is_told_apart(link, text, &other).await? {
                true => Ok(Found::Nothing),
                false => Err(unclear(path, &other, refused.first)),
            }
        }
        Named::Unknown if refused.absent > 0 => Ok(Found::Nothing),
        Named::Unknown => Err(refused.first),
    }
}

/// Asks for size and time of a path.
async fn ask(link: &Link, text: bool, path: &str) -> Result<Asked, Failure> {
    let remote = RemotePath::new("remote path", path)?;
    let mut refusals = Vec::new();
    // Before the type is in force SIZE may be refused for that.
    let is_size_proven = link.works_now::<Size>();
    if !text && !link.lacks::<Size>() {
        let path = remote.clone();
        match link.try_send(Size { path }).await? {
            Ok(size) => return Ok(Asked::Found(Found::File(size))),
            Err(refusal) => refusals.push((is_size_proven, refusal)),
        }
    }
    let (is_lacking, is_time_proven) = (
        link.lacks::<ModificationTime>(),
        link.has_worked::<ModificationTime>(),
    );
    let time = ModificationTime { path: remote };
    let last = match link.try_send(time).await? {
        Ok(_) => return Ok(Asked::Found(Found::Something)),
        Err(refusal) => refusal,
    };
    if !is_lacking {
        refusals.push((is_time_proven, last.clone()));
    }
    let absent = refusals.iter().filter(|(_, refusal)| says_absent(refusal));
    Ok(Asked::Refused(Refused {
        absent: absent.clone().count(),
        proven: absent.filter(|(is_proven, _)| *is_proven).count(),
        first: refusals.into_iter().next().map_or(last, |(_, first)| first),
    }))
}

/// Whether the server tells of a file of almost the same name, so that it refused the other one
/// because that is another file.
async fn is_told_apart(link: &Link, text: bool, other: &str) -> Result<bool, Failure> {
    match ask(link, text, other).await {
        Ok(Asked::Found(_)) => Ok(true),
        Ok(Asked::Refused(_)) => Ok(false),
        Err(failure) if failure.scope > Scope::Command => Err(failure),
        // Such a name cannot be sent.
        Err(_) => Ok(false),
    }
}

/// The failure that the server has a name that may be the one that is looked up.
fn unclear(path: &str, other: &str, refusal: Failure) -> Failure {
    let text = format!(
        "whether {path} is on the server cannot be told, its directory lists {other}: {refusal}"
    );
    Failure {
        name: ErrorName::RemoteRefused,
        text: text.into(),
        ..refusal
    }
}

/// Whether a refusal says that there is no such file, if it is to be believed.
fn says_absent(refusal: &Failure) -> bool {
    refusal.name == ErrorName::RemoteNotFound
}

/// A refusal of a path that is "not found", after other sources were asked: the same if they agree, or
/// tell nothing; else that the path is there and `what` is refused. Commands for files are refused for
/// directories, and for files that may not be read, as for what is missing.
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
    match what_is_there(link, text, path).await {
        Ok(Some(kind)) => {
            let text = format!("{path} is on the server{kind}, which does not {what}: {refusal}");
            Ok(Failure {
                name: ErrorName::RemoteRefused,
                text: text.into(),
                ..refusal
            })
        }
        Ok(None) => Ok(refusal),
        // The directory is too long to be listed. The session is closed for that, and no more.
        Err(failure) if failure.scope == Scope::Session && failure.name == ErrorName::Failed => {
            Ok(refusal.scope(Scope::Session))
        }
        Err(failure) if failure.scope > Scope::Command => Err(failure),
        Err(_) => Ok(refusal),
    }
}

/// What is there, as a remark; `None`: nothing, or it does not show.
async fn what_is_there(
    link: &Link,
    text: bool,
    path: &str,
) -> Result<Option<&'static str>, Failure> {
    const DIRECTORY: &str = " (a directory)";
    if let Asked::Found(_) = ask(link, text, path).await? {
        return Ok(Some(""));
    }
    if parent::is_directory(link, path).await? {
        return Ok(Some(DIRECTORY));
    }
    Ok(match parent::entry(link, path).await? {
        Listed::There(entry) if entry.kind == EntryType::Directory => Some(DIRECTORY),
        Listed::There(_) => Some(""),
        Listed::Absent | Listed::Unknown => None,
    })
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
