//! [`Wire`]: when the bytes written to the kernel have been sent, estimated from the baud rate. The
//! kernel cannot tell for a pty or a network adapter.

use std::time::{Duration, Instant};

/// A start bit, eight data bits and a stop bit.
const BITS_PER_BYTE: u64 = 10;
/// At most this many bytes are assumed to be buffered by a pty or an adapter.
const BUFFER: u64 = 32 * 1024;
/// Bytes in a UART's transmit FIFO, which the kernel does not count.
const FIFO: u64 = 64;

/// The time at which everything written has been sent.
#[derive(Debug)]
pub struct Wire {
    baud: u64,
    empty_at: Instant,
}

impl Wire {
    /// Nothing unsent, at `baud` bits per second.
    pub fn new(now: Instant, baud: u32) -> Self {
        Self {
            baud: u64::from(baud).max(1),
            empty_at: now,
        }
    }

    /// The baud rate changes while nothing is unsent.
    pub fn set_rate(&mut self, now: Instant, baud: u32) {
        *self = Self::new(now, baud);
    }

    /// All unsent bytes were discarded.
    pub fn cleared(&mut self, now: Instant) {
        self.empty_at = now;
    }

    /// Bytes were written to the kernel.
    pub fn sent(&mut self, now: Instant, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(BUFFER).min(BUFFER);
        let busy = self.empty_at.max(now) + self.time(bytes);
        self.empty_at = busy.min(now + self.time(BUFFER));
    }

    /// When everything written has been sent.
    pub fn empty_at(&self) -> Instant {
        self.empty_at
    }

    /// How long a UART takes to send a full FIFO.
    pub fn fifo_time(&self) -> Duration {
        self.time(FIFO)
    }

    /// How long it takes to send so many bytes.
    pub fn time(&self, bytes: u64) -> Duration {
        Duration::from_nanos(bytes * BITS_PER_BYTE * 1_000_000_000 / self.baud)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sending_takes_the_time_of_the_bytes_but_at_most_of_a_full_buffer() {
        let start = Instant::now();
        let mut wire = Wire::new(start, 9600);
        assert_eq!(wire.empty_at(), start);
        wire.sent(start, 96);
        assert_eq!(wire.empty_at(), start + Duration::from_millis(100));
        wire.sent(start + Duration::from_millis(50), 96);
        assert_eq!(wire.empty_at(), start + Duration::from_millis(200));
        wire.sent(start, 10_000_000);
        assert_eq!(wire.empty_at(), start + wire.time(32 * 1024));
        let later = start + Duration::from_secs(3600);
        wire.sent(later, 960);
        assert_eq!(wire.empty_at(), later + Duration::from_secs(1));
    }
}
