//! [`Directory`]: the working directory on a server, kept in a file for each login session, bus and
//! server of a user. Nobody else can read or change the files.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use modem_ftp_dbus::errors::ErrorName;
use nix::unistd::geteuid;

use crate::failure::{Failure, reason};
use crate::login_session::{Living, LoginSession};

/// Longest file that is read, bytes: the module takes paths of 255.
const LONGEST: u64 = 4096;
/// Begins the name of a file that is being written.
const UNFINISHED: &str = "new-";

/// Where the working directories of this login session on one bus are kept.
pub struct Directory {
    /// The folder of the files; it may not exist.
    folder: PathBuf,
    session: LoginSession,
    bus: String,
}

impl Directory {
    /// On `bus`: "system", "session" or an address.
    pub fn new(bus: &str) -> Self {
        let variable = match bus {
            "system" => std::env::var("DBUS_SYSTEM_BUS_ADDRESS"),
            "session" => std::env::var("DBUS_SESSION_BUS_ADDRESS"),
            _ => Ok(bus.to_owned()),
        };
        Self {
            folder: base().join("cwd"),
            session: LoginSession::own(),
            bus: variable.unwrap_or_else(|_| bus.to_owned()),
        }
    }

    /// Whether a directory may be set on any server; if not, the server need not be asked for.
    pub fn is_used(&self) -> bool {
        let begin = format!("{}-", self.session.id);
        let mut names = self.names();
        names.any(|name| name.starts_with(&begin))
    }

    /// The working directory on a server, if this session set one.
    pub fn get(&self, server: &str) -> Result<Option<String>, Failure> {
        let Some(file) = self.file(server) else {
            return Ok(None);
        };
        let told = |error: &io::Error| Failure::local(&file.display().to_string(), error);
        for folder in self.folders() {
            check(folder)?;
        }
        let metadata = fs::symlink_metadata(&file).map_err(|error| told(&error))?;
        let path = match metadata.is_file() && metadata.len() <= LONGEST {
            true => fs::read_to_string(&file).map_err(|error| told(&error))?,
            false => String::new(),
        };
        match path.strip_suffix('\n') {
            Some(path) if is_directory_name(path) => Ok(Some(path.to_owned())),
            _ => Err(Failure::new(
                ErrorName::LocalIo,
                format!(
                    "{}: not a working directory as `modem-ftp cd` writes it: remove the file, or \
                     use absolute paths",
                    file.display()
                ),
            )),
        }
    }

    /// Fails where no directory can be kept.
    pub fn prepare(&self) -> Result<(), Failure> {
        for folder in self.folders() {
            match DirBuilder::new().mode(0o700).create(folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(unusable(folder, &reason(&error)));
                }
                _ => check(folder)?,
            }
        }
        Ok(())
    }

    /// Keeps the working directory on a server, and removes what sessions that have ended left.
    pub fn set(&self, server: &str, path: &str) -> Result<(), Failure> {
        if !is_directory_name(path) {
            return Err(Failure::new(
                ErrorName::RemoteRefused,
                format!("the directory's name {path} is not an absolute path of printable text"),
            ));
        }
        self.prepare()?;
        self.sweep();
        let file = self.file(server).unwrap_or_else(|| {
            let begin = self.session.begin.unwrap_or_default();
            self.folder
                .join(format!("{}-{begin}-{}", self.session.id, self.tag(server)))
        });
        let new = self
            .folder
            .join(format!("{UNFINISHED}{}", std::process::id()));
        let written = write(&new, path).and_then(|()| fs::rename(&new, &file));
        written.map_err(|error| {
            // What cannot be removed is removed by a later `cd`.
            let _ = fs::remove_file(&new);
            Failure::local(&file.display().to_string(), &error)
        })
    }

    /// The file that there is for a server.
    fn file(&self, server: &str) -> Option<PathBuf> {
        let tag = self.tag(server);
        let own = self.names().filter(|name| {
            let Some((id, begin, of)) = parse(name) else {
                return false;
            };
            let same = self
                .session
                .begin
                .is_none_or(|own| begin == own || begin == 0);
            id == self.session.id && of == tag && same
        });
        let newest = |name: &String| {
            let metadata = fs::symlink_metadata(self.folder.join(name));
            metadata.and_then(|metadata| metadata.modified()).ok()
        };
        own.max_by_key(newest).map(|name| self.folder.join(name))
    }

    /// What of a file's name stands for system start, bus and server (FNV-1a).
    fn tag(&self, server: &str) -> String {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let parts = [boot.trim(), &self.bus, server].join("\0");
        let hash = parts.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        format!("{hash:016x}")
    }

    /// The two folders that are ours, the outer one first.
    fn folders(&self) -> [&Path; 2] {
        [self.folder.parent().unwrap_or(&self.folder), &self.folder]
    }

    /// The names in the folder; none if somebody else owns it: no directory was kept there.
    fn names(&self) -> impl Iterator<Item = String> + use<> {
        let own = self.folders().into_iter().all(is_owned);
        let entries = own.then(|| fs::read_dir(&self.folder).ok()).flatten();
        let entries = entries.into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok())
    }

    /// Removes the files of sessions and processes that have ended.
    fn sweep(&self) {
        let living = Living::look();
        for name in self.names() {
            let is_left = match (parse(&name), name.strip_prefix(UNFINISHED)) {
                (Some((id, begin, _)), _) => living.lacks(id, (begin > 0).then_some(begin)),
                (None, Some(writer)) => !Path::new("/proc").join(writer).exists(),
                (None, None) => false,
            };
            if is_left {
                // Another `cd` may have removed it.
                let _ = fs::remove_file(self.folder.join(name));
            }
        }
    }
}

