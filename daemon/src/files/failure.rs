//! Failures of operations on local files: the error name that fits the system's error.

use std::path::Path;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use nix::errno::Errno;

/// `LocalDenied`, with the text `PATH …`.
pub fn denied(path: &Path, text: &str) -> Failure {
    Failure::new(ErrorName::LocalDenied, format!("{} {text}", path.display()))
}

/// The failure of a system call on a local file.
pub fn errno_failure(path: impl AsRef<Path>, error: Errno) -> Failure {
    let name = match error {
        Errno::ENOENT | Errno::ENOTDIR => ErrorName::LocalNotFound,
        Errno::EACCES | Errno::EPERM | Errno::EROFS | Errno::ELOOP | Errno::EISDIR => {
            ErrorName::LocalDenied
        }
        _ => ErrorName::LocalIo,
    };
    let path = path.as_ref().display();
    Failure::new(name, format!("{path}: {}", error.desc()))
}

/// The failure of an operation of the standard library on a local file.
pub fn io_failure(path: impl AsRef<Path>, error: &std::io::Error) -> Failure {
    match error.raw_os_error() {
        Some(code) => errno_failure(path, Errno::from_raw(code)),
        None => Failure::new(
            ErrorName::LocalIo,
            format!("{}: {error}", path.as_ref().display()),
        ),
    }
}
