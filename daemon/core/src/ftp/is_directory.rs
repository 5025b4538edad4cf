//! Whether a path is a directory, found out without SIZE, which some servers answer for directories.

use crate::api::failure::{Failure, Scope};
use crate::at::command::ftp::{ChangeDirectory, WorkingDirectory};
use crate::at::quote::RemotePath;
use crate::link::Link;

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
