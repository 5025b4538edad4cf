//! What the shell finds when it looks at the serial port.

/// The answer to [`Output::CheckLine`](super::output::Output::CheckLine).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineReport {
    /// Settings that another program had changed, in the words of stty(1); they are set again.
    pub changed: Option<String>,
    /// Whether written bytes wait in the kernel because CTS is not asserted.
    pub is_held: bool,
}
