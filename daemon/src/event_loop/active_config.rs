//! [`ActiveConfig`]: the configuration in force, and its replacement after it was read again.

use std::path::PathBuf;
use std::sync::Arc;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::settings::Settings;
use modem_ftp_dbus::ErrorName;

use super::disk_jobs::DiskJobs;
use crate::config::{Config, Refusal};
use crate::files::{Lane, Owner, Roots, STEP};
use crate::messages::{Message, ReplyTo};
use crate::serial::PortSettings;

/// The configuration in force.
#[derive(Debug)]
pub struct ActiveConfig {
    path: PathBuf,
    config: Config,
    roots: Arc<Roots>,
    /// Directories that must not be reached through the roots.
    private: Vec<PathBuf>,
    /// Where it is read again.
    lane: Option<Lane>,
    /// Whether it is being read now.
    is_being_read: bool,
    /// Whether it is to be read once more after that: it may have changed meanwhile.
    is_wanted: bool,
    /// Who waits until it was read.
    waiting: Vec<ReplyTo>,
    /// What was refused and logged last.
    refused: Option<String>,
}

impl ActiveConfig {
    /// A configuration that was read from `path`, and its roots. `private` directories are never
    /// reached through those or later ones.
    pub fn new(path: PathBuf, config: Config, roots: Arc<Roots>, private: Vec<PathBuf>) -> Self {
        Self {
            path,
            config,
            roots,
            private,
            lane: None,
            is_being_read: false,
            is_wanted: false,
            waiting: Vec::new(),
            refused: None,
        }
    }

    /// What the engine needs of it.
    pub fn settings(&self) -> &Settings {
        &self.config.settings
    }

    /// The configured roots.
    pub fn roots(&self) -> Arc<Roots> {
        Arc::clone(&self.roots)
    }

    /// Bytes that the spool may hold.
    pub fn spool_limit(&self) -> u64 {
        self.config.spool_limit
    }

    /// The power-cycle command; empty if there is none.
    pub fn power_cycle(&self) -> &[String] {
        &self.config.power_cycle
    }

    /// Path of the tty.
    pub fn device(&self) -> &str {
        &self.config.settings.modem.device
    }

    /// What the serial port is opened with.
    pub fn port(&self) -> PortSettings {
        let modem = &self.config.settings.modem;
        PortSettings {
            device: modem.device.clone(),
            baud: modem.baud,
            hardware_flow_control: modem.hardware_flow_control,
        }
    }

    /// Has the file read again; [`Message::ConfigRead`] follows. Of those who ask while it is being read,
    /// all get the result of the next time.
    pub fn read_again(&mut self, reply: Option<ReplyTo>, disk: &DiskJobs) {
        self.waiting.extend(reply);
        self.is_wanted = true;
        if !self.is_being_read {
            self.read(disk);
        }
    }

    /// It was read, and what came of it is done. It is read once more if that was asked for meanwhile.
    pub fn end_reading(&mut self, disk: &DiskJobs) {
        self.is_being_read = false;
        if self.is_wanted {
            self.read(disk);
        }
    }

    fn read(&mut self, disk: &DiskJobs) {
        (self.is_being_read, self.is_wanted) = (true, false);
        let replies = std::mem::take(&mut self.waiting);
        let lane = self.lane.take().filter(|lane| !lane.is_stuck());
        let name = "the configuration or a file that it names";
        let new = || disk.lane(Owner::Configuration, name);
        let lane = self.lane.insert(lane.unwrap_or_else(new));
        let (path, private) = (self.path.clone(), self.private.clone());
        let read = move || {
            let read = Config::load(&path);
            Ok(read.map(|config| {
                let roots = Roots::find(&config.roots, &private);
                (config, roots)
            }))
        };
        disk.run(lane, STEP, read, |read| {
            let read = read.unwrap_or_else(|failure| Err(Refusal::whole(failure.text.into())));
            Message::ConfigRead(Box::new(read), replies)
        });
    }

    /// Puts a configuration in force, unless it was refused.
    ///
    /// # Errors
    /// `InvalidConfig`: the old one stays in force.
    pub fn replace(&mut self, read: Result<(Config, Roots), Refusal>) -> Result<(), Failure> {
        let (config, roots) = match read {
            Ok(read) => read,
            Err(refusal) => return Err(self.refuse(&refusal)),
        };
        self.refused = None;
        if config == self.config {
            // Any caller may have it read, as often as he likes: the log is not his.
            tracing::debug!("the configuration was read again, and is the same");
            self.roots = Arc::new(roots);
            return Ok(());
        }
        tracing::info!("the configuration was read again");
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        if config.state_directory != self.config.state_directory {
            tracing::warn!("state_directory changes when modem-ftpd is started again");
        }
        self.config = config;
        self.roots = Arc::new(roots);
        Ok(())
    }

    /// The old configuration stays in force. What is wrong with the new one is logged once.
    fn refuse(&mut self, refusal: &Refusal) -> Failure {
        let text = refusal.to_string();
        if self.refused.as_ref() != Some(&text) {
            tracing::error!("the configuration is invalid, the old one stays in force");
            for fault in &refusal.0 {
                tracing::error!("{fault}");
            }
            self.refused = Some(text.clone());
        }
        Failure::new(ErrorName::InvalidConfig, text)
    }
}
