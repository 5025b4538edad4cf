//! [`Urc`]: unsolicited result codes (docs/module/at-network.md §6).

mod parse;

/// An unsolicited result code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Urc {
    /// `RDY`: the module has started or restarted; may come at any time (docs/module/quirks.md N6).
    Ready,
    /// `APP RDY`, on newer firmware only (docs/module/quirks.md N7).
    AppReady,
    /// `POWERED DOWN`, `NORMAL POWER DOWN`, `PSM POWER DOWN`.
    PoweredDown,
    /// `+CFUN: <n>`.
    Functionality(u8),
    /// `+CPIN: …`.
    Pin(PinState),
    /// `+QUSIM: <n>`: type of the SIM found.
    SimFound(u8),
    /// `+QIND: SMS DONE`, `+QIND: PB DONE` and their like: said once, after a start.
    Initialised,
    /// A line that is no text: noise, or a line sent at another baud rate.
    Garbled,
    /// `+CREG`, `+CGREG` or `+CEREG`.
    Registration(Registration),
    /// `+QIURC: "pdpdeact",<ctx>`: the network dropped the context.
    PdpDeactivated(u8),
    /// `+QIND: "csq",<rssi>,<ber>`.
    SignalQuality {
        /// 0–31, 99 unknown.
        rssi: u8,
        /// 0–7, 99 unknown.
        ber: u8,
    },
    /// `+QSCRUB: …`: flash scrubbing began (true) or ended; meanwhile the module may be slow.
    Scrub(bool),
    /// A result line `+QFTPxxx: …` for which no command waits any more.
    Late {
        /// `+QFTPGET`.
        prefix: String,
        /// What follows the colon.
        text: String,
    },
    /// A known URC that is ignored.
    Other(String),
}

/// State of the SIM lock (docs/module/at-network.md §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinState {
    /// `READY`.
    Ready,
    /// `NOT READY`: the SIM is missing or not ready yet.
    NotReady,
    /// `SIM PIN`: the PIN is required.
    Pin,
    /// `SIM PUK`: the PUK is required.
    Puk,
    /// Any other lock, in the module's words.
    Other(String),
}

/// Registration domain (docs/module/at-network.md §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Domain {
    /// CREG: circuit switched.
    Circuit,
    /// CGREG: packet switched.
    Packet,
    /// CEREG: LTE.
    Lte,
}

/// `<stat>` of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationStatus {
    /// 0: not registered, not searching.
    Idle,
    /// 1: home network.
    Home,
    /// 2: searching.
    Searching,
    /// 3: denied.
    Denied,
    /// 4, or a number that is not in the table.
    Unknown,
    /// 5: roaming.
    Roaming,
}

impl RegistrationStatus {
    /// Whether the module is registered: home or roaming.
    pub fn is_registered(self) -> bool {
        matches!(self, Self::Home | Self::Roaming)
    }
}

/// `<Act>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessTechnology {
    /// 0.
    Gsm,
    /// 8.
    CatM1,
    /// 9.
    CatNb1,
    /// Any other number.
    Other(u8),
}

/// A registration, from an answer or a URC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Domain.
    pub domain: Domain,
    /// `<stat>`.
    pub status: RegistrationStatus,
    /// Location or tracking area code, in hex.
    pub area: Option<String>,
    /// Cell identity, in hex.
    pub cell: Option<String>,
    /// Access technology.
    pub technology: Option<AccessTechnology>,
}
