//! [`Setup`]: server, bus, module and daemon of a run.

use std::fs;
use std::path::{Path, PathBuf};

use modem_ftp_tests::{Bus, Config, Daemon, Error, FtpServer, Kind, Modem, Options};

use crate::content::content;
use crate::folders;

/// The rate of the serial line, so that transfers take a second or two.
const BAUD: u32 = 921_600;

/// Everything that runs.
pub struct Setup {
    // Dropped in this order: users before what they use.
    pub daemon: Daemon,
    _modem: Modem,
    pub bus: Bus,
    pub server: FtpServer,
}

impl Setup {
    /// Starts everything, with files on the server.
    pub fn start(kind: Kind, never_replace: bool) -> Result<Self, Error> {
        let options = Options {
            never_replace,
            ..Options::default()
        };
        let server = FtpServer::start(kind, options)?;
        for (name, size) in files() {
            fs::write(server.root().join(&name), content(size))?;
            own_as(server.root(), &server.root().join(name))?;
        }
        let bus = Bus::start()?;
        let modem = Modem::start(&["--baud", &BAUD.to_string()])?;
        let mut config = Config::new(&modem.device())?;
        config.server("plant", &server)?;
        config.set("modem.baud", i64::from(BAUD));
        config.set("keep_ended.number", 10_000);
        let daemon = Daemon::online(&bus, config)?;
        Ok(Self {
            daemon,
            _modem: modem,
            bus,
            server,
        })
    }

    /// Staging and backup names on the server.
    pub fn staging_names(&self) -> Vec<String> {
        let mut names = names(self.server.root());
        names.retain(|name| name.ends_with(".part") || name.ends_with(".prev"));
        names
    }

    /// Staging names below the root.
    pub fn local_staging_names(&self) -> Vec<String> {
        let mut names = names(&self.daemon.root());
        names.retain(|name| name.ends_with(".part"));
        names
    }

    /// How many files the spool has.
    pub fn spooled(&self) -> usize {
        names(&self.spool()).len()
    }

    /// The folder of the spool.
    pub fn spool(&self) -> PathBuf {
        self.daemon.state().join("spool")
    }
}

/// The names of a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The files that are on the server at the start, with their sizes.
fn files() -> Vec<(String, usize)> {
    let replaced =
        (0..folders::REPLACED).map(|it| (folders::replaced(it), folders::replaced_size(it)));
    let sources =
        (0..folders::DOWNLOADED).map(|it| (folders::downloaded(it), folders::downloaded_size(it)));
    let renamed = (0..folders::RENAMED).map(|it| {
        let [name, _] = folders::renamed(it);
        (name, folders::renamed_size(it))
    });
    replaced.chain(sources).chain(renamed).collect()
}

/// Gives a file the owner of its folder: some servers run as another user.
fn own_as(folder: &Path, file: &Path) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt;
    let folder = fs::metadata(folder)?;
    if fs::metadata(file)?.uid() != folder.uid() {
        std::os::unix::fs::chown(file, Some(folder.uid()), Some(folder.gid()))?;
    }
    Ok(())
}
