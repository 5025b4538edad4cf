//! The command line of virtual-bg96.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};

use crate::fault::{Fault, KNOBS};
use crate::module::{Config, Injection, Module, PortName, SimState};
use crate::port::Port;
use crate::remote::Secret;
use crate::remote::session::{SessionRemote, Wake};
use crate::ufs::folder::FolderStorage;

/// How the module's clock starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ClockStart {
    /// Set by the network: the host's time.
    Now,
    /// No network time yet: 1980-01-06.
    Cold,
}

/// The module model to simulate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Model {
    /// Quectel BG96.
    Bg96,
}

/// Quectel BG96 simulator: AT commands on a pty, a real FTP(S) client behind them.
#[derive(Debug, Parser)]
#[command(name = "virtual-bg96", version, after_help = faults_help())]
pub struct Options {
    /// Create this symbolic link to the pty; it is removed at exit.
    #[arg(long, value_name = "PATH")]
    pub link: Option<PathBuf>,
    /// Attach a USB device to this kernel (2c7c:0296 at vhci_hcd, with modem lines) instead of a
    /// pty; root only.
    #[arg(long, conflicts_with = "link")]
    pub usb: bool,
    /// Limit both directions to this rate in bit/s, 10 bits per byte; AT+IPR changes it.
    #[arg(long, value_name = "RATE", value_parser = clap::value_parser!(u32).range(300..=10_000_000))]
    pub baud: Option<u32>,
    /// Accept commands on this Unix socket, one per line.
    #[arg(long, value_name = "PATH")]
    pub control: Option<PathBuf>,
    /// Send this command to the running virtual-bg96 with this control socket, print the answer,
    /// exit.
    #[arg(long, value_name = "COMMAND", requires = "control")]
    pub tell: Option<String>,
    /// Write the AT log to this file; - is standard error. Passwords and PINs are masked.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Keep the module's files in this folder; default: a temporary one.
    #[arg(long, value_name = "DIR")]
    pub ufs: Option<PathBuf>,
    /// Size of the module's file storage in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = Config::default().storage_limit)]
    pub storage: u64,
    /// The SIM requires this PIN after every start.
    #[arg(long, value_name = "PIN")]
    pub sim_pin: Option<Secret>,
    /// SIM state at start: ready, pin, puk or absent; default with --sim-pin: pin.
    #[arg(long, value_name = "STATE", value_parser = sim_state)]
    pub sim: Option<SimState>,
    /// Registration status at start, as in AT+CEREG: 0 to 5.
    #[arg(long, value_name = "STAT", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=5))]
    pub registration: u8,
    /// Time from power-on or reset to RDY in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 300)]
    pub boot_delay: u64,
    /// The module's clock at start: the host's time, or 1980-01-06.
    #[arg(long, value_enum, default_value_t = ClockStart::Now)]
    pub clock: ClockStart,
    /// The module model to simulate.
    #[arg(long, value_enum, default_value_t = Model::Bg96)]
    pub model: Model,
    /// Switch this fault on at start; may be given several times. See the list below.
    #[arg(long = "fault", value_name = "NAME[=ARG]")]
    pub faults: Vec<Fault>,
}

fn sim_state(word: &str) -> Result<SimState, String> {
    SimState::named(word).ok_or_else(|| "sim takes ready, pin, puk or absent".to_owned())
}

fn faults_help() -> String {
    let mut text = "Faults (source in brackets, see README.md):\n".to_owned();
    for knob in KNOBS {
        let argument = match knob.argument() {
            "" => String::new(),
            optional if optional.starts_with('[') => {
                format!("[={}]", optional.trim_matches(['[', ']']))
            }
            needed => format!("={needed}"),
        };
        let name = format!("{}{argument}", knob.name());
        text.push_str(&format!(
            "  {name:<28} {} [{}]\n",
            knob.help(),
            knob.source()
        ));
    }
    text
}

impl Options {
    /// The configuration of the module.
    pub fn config(&self) -> Config {
        Config {
            sim_pin: self.sim_pin.clone(),
            sim: self.sim,
            registration: self.registration,
            boot_delay: Duration::from_millis(self.boot_delay),
            storage_limit: self.storage,
            network_time: self.clock == ClockStart::Now,
            port: if self.usb {
                PortName::UsbAt
            } else {
                PortName::Uart1
            },
            line_rate: self.baud.unwrap_or(Config::default().line_rate),
            transcript: self.log.is_some(),
            ..Config::default()
        }
    }

    /// The module with its files, its faults and the real network. A temporary folder for the files
    /// is returned too; it is deleted when dropped.
    ///
    /// # Errors
    /// The storage folder cannot be created.
    pub fn build(&self, wake: Wake) -> io::Result<(Port, Option<tempfile::TempDir>)> {
        let (folder, temporary) = match &self.ufs {
            Some(folder) => (folder.clone(), None),
            None => {
                let folder = tempfile::Builder::new().prefix("virtual-bg96-").tempdir()?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        let now = Instant::now();
        let module = Module::new(now, self.config(), Box::new(FolderStorage::new(&folder)?));
        let mut port = Port::new(module, Box::new(SessionRemote::new(Arc::clone(&wake))));
        for fault in &self.faults {
            port.inject(now, Injection::Fault(fault.clone()));
        }
        Ok((port, temporary))
    }
}

#[cfg(test)]
mod tests {
    use super::Options;
    use clap::{CommandFactory, Parser};

    #[test]
    fn help_lists_every_fault() {
        let help = Options::command().render_long_help().to_string();
        for knob in crate::fault::KNOBS {
            assert!(
                help.contains(&format!("  {}", knob.name())),
                "{}",
                knob.name()
            );
        }
    }

    #[test]
    fn rejects_invalid_options() {
        let error = Options::try_parse_from(["virtual-bg96", "--fault", "nonsense"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("there is no fault \"nonsense\""), "{error}");
        assert!(Options::try_parse_from(["virtual-bg96", "--baud", "0"]).is_err());
        assert!(Options::try_parse_from(["virtual-bg96", "--model", "ec25"]).is_err());
    }
}
