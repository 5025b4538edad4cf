//! [`Results`]: whether the results of FTP commands, which the module sends to its URC port, reach
//! us (docs/module/quirks.md F18).

/// Logins without result before the port is suspected: one may get lost on the line.
const SUSPICIOUS: u8 = 2;
/// How often the setting is written because results were missing: each port once, so that it
/// ends where it was.
const MOST_MOVES: u8 = 3;

/// What the results of logins show about the URC port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// The result of a login came: the port is right.
    pub seen: bool,
    /// Logins in a row whose result never came.
    pub missing: u8,
    /// How often the setting was written.
    pub moves: u8,
}

impl Results {
    /// Forgets the module, but not how often its memory was written.
    pub fn forget(&mut self) {
        (self.seen, self.missing) = (false, 0);
    }

    /// Whether the port is to be set to another before anything else is tried.
    pub fn is_port_suspected(&self) -> bool {
        self.missing >= SUSPICIOUS && !self.seen && self.moves < MOST_MOVES
    }
}
