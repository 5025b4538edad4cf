//! [`ActiveConfig`]: the configuration in force, and its replacement after it was read again.

use std::path::PathBuf;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::settings::Settings;
use modem_ftp_dbus::ErrorName;

use super::disk_jobs::DiskJobs;
use crate::config::{Config, Refusal};
use crate::messages::{Message, ReplyTo};
use crate::serial::PortSettings;

/// The configuration in force.
#[derive(Debug)]
pub struct ActiveConfig {
    path: PathBuf,
    config: Config,
}

impl ActiveConfig {
    /// A configuration that was read from `path`.
    pub fn new(path: PathBuf, config: Config) -> Self {
        Self { path, config }
    }

    /// What the engine needs of it.
    pub fn settings(&self) -> &Settings {
        &self.config.settings
    }

    /// The configured roots.
    pub fn roots(&self) -> Vec<PathBuf> {
        self.config.roots.clone()
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

    /// Has the disk thread read the file again; [`Message::ConfigRead`] follows.
    pub fn read_again(&self, reply: Option<ReplyTo>, disk: &DiskJobs) {
        let path = self.path.clone();
        disk.run(move || Message::ConfigRead(Box::new(Config::load(&path)), reply));
    }

    /// Puts a configuration in force, unless it was refused.
    ///
    /// # Errors
    /// `InvalidConfig`: the old one stays in force.
    pub fn replace(&mut self, read: Result<Config, Refusal>) -> Result<(), Failure> {
        let config = match read {
            Ok(config) => config,
            Err(refusal) => {
                tracing::error!("the configuration is invalid, the old one stays in force");
                for fault in &refusal.0 {
                    tracing::error!("{fault}");
                }
                let text = refusal.to_string();
                return Err(Failure::new(ErrorName::InvalidConfig, text));
            }
        };
        tracing::info!("the configuration was read again");
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        if config.state_directory != self.config.state_directory {
            tracing::warn!("state_directory changes when modem-ftpd is started again");
        }
        self.config = config;
        Ok(())
    }
}
