//! [`Urc`]: lines the module sends unasked (docs/module/at-network.md §6).

mod parse;

/// An unsolicited result code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Urc {
    /// `RDY`: the module has (re)started, at any moment (docs/module/quirks.md N6).
    Ready,
    /// `APP RDY`, on newer firmware only (docs/module/quirks.md N7).
    AppReady,
    /// `POWERED DOWN`, `NORMAL POWER DOWN`, `PSM POWER DOWN`.
    PoweredDown,
    /// `+CFUN: <n>`.
    Functionality(u8),
    /// `+CPIN: …`.
    Pin(PinState),
    /// `+QUSIM: <n>`: what kind of SIM was found.
    SimFound(u8),
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
    /// `+QSCRUB: …`: flash scrubbing begins (true) or is over; AT may be slow meanwhile.
    Scrub(bool),
    /// A `+QFTPxxx: …` result nobody waits for any more.
    Late {
        /// `+QFTPGET`.
        prefix: String,
        /// What follows the colon.
        text: String,
    },
    /// A line that is known not to matter here.
    Other(String),
}

/// State of the SIM lock (docs/module/at-network.md §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinState {
    /// `READY`.
    Ready,
    /// `NOT READY`: SIM gone or not yet there.
    NotReady,
    /// `SIM PIN`: the PIN is wanted.
    Pin,
    /// `SIM PUK`: never guessed.
    Puk,
    /// Any other lock, in the module's words.
    Other(String),
}

/// Which registration (docs/module/at-network.md §3).
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
    /// 4, and any number not in the table.
    Unknown,
    /// 5: roaming.
    Roaming,
}

impl RegistrationStatus {
    /// Whether this is a registration: home or roaming.
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

/// One registration, asked or told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Which of the three.
    pub domain: Domain,
    /// Registered or why not.
    pub status: RegistrationStatus,
    /// Location or tracking area code, in hex.
    pub area: Option<String>,
    /// Cell identity, in hex.
    pub cell: Option<String>,
    /// Access technology.
    pub technology: Option<AccessTechnology>,
}
