//! [`Settings`]: the checked configuration. The daemon has checked the range of all values
//! (modem-ftp.toml(5)).

use std::time::Duration;

use super::options::{Options, Unset, Verify};
use super::secret::Secret;

/// The configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The module and its serial port.
    pub modem: Modem,
    /// The mobile network.
    pub network: Network,
    /// The FTP servers, in the order of the file.
    pub servers: Vec<Server>,
    /// How much is kept.
    pub limits: Limits,
}

/// How much is kept (modem-ftp.toml(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Transfers that have not ended, at most, 1–10,000.
    pub max_queued: usize,
    /// Days for which ended transfers stay readable.
    pub keep_days: u32,
    /// Ended transfers that stay readable, at most.
    pub keep_number: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_queued: 1000,
            keep_days: 30,
            keep_number: 1000,
        }
    }
}

/// `[modem]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modem {
    /// Path of the tty, for messages; the shell opens it.
    pub device: String,
    /// Bit rate of the serial line (docs/module/at-serial.md §2).
    pub baud: u32,
    /// RTS/CTS flow control in data mode (`AT+IFC=2,2`), otherwise none.
    pub hardware_flow_control: bool,
    /// Preferred way to leave data mode.
    pub data_mode_exit: DataModeExit,
    /// PIN of the SIM, if it requires one.
    pub sim_pin: Option<Secret>,
    /// Whether root may call `Modem1.Command`.
    pub allow_raw_commands: bool,
    /// Whether a power-cycle command is configured (the shell runs it).
    pub power_cycle: bool,
}

/// How data mode is left (docs/module/at-ftp.md §1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataModeExit {
    /// DTR deasserted for a moment, with `AT&D1`; `+++` if the port has no DTR.
    Dtr,
    /// `+++` with its guard times.
    Escape,
}

/// `[network]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// PDP context, 1–16 (docs/module/at-network.md §1).
    pub context: u8,
    /// Which addresses the context has.
    pub pdp_type: PdpType,
    /// Access point name; empty for the default of the subscription.
    pub apn: String,
    /// User name for PAP/CHAP.
    pub user: String,
    /// Password for PAP/CHAP.
    pub password: Secret,
    /// Authentication of the context.
    pub authentication: Authentication,
}

/// `authentication` of `[network]`, with the value of `AT+QICSGP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// 0.
    None = 0,
    /// 1.
    Pap = 1,
    /// 2.
    Chap = 2,
    /// 3: PAP or CHAP.
    Either = 3,
}

/// `pdp_type` of `[network]`, with the value of `AT+QICSGP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PdpType {
    /// 1.
    Ipv4 = 1,
    /// 2.
    Ipv6 = 2,
    /// 3: both; the BG96 does not have it, related modules do.
    Ipv4v6 = 3,
}

/// `[server.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// NAME.
    pub name: String,
    /// Whether this is the default server.
    pub default: bool,
    /// Host name or IPv4 address, ≤ 200 bytes.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// FTP or FTPS.
    pub security: Security,
    /// Account, ≤ 255 bytes.
    pub user: String,
    /// Its password, ≤ 255 bytes.
    pub password: Secret,
    /// Working directory after login; empty: that of the server.
    pub directory: String,
    /// Passive (`transmode` 1) or active (0).
    pub passive: bool,
    /// Binary (`filetype` 0) or ASCII (1).
    pub binary: bool,
    /// `rsptimeout`, 20–180 s.
    pub response_timeout: Duration,
    /// `data_address`: true = the control connection's address (1), false = as announced (0).
    pub data_address_control: bool,
    /// How long an idle session stays open.
    pub idle_timeout: Duration,
    /// `atomic` of transfers that do not say.
    pub atomic: bool,
    /// `verify` of transfers that do not say.
    pub verify: Verify,
    /// Form of the staging name: `{name}` stands for the final name, `{id}` for eight hex digits; at
    /// least one of them is in it.
    pub staging: String,
    /// TLS settings, for FTPS.
    pub tls: Tls,
}

/// `security` of a server, with the value of `"ssltype"` (docs/module/at-ftp.md §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// 0: FTP.
    None = 0,
    /// 1: FTPS, TLS from the first byte.
    Implicit = 1,
    /// 2: FTPS by AUTH TLS.
    Explicit = 2,
}

/// `[server.NAME.tls]` (docs/module/at-ssl.md).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// SSL context, 0–5.
    pub context: u8,
    /// Value of `"sslversion"`: 1 TLS 1.0, 2 TLS 1.1, 3 TLS 1.2, 4 any.
    pub version: u8,
    /// Value of `"ciphersuite"`: one suite, or 0xFFFF for all.
    pub cipher: u16,
    /// Value of `"seclevel"`: 0 none, 1 verify the server, 2 also present a certificate.
    pub verify: u8,
    /// PEM file of the trusted CA.
    pub ca: Option<Pem>,
    /// PEM file of the client certificate.
    pub certificate: Option<Pem>,
    /// PEM file of the client key.
    pub key: Option<Pem>,
    /// Whether validity dates are checked (`"ignorelocaltime"` 0).
    pub check_time: bool,
    /// `"negotiatetime"`, 10–300 s.
    pub handshake_timeout: Duration,
}

/// A PEM file, read with the configuration. Its content is a secret because it may be a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pem {
    /// Its name on the module: a hash of its content in 8.3 form.
    pub name: String,
    /// Its content.
    pub content: Secret,
}

impl Settings {
    /// The server with this name; `""` is the default one (`default = true`, or the only one).
    pub fn server(&self, name: &str) -> Option<&Server> {
        match (name, self.servers.as_slice()) {
            ("", [only]) => Some(only),
            ("", many) => many.iter().find(|server| server.default),
            _ => self.servers.iter().find(|server| server.name == name),
        }
    }
}

impl Server {
    /// The options of a transfer, with those of the server where it does not say.
    pub fn complete(&self, options: Options) -> Options {
        let Unset { atomic, verify } = options.unset;
        Options {
            atomic: if atomic { self.atomic } else { options.atomic },
            verify: if verify { self.verify } else { options.verify },
            unset: Unset::default(),
            ..options
        }
    }
}
