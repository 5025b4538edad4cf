//! What the listing of a directory says of one name in it: the second source where the commands that
//! ask for one file are refused. 550 alone may mean that it is not there, not allowed, not possible
//! now, or that the server knows no such command.

use super::likeness::{Match, find};
use super::working_directory::{returnable, tells_no_name};
use super::{by_path, listing, path};
use crate::api::failure::{Failure, Scope};
use crate::api::listing::{Entry, Listing, Names};
use crate::at::command::ftp::{ChangeDirectory, List, MachineList, NameList, WorkingDirectory};
use crate::at::quote::RemotePath;
use crate::link::Link;

/// What a listing says of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// It is there.
    There(Entry),
    /// It is not there.
    Absent,
    /// The directory cannot be listed, such names may be left out, or another name in it may be it.
    Unknown,
}

/// What the names in a directory say of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// It is there.
    There,
    /// It is not there.
    Absent,
    /// This path is there, and may be the same file to the server.
    Like(String),
    /// They are not told, or such names may be left out.
    Unknown,
}

/// What the listing of its directory says of `path`.
///
/// # Errors
/// What broke the session.
pub async fn entry(link: &Link, path: &str) -> Result<Listed, Failure> {
    let Some((directory, name)) = split(path) else {
        return Ok(Listed::Unknown);
    };
    let list = async |at: &RemotePath| entries(link, at).await.map(listing::rename_paths);
    let listed = within(link, directory, list, Listing::names).await;
    let Some(entries) = tolerated(listed)? else {
        return Ok(Listed::Unknown);
    };
    Ok(match find(&entries, name) {
        Match::Exact(entry) => Listed::There(entry),
        // Listings leave out names that begin with a dot.
        Match::None if !name.starts_with('.') => Listed::Absent,
        Match::None | Match::Like(_) => Listed::Unknown,
    })
}

/// Whether the names in its directory have that of `path`.
///
/// # Errors
/// What broke the session.
pub async fn is_named(link: &Link, path: &str) -> Result<Named, Failure> {
    let Some((directory, name)) = split(path) else {
        return Ok(Named::Unknown);
    };
    let list = async |at: &RemotePath| names(link, at).await;
    let listed = within(link, directory, list, Listing::names).await;
    let Some(names) = tolerated(listed)? else {
        return Ok(Named::Unknown);
    };
    Ok(match find(&names, name) {
        Match::Exact(_) => Named::There,
        Match::Like(other) => {
            let before = path.trim_end_matches('/').strip_suffix(name);
            Named::Like(format!("{}{other}", before.unwrap_or_default()))
        }
        Match::None if !name.starts_with('.') => Named::Absent,
        Match::None => Named::Unknown,
    })
}

/// Whether the server changes to `path`, which it does to directories only. The session stays where
/// it is; where it could not return, it is not asked.
///
/// # Errors
/// What broke the session.
pub async fn is_directory(link: &Link, path: &str) -> Result<bool, Failure> {
    let Ok(path) = RemotePath::new("remote path", path) else {
        return Ok(false);
    };
    let changed = within(link, path, async |_| Ok(()), |()| Names::default()).await;
    Ok(tolerated(changed)?.is_some())
}

/// How many names there are in the directory in which the session stands; `None`: they are not told.
///
/// # Errors
/// What broke the session.
pub async fn count_here(link: &Link) -> Result<Option<usize>, Failure> {
    let here = RemotePath::new("remote path", ".")?;
    let names = tolerated(names(link, &here).await)?;
    Ok(names.map(|names| names.len()))
}

/// The row that LIST has for one file, where the server lists single files: far less than the
/// listing of its directory.
///
/// # Errors
/// What broke the session.
pub async fn row(link: &Link, path: &str) -> Result<Option<Entry>, Failure> {
    let (Some((_, name)), Ok(remote)) = (split(path), RemotePath::new("remote path", path)) else {
        return Ok(None);
    };
    let Ok(bytes) = link.try_listing(List { path: remote }).await? else {
        return Ok(None);
    };
    let rows = listing::list(bytes, link.now().unix).unwrap_or_default();
    Ok(match find(&listing::rename_paths(rows), name) {
        Match::Exact(entry) => Some(entry),
        Match::Like(_) | Match::None => None,
    })
}

