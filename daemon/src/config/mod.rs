//! [`Config`]: the configuration file. Every value of a `Config` is in range and can be quoted in
//! AT commands, and nothing required is missing; otherwise the file is refused with line and
//! column.

mod faults;
mod file;
mod kept;
mod modem;
mod secret;
mod section;
mod server;
mod sync;
#[cfg(test)]
mod tests;
mod tls;
mod values;

use std::path::{Path, PathBuf};

use modem_ftp_core::api::settings::Settings;
use toml::de::DeTable;

use faults::Faults;
pub use faults::Refusal;
use secret::Sources;
use section::Section;

/// Longest configuration file, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// A checked configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The settings of the engine.
    pub settings: Settings,
    /// The roots: paths in method calls must lie below one of them.
    pub roots: Vec<PathBuf>,
    /// Where the queue and the spool are kept; never inside a root.
    pub state_directory: PathBuf,
    /// Bytes that the spool may hold.
    pub spool_limit: u64,
    /// The command that switches the module's power supply off and on; empty if there is none.
    pub power_cycle: Vec<String>,
    /// Warnings, one sentence each.
    pub warnings: Vec<String>,
}

impl Config {
    /// Reads the file and every file it names.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn load(path: &Path) -> Result<Self, Refusal> {
        let (source, _) = file::read_text(path, LIMIT)
            .map_err(|why| Refusal::whole(format!("{}: {why}", path.display())))?;
        let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        Self::parse(path, &source, credentials)
    }

    /// Reads the text of the file at `path`, and every file it names; `credentials` is the folder of
    /// systemd's credentials.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn parse(path: &Path, source: &str, credentials: Option<PathBuf>) -> Result<Self, Refusal> {
        let faults = Faults::default();
        let (table, errors) = DeTable::parse_recoverable(source);
        for error in &errors {
            let offset = error.span().map_or(0, |span| span.start);
            faults.add(offset, error.message());
        }
        if !errors.is_empty() {
            return Err(faults.refuse(path, source));
        }
        let sources = Sources {
            credentials,
            ..Sources::default()
        };
        let mut config = Self::read(&Section::root(table.get_ref(), &faults), &sources);
        if !faults.is_empty() {
            return Err(faults.refuse(path, source));
        }
        config.warnings = sources.warnings.into_inner();
        Ok(config)
    }

    fn read(root: &Section<'_, '_>, sources: &Sources) -> Self {
        let (roots, state_directory) = kept::places(root);
        let limits = kept::limits(root);
        let spool_limit = kept::spool_limit(root);
        let (modem, power_cycle) = modem::modem(root.section("modem"), sources);
        let network = modem::network(root.section("network"), sources);
        let servers = server::servers(root, sources);
        let names: Vec<_> = servers.iter().map(|server| server.name.as_str()).collect();
        sync::check(root, &names);
        root.finish();
        let settings = Settings {
            modem,
            network,
            servers,
            limits,
        };
        Self {
            settings,
            roots,
            state_directory,
            spool_limit,
            power_cycle,
            warnings: Vec::new(),
        }
    }
}
