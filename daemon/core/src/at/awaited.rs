//! [`Awaited`]: what an exchange still waits for.

use std::time::Duration;

/// What the channel waits for. The link chooses its time-out by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// Nothing: it is idle.
    Nothing,
    /// The final result or CONNECT.
    Final,
    /// The result line (`+QFTPxxx: …`); `OK` was received.
    Result,
    /// `OK`; the result line was received. After five seconds call
    /// [`Channel::expire`](super::Channel::expire).
    Ok,
    /// The end of the data, in the direction of the conversation.
    Data,
    /// Silence: the last bytes look like the end of the data. If nothing is received for that long,
    /// call [`Channel::quiet`](super::Channel::quiet).
    Quiet(Duration),
    /// [`Channel::resume`](super::Channel::resume).
    Resume,
}
