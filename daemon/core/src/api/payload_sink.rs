//! [`PayloadSink`]: where received payload goes. Implemented by the shell.

/// Receives payload.
pub trait PayloadSink {
    /// Writes the next bytes, in order.
    fn write(&mut self, bytes: &[u8]);
}
