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
/// file": there, and where a server has no SIZE, MDTM is asked, and NLST where it has no MDTM.
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
    match link.receive_listing(NameList { path }).await {
        Ok(bytes) if listing::names(&bytes)?.is_empty() => Ok(Found::Nothing),
        Ok(_) => Ok(Found::Something),
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

/// Whether a path is a directory: the server changes to it, and back to where it was.
///
/// # Errors
/// Why it cannot be found out; with scope `Session`, when the server does not change back.
pub async fn is_directory(link: &Link, path: RemotePath) -> Result<bool, Failure> {
    let before = link.send(WorkingDirectory).await?;
    let before = RemotePath::new("working directory", &before)?;
    match link.send(ChangeDirectory { path }).await {
        Ok(()) => {}
        Err(failure) if failure.scope == Scope::Command => return Ok(false),
        Err(failure) => return Err(failure),
    }
    let back = link.send(ChangeDirectory { path: before }).await;
    back.map_err(|failure| {
        let scope = failure.scope.max(Scope::Session);
        failure.scope(scope)
    })?;
    Ok(true)
}
