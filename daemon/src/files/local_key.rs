//! [`FileKey`]: how the local file of a transfer is opened again, for each attempt and after a
//! restart of the daemon.

use std::path::{Path, PathBuf};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::LocalKey;
use modem_ftp_dbus::ErrorName;

/// The version of the text, at its beginning.
const VERSION: &str = "1";

/// Where a local file is found again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKey {
    /// A file below a root, which is sent from an offset on.
    Source(u64, PathBuf),
    /// A file in the spool.
    Spooled(String),
    /// A file below a root, which is received.
    Sink(PathBuf),
}

impl FileKey {
    /// The key of a file below a root that is sent from `base` on; `None` if its path is not text.
    pub fn source(base: u64, path: &Path) -> Option<LocalKey> {
        let path = path.to_str()?;
        Some(LocalKey(format!("{VERSION} source {base} {path}")))
    }

    /// The key of a file in the spool.
    pub fn spooled(name: &str) -> LocalKey {
        LocalKey(format!("{VERSION} spool {name}"))
    }

    /// The key of a file below a root that is received; `None` if its path is not text.
    pub fn sink(path: &Path) -> Option<LocalKey> {
        let path = path.to_str()?;
        Some(LocalKey(format!("{VERSION} sink {path}")))
    }

    /// What the file of a key is called in failures.
    pub fn name(key: &LocalKey) -> String {
        match Self::parse(key) {
            Ok(Self::Source(_, path) | Self::Sink(path)) => path.display().to_string(),
            Ok(Self::Spooled(_)) | Err(_) => "the file in the spool".to_owned(),
        }
    }

    /// Reads a key.
    ///
    /// # Errors
    /// `LocalIo`: it is not one of this version.
    pub fn parse(key: &LocalKey) -> Result<Self, Failure> {
        let unknown = || {
            let text = format!("the local file cannot be found by {:?}", key.0);
            Failure::new(ErrorName::LocalIo, text)
        };
        let text = key.0.strip_prefix(VERSION).ok_or_else(unknown)?;
        match text.trim_start().split_once(' ') {
            Some(("source", rest)) => {
                let (base, path) = rest.split_once(' ').ok_or_else(unknown)?;
                let base = base.parse().map_err(|_| unknown())?;
                Ok(Self::Source(base, PathBuf::from(path)))
            }
            Some(("spool", name)) if is_spool_name(name) => Ok(Self::Spooled(name.to_owned())),
            Some(("sink", path)) => Ok(Self::Sink(PathBuf::from(path))),
            _ => Err(unknown()),
        }
    }
}

/// Whether a file in the spool may have this name: 16 hexadecimal digits.
pub fn is_spool_name(name: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    name.len() == 16 && name.bytes().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_the_file_it_was_made_for() {
        let path = Path::new("/srv/a file");
        let rows = [
            (
                FileKey::source(7, path).unwrap(),
                FileKey::Source(7, path.to_owned()),
            ),
            (FileKey::sink(path).unwrap(), FileKey::Sink(path.to_owned())),
            (
                FileKey::spooled("0123456789abcdef"),
                FileKey::Spooled("0123456789abcdef".to_owned()),
            ),
        ];
        for (text, key) in rows {
            assert_eq!(FileKey::parse(&text), Ok(key), "{text:?}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "1",
            "2 sink /a",
            "1 spool ../../etc/passwd",
            "1 spool 0123456789ABCDEF",
            "1 source /a",
            "1 source x /a",
            "1 tape 0",
        ] {
            let failure = FileKey::parse(&LocalKey(text.to_owned())).unwrap_err();
            assert_eq!(failure.name, ErrorName::LocalIo, "{text}");
        }
    }
}
