//! What a module is like when it is made.

use std::time::{Duration, SystemTime};

use super::SimState;
use crate::remote::Secret;

/// The port the host sits at, by the names of AT+QURCCFG (docs/module/at-network.md §7).
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
    /// The word AT+QURCCFG uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Uart1 => "uart1",
            Self::UsbAt => "usbat",
            Self::UsbModem => "usbmodem",
        }
    }

    /// The port of this word.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Uart1, Self::UsbAt, Self::UsbModem]
            .into_iter()
            .find(|port| port.word() == word)
    }
}

/// Everything about a module that no AT command sets.
#[derive(Debug, Clone)]
pub struct Config {
    /// The SIM asks for this PIN after every start.
    pub sim_pin: Option<Secret>,
    /// What the holder has in it; `None` is a SIM that is ready, or wants its PIN if it has one.
    pub sim: Option<SimState>,
    /// The registration status the network offers: 0–5.
    pub registration: u8,
    /// Time from power or reset to RDY.
    pub boot_delay: Duration,
    /// Size of the file storage in bytes.
    pub storage_limit: u64,
    /// True time at the moment the module is made.
    pub wall_clock: SystemTime,
    /// Whether the network has set the module's clock; otherwise it starts in 1980 (docs/module/at-ssl.md §5).
    pub network_time: bool,
    /// The port the host sits at; URCs are routed to it at first.
    pub port: PortName,
    /// Rate of the line before any AT+IPR.
    pub line_rate: u32,
    /// Whether to write down the dialogue.
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
