//! Remote paths: what they are resolved against, and whether they can be sent.

use crate::api::failure::Failure;
use crate::api::request::Operation;
use crate::at::quote::RemotePath;

/// `path` against the working directory, if one was set by `ChangeDirectory`.
pub fn resolve(directory: Option<&str>, path: &str) -> String {
    match directory {
        Some(directory) if !path.starts_with('/') => {
            let directory = directory.trim_end_matches('/');
            match path {
                "" | "." => format!("{directory}/"),
                path => format!("{directory}/{path}"),
            }
        }
        _ => path.to_owned(),
    }
}

/// Whether `path` can name a file in a transfer.
///
/// # Errors
/// `InvalidArguments`.
pub fn check_file(path: &str) -> Result<(), Failure> {
    RemotePath::new("remote path", path)?;
    if path.ends_with('/') {
        return Err(Failure::new(
            modem_ftp_dbus::errors::ErrorName::InvalidArguments,
            format!("remote path {path:?} names a directory, not a file"),
        ));
    }
    Ok(())
}

/// Whether every path of `operation` can be sent.
///
/// # Errors
/// `InvalidArguments`.
pub fn check_operation(operation: &Operation) -> Result<(), Failure> {
    match operation {
        Operation::List(path) | Operation::ListRaw(path) | Operation::ListNames(path) => {
            RemotePath::or_empty("remote path", path)?;
        }
        Operation::Rename(from, to) => {
            RemotePath::new("remote path", from)?;
            RemotePath::new("new remote path", to)?;
        }
        Operation::Stat(path)
        | Operation::Delete(path)
        | Operation::MakeDirectory(path)
        | Operation::RemoveDirectory(path)
        | Operation::ChangeDirectory(path) => {
            RemotePath::new("remote path", path)?;
        }
        Operation::WorkingDirectory | Operation::Connect => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_resolve_against_the_directory_that_was_changed_to() {
        assert_eq!(resolve(None, "a/b"), "a/b");
        assert_eq!(resolve(Some("/data"), "/a"), "/a");
        assert_eq!(resolve(Some("/data"), "a"), "/data/a");
        assert_eq!(resolve(Some("/"), "a"), "/a");
        assert_eq!(resolve(Some("/data"), "."), "/data/");
    }
}
