//! [`PayloadSink`]: where received payload goes. The shell (and tests) implement it.

/// Takes received payload.
pub trait PayloadSink {
    /// Takes the next bytes, in order.
    fn write(&mut self, bytes: &[u8]);
}
