//! Looking a name up on the server, by the best command that it has.

use modem_ftp_dbus::errors::ErrorName;

use super::listing;
use crate::api::failure::{Failure, Scope};
use crate::at::command::ftp::{
    ChangeDirectory, ModificationTime, NameList, Size, WorkingDirectory,
};
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
/// file": there, and where a server has no SIZE, MDTM is asked, and NLST of the directory where it has no MDTM.
///
/// # Errors
/// Why it cannot be found out.
pub async fn look_up(link: &Link, text: bool, path: &str) -> Result<Found, Failure> {
    let path = RemotePath::new("remote path", path)?;
    if !text {
        match link.send(Size { path: path.clone() }).await {
            Ok(size) => return Ok(Found::File(size)),
            Err(failure) if failure.is_missing_feature() => {}
            Err(failure) => return not_found(failure),
        }
    }
    match link.send(ModificationTime { path: path.clone() }).await {
        Ok(_) => return Ok(Found::Something),
        Err(failure) if failure.is_missing_feature() => {}
        Err(failure) => return not_found(failure),
    }
    match is_named(link, path.as_str()).await {
        Ok(true) => Ok(Found::Something),
        Ok(false) => Ok(Found::Nothing),
        Err(failure) => not_found(failure),
    }
}

/// A failure that says that there is no such file is an answer.
fn not_found(failure: Failure) -> Result<Found, Failure> {
    match failure.name {
        ErrorName::RemoteNotFound => Ok(Found::Nothing),
        _ => Err(failure),
    }
}

/// Whether NLST names a path in the directory that it is in. The session changes to that directory and
/// back, because there are servers that ignore the path of a listing command.
///
/// # Errors
/// Why it cannot be found out; with scope `Session`, when the server does not change back.
async fn is_named(link: &Link, path: &str) -> Result<bool, Failure> {
    let here = RemotePath::new("remote path", ".")?;
    let (directory, name) = match path.rsplit_once('/') {
        None => return names(link, here, path).await,
        Some(("", name)) => ("/", name),
        Some((directory, name)) => (directory, name),
    };
    let before = link.send(WorkingDirectory).await?;
    let before = RemotePath::new("working directory", &before)?;
    let path = RemotePath::new("remote path", directory)?;
    link.send(ChangeDirectory { path }).await?;
    let named = names(link, here, name).await;
    if named
        .as_ref()
        .is_err_and(|failure| failure.scope > Scope::Command)
    {
        // The session is closed for this.
        return named;
    }
    let back = link.send(ChangeDirectory { path: before }).await;
    back.map_err(|failure| {
        let scope = failure.scope.max(Scope::Session);
        failure.scope(scope)
    })?;
    named
}

/// Whether NLST names this in a directory.
async fn names(link: &Link, path: RemotePath, name: &str) -> Result<bool, Failure> {
    match link.receive_listing(NameList { path }).await {
        Ok(bytes) => Ok(listing::names(&bytes)?.iter().any(|found| found == name)),
        // Some servers refuse to list a directory in which there is nothing.
        Err(failure) if failure.reply == Some(450) => Ok(false),
        Err(failure) => Err(failure),
    }
}