/// The folder of this program: in the user's runtime folder or else in the one for temporary files.
fn base() -> PathBuf {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let is_usable = |folder: &PathBuf| {
        let metadata = fs::metadata(folder);
        folder.is_absolute()
            && metadata.is_ok_and(|metadata| {
                let own = metadata.uid() == geteuid().as_raw();
                metadata.is_dir() && own && metadata.mode() & 0o022 == 0
            })
    };
    match runtime.filter(is_usable) {
        Some(runtime) => runtime.join("modem-ftp"),
        None => std::env::temp_dir().join(format!("modem-ftp-{}", geteuid())),
    }
}

/// Whether this user owns a folder.
fn is_owned(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.uid() == geteuid().as_raw())
}

/// Refuses a folder that others could change.
fn check(folder: &Path) -> Result<(), Failure> {
    let metadata = fs::symlink_metadata(folder)
        .map_err(|error| Failure::local(&folder.display().to_string(), &error))?;
    if !metadata.is_dir() {
        return Err(unusable(folder, "it is no directory"));
    }
    if metadata.uid() != geteuid().as_raw() {
        let reason = format!("it belongs to the user {}, not to you", metadata.uid());
        return Err(unusable(folder, &reason));
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 {
        let reason = format!("its mode is {mode:04o}, it must be 0700");
        return Err(unusable(folder, &reason));
    }
    Ok(())
}

fn unusable(folder: &Path, reason: &str) -> Failure {
    Failure::new(
        ErrorName::LocalDenied,
        format!(
            "the working directory cannot be kept in {}: {}",
            folder.display(),
            reason
        ),
    )
}

fn write(file: &Path, path: &str) -> io::Result<()> {
    // A process of the same number may have left one.
    let _ = fs::remove_file(file);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options
        .open(file)?
        .write_all(format!("{path}\n").as_bytes())
}

/// The name of a file: number and begin of the session, and the tag.
fn parse(name: &str) -> Option<(i32, u64, &str)> {
    let (id, rest) = name.split_once('-')?;
    let (begin, tag) = rest.split_once('-')?;
    Some((id.parse().ok()?, begin.parse().ok()?, tag))
}

/// Whether a text can be a working directory.
fn is_directory_name(path: &str) -> bool {
    path.starts_with('/') && !path.chars().any(char::is_control)
}

/// What `path` means to somebody whose relative paths start at `directory`.
pub fn resolve(directory: Option<&str>, path: &str) -> String {
    match (directory, path) {
        (Some(directory), ".") => directory.to_owned(),
        // Nothing can be meant by an empty path; the daemon says so.
        (Some(directory), path) if !path.is_empty() && !path.starts_with('/') => {
            format!("{}/{path}", directory.trim_end_matches('/'))
        }
        (_, path) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_start_at_the_directory() {
        assert_eq!(resolve(None, "a"), "a");
        assert_eq!(resolve(Some("/d"), "a"), "/d/a");
        assert_eq!(resolve(Some("/d"), "../a"), "/d/../a");
        assert_eq!(resolve(Some("/"), "a"), "/a");
        assert_eq!(resolve(Some("/d"), "/a"), "/a");
        assert_eq!(resolve(Some("/d"), "."), "/d");
        assert_eq!(resolve(Some("/d"), ""), "");
    }

    #[test]
    fn the_name_of_a_file_has_three_parts() {
        assert_eq!(parse("12-345-00ff"), Some((12, 345, "00ff")));
        assert_eq!(parse("new-12"), None);
        assert_eq!(parse("12-345"), None);
    }

    #[test]
    fn only_an_absolute_printable_path_is_kept() {
        assert!(is_directory_name("/ä b"));
        for path in ["", "a", "/a\n", "/\u{1b}"] {
            assert!(!is_directory_name(path), "{path:?}");
        }
    }
}
