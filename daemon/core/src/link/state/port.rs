//! [`Port`] and [`Losses`]: how the serial port stands, and what of the module was lost.

/// Shown before the shell has reported anything about the port.
pub const OPENING: &str = "opening the serial port";

/// The serial port as the shell reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// The shell has not reported yet.
    Opening,
    /// Closed, and why.
    Closed(String),
    /// Open.
    Open {
        /// Whether DTR can be set.
        modem_lines: bool,
    },
}

/// Events that end whatever the module was doing for us, until the module is set up again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// The module restarted (`RDY`) or announced its shutdown (`POWERED DOWN`).
    pub reset: bool,
    /// The network dropped our PDP context.
    pub context: bool,
}