/// What is listed in a directory that the session changes to, and back from: there are servers that
/// ignore the path of a listing command. Where it could not return, it is listed by path.
async fn within<T>(
    link: &Link,
    directory: RemotePath,
    list: impl AsyncFn(&RemotePath) -> Result<T, Failure>,
    named: fn(&T) -> Names,
) -> Result<T, Failure> {
    let here = RemotePath::new("remote path", ".")?;
    if directory.as_str() == "." {
        return list(&here).await;
    }
    let before = match link.try_send(WorkingDirectory).await {
        Ok(told) => told.ok().as_deref().and_then(returnable),
        Err(failure) if tells_no_name(&failure) => None,
        Err(failure) => return Err(failure),
    };
    let Some(before) = before else {
        return by_path::listed(&directory, list, named).await;
    };
    link.send(ChangeDirectory { path: directory }).await?;
    let listed = list(&here).await;
    if matches!(&listed, Err(failure) if failure.scope > Scope::Command && !failure.is_refusal()) {
        // The session is closed for this.
        return listed;
    }
    let back = link.send(ChangeDirectory { path: before }).await;
    back.map_err(|failure| {
        let scope = failure.scope.max(Scope::Session);
        failure.scope(scope)
    })?;
    listed
}

/// The entries at a path, by MLSD, LIST or NLST.
async fn entries(link: &Link, path: &RemotePath) -> Result<Listing, Failure> {
    let refusal = match detailed(link, path).await? {
        Ok(entries) => return Ok(entries),
        Err(refusal) => refusal,
    };
    let list = NameList { path: path.clone() };
    match link.try_listing(list).await? {
        Ok(bytes) => {
            let names = listing::names(&bytes)?;
            if !names.is_empty() {
                link.note_lack::<MachineList>(&refusal);
                link.note_lack::<List>(&refusal);
            }
            Ok(listing::named(names))
        }
        // Some servers refuse to list a directory in which there is nothing.
        Err(_) if refusal.reply == Some(450) => Ok(Listing::default()),
        Err(_) => Err(refusal),
    }
}

/// MLSD, and LIST where that is refused or cannot be read; the inner error: NLST may tell.
async fn detailed(link: &Link, path: &RemotePath) -> Result<Result<Listing, Failure>, Failure> {
    let machine = MachineList { path: path.clone() };
    let refusal = match link.try_listing(machine).await? {
        Ok(bytes) => match listing::mlsd(bytes) {
            Ok(entries) => return Ok(Ok(entries)),
            Err(unreadable) => unreadable,
        },
        Err(refusal) => refusal,
    };
    match link.try_listing(List { path: path.clone() }).await? {
        Ok(bytes) => {
            if !bytes.is_empty() {
                link.note_lack::<MachineList>(&refusal);
            }
            Ok(listing::list(bytes, link.now().unix))
        }
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// The names at a path, by NLST, MLSD or LIST.
async fn names(link: &Link, path: &RemotePath) -> Result<Listing, Failure> {
    let list = NameList { path: path.clone() };
    let refusal = match link.try_listing(list).await? {
        Ok(bytes) => return Ok(listing::named(listing::names(&bytes)?)),
        Err(refusal) => refusal,
    };
    let entries = match detailed(link, path).await? {
        Ok(entries) => entries,
        // Some servers refuse to list a directory in which there is nothing.
        Err(_) if refusal.reply == Some(450) => return Ok(Listing::default()),
        Err(_) => return Err(refusal),
    };
    if !entries.is_empty() {
        link.note_lack::<NameList>(&refusal);
    }
    Ok(entries)
}

/// The size in the row that LIST has for one file.
///
/// # Errors
/// What broke the session.
pub async fn file_row(link: &Link, path: &str) -> Result<Option<u64>, Failure> {
    let row = row(link, path).await?;
    Ok(row.and_then(|row| row.file_size()))
}

/// A listing that cannot be had tells nothing.
fn tolerated<T>(listed: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match listed {
        Ok(listed) => Ok(Some(listed)),
        Err(failure) if failure.scope == Scope::Command || failure.is_refusal() => {
            tracing::debug!("{failure} (it would have told more)");
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// The directory of a path and the name in it.
fn split(path: &str) -> Option<(RemotePath, &str)> {
    let path = path.trim_end_matches('/');
    let (directory, name) = path::parts(path);
    let directory = RemotePath::new("remote path", directory).ok()?;
    (!matches!(name, "" | "." | "..")).then_some((directory, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_a_directory_and_a_name() {
        let split = |path| split(path).map(|(at, name)| (at.as_str().to_owned(), name.to_owned()));
        for (path, directory, name) in [
            ("a.csv", ".", "a.csv"),
            ("/a.csv", "/", "a.csv"),
            ("in/a.csv", "in", "a.csv"),
            ("/in/d/", "/in", "d"),
        ] {
            assert_eq!(split(path), Some((directory.into(), name.into())), "{path}");
        }
        for path in ["", "/", ".", "a/..", "/."] {
            assert_eq!(split(path), None, "{path}");
        }
    }
}
