//! [`Settings`]: the checked configuration as the deciding part sees it.
//! Values are in range already (the daemon's `config` checks them with line and column).

use std::time::Duration;

use super::secret::Secret;

/// Everything configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The module and its line.
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
    /// Path of the tty; for texts only, the shell opens it.
    pub device: String,
    /// Bits per second the line is to run at (docs/module/at-serial.md §2).
    pub baud: u32,
    /// RTS/CTS in data mode (`AT+IFC=2,2`), else none.
    pub hardware_flow_control: bool,
    /// Preferred way out of data mode.
    pub data_mode_exit: DataModeExit,
    /// PIN of the SIM, if it wants one.
    pub sim_pin: Option<Secret>,
    /// Whether `Modem1.Command` is open (to root).
    pub allow_raw_commands: bool,
    /// Whether a power-cycle command is configured (the shell runs it).
    pub power_cycle: bool,
}

/// How data mode is left (docs/module/at-ftp.md §1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataModeExit {
    /// DTR low, hold, high, with `AT&D1`; the escape where the port has no DTR.
    Dtr,
    /// The guarded `+++`.
    Escape,
}

/// `[network]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// PDP context, 1–16 (docs/module/at-network.md §1).
    pub context: u8,
    /// Access point name; empty: the subscription's default.
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

/// `[server.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// NAME.
    pub name: String,
    /// Whether `""` means this one.
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
    /// Directory changed to after login; empty: none.
    pub directory: String,
    /// Passive (`transmode` 1) or active (0).
    pub passive: bool,
    /// Binary (`filetype` 0) or ASCII (1).
    pub binary: bool,
    /// `rsptimeout`, 20–180 s.
    pub response_timeout: Duration,
    /// `data_address`: true = the control connection's address (1), false = as announced (0).
    pub data_address_control: bool,
    /// How long a session stays open unused.
    pub idle_timeout: Duration,
    /// TLS, for FTPS.
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
    /// Value of `"ciphersuite"`; 0xFFFF any. (The module takes one suite or all.)
    pub cipher: u16,
    /// Value of `"seclevel"`: 0 none, 1 verify server, 2 mutual.
    pub verify: u8,
    /// PEM of the trusted CA, with its content read at load time.
    pub ca: Option<Pem>,
    /// PEM of the client certificate.
    pub certificate: Option<Pem>,
    /// PEM of the client key.
    pub key: Option<Pem>,
    /// Whether validity dates count (`"ignorelocaltime"` 0).
    pub check_time: bool,
    /// `"negotiatetime"`, 10–300 s.
    pub handshake_timeout: Duration,
}

/// A PEM file's content, held as a secret since it may be a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pem {
    /// Name it will have on the module: a hash of its content in 8.3 form.
    pub name: String,
    /// The file's bytes.
    pub content: Secret,
}

impl Settings {
    /// The server called `name`; `""` is the default one (`default = true`, else the only one).
    pub fn server(&self, name: &str) -> Option<&Server> {
        match (name, self.servers.as_slice()) {
            ("", [only]) => Some(only),
            ("", many) => many.iter().find(|server| server.default),
            _ => self.servers.iter().find(|server| server.name == name),
        }
    }
}
