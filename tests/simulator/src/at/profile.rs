//! The V.25ter settings (docs/module/at-serial.md §5): factory values, and which of them AT&W
//! stores.

/// The settings of the port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    /// ATE: echo the command line.
    pub(crate) echo: bool,
    /// ATQ: suppress result codes.
    pub(crate) quiet: bool,
    /// ATV: result codes as words.
    pub(crate) verbose: bool,
    /// ATX: 0–4.
    pub(crate) x: u8,
    /// S0, S3, S4, S5, S6, S7, S8, S10, in this order.
    pub(crate) registers: [u8; 8],
    /// AT&C: 0 DCD always on, 1 DCD on in data mode.
    pub(crate) carrier: u8,
    /// AT&D: reaction to DTR.
    pub(crate) dtr: u8,
    /// AT+CMEE: format of errors. Not stored by AT&W.
    pub(crate) cmee: u8,
    /// AT+IFC: flow control of the module's input and of its output. Not stored by AT&W.
    pub(crate) flow: (u8, u8),
    /// `<n>` of CREG, CGREG and CEREG: whether registration URCs are sent.
    pub(crate) registration: [u8; 3],
}

/// The numbers of the S registers in [`Profile::registers`].
pub(crate) const REGISTERS: [u64; 8] = [0, 3, 4, 5, 6, 7, 8, 10];

impl Default for Profile {
    fn default() -> Self {
        Self {
            echo: true,
            quiet: false,
            verbose: true,
            x: 4,
            registers: [0, 13, 10, 8, 2, 0, 2, 15],
            carrier: 1,
            dtr: 1,
            cmee: 1,
            flow: (0, 0),
            registration: [0; 3],
        }
    }
}

impl Profile {
    /// Position of an S register in [`Profile::registers`].
    pub(crate) fn slot(index: u64) -> Option<usize> {
        REGISTERS.iter().position(|&register| register == index)
    }

    fn s(&self, slot: usize, default: u8) -> u8 {
        self.registers.get(slot).copied().unwrap_or(default)
    }

    /// S3, the character that ends a command line.
    pub(crate) fn end(&self) -> u8 {
        self.s(1, 13)
    }

    /// S4, the line feed character of responses.
    pub(crate) fn line_feed(&self) -> u8 {
        self.s(2, 10)
    }

    /// S5, the backspace character.
    pub(crate) fn erase(&self) -> u8 {
        self.s(3, 8)
    }

    /// The profile after a restart or ATZ if `self` was stored: CMEE and IFC are not stored by AT&W
    /// (docs/module/quirks.md S5).
    pub(crate) fn recalled(&self) -> Self {
        let factory = Self::default();
        Self {
            cmee: factory.cmee,
            flow: factory.flow,
            ..self.clone()
        }
    }

    /// The information lines of AT&V.
    pub(crate) fn view(&self) -> Vec<String> {
        let mut lines = vec![
            format!("&C: {}", self.carrier),
            format!("&D: {}", self.dtr),
            format!("E: {}", u8::from(self.echo)),
            format!("Q: {}", u8::from(self.quiet)),
            format!("V: {}", u8::from(self.verbose)),
            format!("X: {}", self.x),
        ];
        lines.extend(
            REGISTERS
                .iter()
                .zip(self.registers)
                .map(|(register, value)| format!("S{register}: {value}")),
        );
        lines
    }
}
