//! Remote paths: what they are resolved against, and whether they can be sent.

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::Failure;
use crate::api::request::Operation;
use crate::at::quote::RemotePath;

/// What `path` means to a caller whose relative paths start at `directory`; without one, they start
/// where every session stands.
pub fn resolve(directory: Option<&str>, path: &str) -> String {
    match directory {
        Some(directory) if !path.starts_with('/') => match path {
            "" | "." => directory.to_owned(),
            path => format!("{}/{path}", directory.trim_end_matches('/')),
        },
        _ => path.to_owned(),
    }
}

/// The directory of a path, and what follows its last slash.
pub fn parts(path: &str) -> (&str, &str) {
    match path.rsplit_once('/') {
        None => (".", path),
        Some(("", last)) => ("/", last),
        Some(parts) => parts,
    }
}

/// The same operation with its paths resolved.
pub fn resolve_operation(directory: Option<&str>, operation: Operation) -> Operation {
    let resolve = |path: String| resolve(directory, &path);
    match operation {
        Operation::List(path) => Operation::List(resolve(path)),
        Operation::ListRaw(path) => Operation::ListRaw(resolve(path)),
        Operation::ListInto(path, file) => Operation::ListInto(resolve(path), file),
        Operation::ListNames(path) => Operation::ListNames(resolve(path)),
        Operation::Stat(path) => Operation::Stat(resolve(path)),
        Operation::Delete(path) => Operation::Delete(resolve(path)),
        Operation::Rename(from, to) => Operation::Rename(resolve(from), resolve(to)),
        Operation::MakeDirectory(path) => Operation::MakeDirectory(resolve(path)),
        Operation::RemoveDirectory(path) => Operation::RemoveDirectory(resolve(path)),
        Operation::ChangeDirectory(path) => Operation::ChangeDirectory(resolve(path)),
        Operation::WorkingDirectory | Operation::Connect => operation,
    }
}

/// The path that an operation is about; empty if there is none, or only the working directory.
pub fn subject(operation: &Operation) -> &str {
    match operation {
        Operation::List(path)
        | Operation::ListRaw(path)
        | Operation::ListInto(path, _)
        | Operation::ListNames(path)
        | Operation::Stat(path)
        | Operation::Delete(path)
        | Operation::Rename(path, _)
        | Operation::MakeDirectory(path)
        | Operation::RemoveDirectory(path)
        | Operation::ChangeDirectory(path) => path,
        Operation::WorkingDirectory | Operation::Connect => "",
    }
}

/// Whether `path` can name a file in a transfer.
///
/// # Errors
/// `InvalidArguments`.
pub fn check_file(path: &str) -> Result<(), Failure> {
    RemotePath::new("remote path", path)?;
    let (_, last) = parts(path);
    if matches!(last, "" | "." | "..") {
        return Err(Failure::new(
            ErrorName::InvalidArguments,
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
        Operation::List(path)
        | Operation::ListRaw(path)
        | Operation::ListInto(path, _)
        | Operation::ListNames(path) => {
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
    fn relative_paths_start_at_the_directory() {
        assert_eq!(resolve(None, "a/b"), "a/b");
        assert_eq!(resolve(Some("/data"), "/a"), "/a");
        assert_eq!(resolve(Some("/data"), "a"), "/data/a");
        assert_eq!(resolve(Some("/data/"), "a"), "/data/a");
        assert_eq!(resolve(Some("/data"), "../a"), "/data/../a");
        assert_eq!(resolve(Some("/"), "a"), "/a");
        assert_eq!(resolve(Some("/data"), "."), "/data");
        assert_eq!(resolve(Some("/"), ""), "/");
    }

    #[test]
    fn every_path_of_an_operation_is_resolved() {
        let resolved = |operation| resolve_operation(Some("/d"), operation);
        assert_eq!(
            resolved(Operation::Rename("a".into(), "b".into())),
            Operation::Rename("/d/a".into(), "/d/b".into())
        );
        assert_eq!(
            resolved(Operation::Delete("/a".into())),
            Operation::Delete("/a".into())
        );
        assert_eq!(
            resolved(Operation::List(String::new())),
            Operation::List("/d".into())
        );
        assert_eq!(resolved(Operation::Connect), Operation::Connect);
    }

    #[test]
    fn a_file_is_not_named_like_a_directory() {
        for path in ["a", "/a/.b", "..a", "/a/b..."] {
            assert_eq!(check_file(path), Ok(()), "{path}");
        }
        for path in ["", "/", "a/", ".", "..", "/a/.", "a/.."] {
            let failure = check_file(path).expect_err(path);
            assert_eq!(failure.name, ErrorName::InvalidArguments);
        }
    }
}
