//! What the listing of a directory says of one name in it: the second source where the commands that
//! ask for one file are refused. 550 alone may mean that it is not there, not allowed, not possible
//! now, or that the server knows no such command.

use super::read_listing::{entries, list_names};
use crate::api::failure::{Failure, Scope};
use crate::api::reply::{Entry, EntryType, Reply};
use crate::at::command::ftp::List;
use crate::at::quote::RemotePath;
use crate::link::Link;

/// What a listing says of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// It is there.
    There(Entry),
    /// It is not there.
    Absent,
    /// The directory cannot be listed, or such names may be left out.
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
    let Some(entries) = tolerated(entries(link, &directory).await)? else {
        return Ok(Listed::Unknown);
    };
    Ok(match entries.into_iter().find(|entry| entry.name == name) {
        Some(entry) => Listed::There(entry),
        None if name.starts_with('.') => Listed::Unknown,
        None => Listed::Absent,
    })
}

/// Whether the names in its directory have that of `path`; `None`: they do not tell.
///
/// # Errors
/// What broke the session.
pub async fn is_named(link: &Link, path: &str) -> Result<Option<bool>, Failure> {
    let Some((directory, name)) = split(path) else {
        return Ok(None);
    };
    match tolerated(list_names(link, directory).await)? {
        Some(Reply::Names(names)) if names.iter().any(|found| found == name) => Ok(Some(true)),
        // Listings leave out names that begin with a dot.
        Some(_) if !name.starts_with('.') => Ok(Some(false)),
        _ => Ok(None),
    }
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
    let rows = super::listing::list(&bytes, link.now().unix);
    let mut rows = rows.unwrap_or_default().into_iter();
    Ok(rows.find(|entry| entry.name == name))
}

/// The size in the row that LIST has for one file.
///
/// # Errors
/// What broke the session.
pub async fn file_row(link: &Link, path: &str) -> Result<Option<u64>, Failure> {
    let row = row(link, path).await?;
    let file = row.filter(|row| row.kind != EntryType::Directory);
    Ok(file.and_then(|row| row.size))
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
    let (directory, name) = match path.rsplit_once('/') {
        None => (".", path),
        Some(("", name)) => ("/", name),
        Some((directory, name)) => (directory, name),
    };
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
