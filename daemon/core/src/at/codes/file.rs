//! Error codes of the file layer (docs/module/at-file.md §5).

use modem_ftp_dbus::ErrorName as Name;

use super::table::codes;
use super::verdict::{Verdict, verdict};
use crate::api::failure::{Retry, Scope};

codes! {
    /// An error of the module's file layer.
    FileError {
        400 InvalidInput "invalid input value",
        401 LargerThanFile "larger than the file",
        402 ReadNothing "read zero byte",
        403 DriveFull "module storage full",
        405 NotFound "file not found on the module",
        406 InvalidName "invalid file name",
        407 Exists "file already exists on the module",
        409 WriteFailed "write failed",
        410 OpenFailed "open failed",
        411 ReadFailed "read failed",
        413 TooManyOpen "too many open files",
        414 ReadOnly "file is read-only",
        416 InvalidHandle "invalid file descriptor",
        417 ListFailed "listing failed",
        418 DeleteFailed "delete failed",
        419 SpaceFailed "disk info failed",
        420 NoSpace "no space on the module",
        421 TimedOut "timeout, fewer bytes received than announced",
        423 TooLarge "file too large for the module",
        425 InvalidParameter "invalid parameter",
        426 AlreadyOpen "file already opened",
    }
}

impl FileError {
    /// What it means. None of these affects the session or the PDP context.
    pub fn verdict(self) -> Verdict {
        let name = match self {
            Self::TimedOut => Name::Timeout,
            _ => Name::Failed,
        };
        let retry = match self {
            Self::WriteFailed
            | Self::OpenFailed
            | Self::ReadFailed
            | Self::ListFailed
            | Self::DeleteFailed
            | Self::SpaceFailed
            | Self::TimedOut => Retry::Soon,
            _ => Retry::Never,
        };
        verdict(name, retry, Scope::Command)
    }
}
