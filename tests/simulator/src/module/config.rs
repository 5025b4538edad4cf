//! The configuration of a module: everything that no AT command sets.

use std::time::{Duration, SystemTime};

use super::SimState;
use crate::remote::Secret;

/// A port of the module, as AT+QURCCFG names it (docs/module/at-network.md §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortName {
    /// The main UART.
    Uart1,
    /// The USB AT port.
    UsbAt,
    /// The USB modem port.
    UsbModem,
}

impl PortName {
    /// The name used by AT+QURCCFG.
    pub fn word(self) -> &'static str {
        match self {
            Self::Uart1 => "uart1",
            Self::UsbAt => "usbat",
            Self::UsbModem => "usbmodem",
        }
    }

    /// The port with this name.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Uart1, Self::UsbAt, Self::UsbModem]
            .into_iter()
            .find(|port| port.word() == word)
    }
}

/// The configuration of a module.
#[derive(Debug, Clone)]
pub struct Config {
    /// The SIM requires this PIN after every start.
    pub sim_pin: Option<Secret>,
    /// The state of the SIM; `None` is ready, or waiting for the PIN if `sim_pin` is set.
    pub sim: Option<SimState>,
    /// The registration status that the network gives the module: 0–5.
    pub registration: u8,
    /// Time from power-on or reset to RDY.
    pub boot_delay: Duration,
    /// Size of the UFS in bytes.
    pub storage_limit: u64,
    /// The true time at the moment the module is created.
    pub wall_clock: SystemTime,
    /// Whether the network has set the module's clock; otherwise it starts in 1980
    /// (docs/module/at-ssl.md §5).
    pub network_time: bool,
    /// The port that the host uses; URCs go to it initially.
    pub port: PortName,
    /// Rate of the serial line before any AT+IPR.
    pub line_rate: u32,
    /// Whether to record a transcript.
    pub transcript: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            sim_pin: None,
            sim: None,
            registration: 1,
            boot_delay: Duration::from_millis(300),
            storage_limit: 14_483_456,
            wall_clock: SystemTime::now(),
            network_time: true,
            port: PortName::Uart1,
            line_rate: 115_200,
            transcript: false,
        }
    }
}
