//! [`Wire`]: how long bytes handed to the kernel may still be on their way. The kernel cannot
//! tell for a pty or a network adapter, so it is reckoned from the rate.

use std::time::{Duration, Instant};

/// A start bit, eight data bits and a stop bit.
const BITS_PER_BYTE: u64 = 10;
/// As much as a pty or an adapter is believed to hold back.
const HOLD: u64 = 32 * 1024;
/// What a UART's own transmit buffer holds beyond the kernel's count.
const FIFO: u64 = 64;

/// The far side of the kernel's buffer.
#[derive(Debug)]
pub struct Wire {
    baud: u64,
    empty_at: Instant,
}

impl Wire {
    /// Nothing under way, at `baud` bits per second.
    pub fn new(now: Instant, baud: u32) -> Self {
        Self {
            baud: u64::from(baud).max(1),
            empty_at: now,
        }
    }

    /// The rate changes; nothing is under way.
    pub fn set_rate(&mut self, now: Instant, baud: u32) {
        *self = Self::new(now, baud);
    }

    /// Everything under way was thrown away.
    pub fn cleared(&mut self, now: Instant) {
        self.empty_at = now;
    }

    /// Bytes were handed to the kernel.
    pub fn sent(&mut self, now: Instant, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(HOLD).min(HOLD);
        let busy = self.empty_at.max(now) + self.time(bytes);
        self.empty_at = busy.min(now + self.time(HOLD));
    }

    /// The earliest moment at which everything has surely arrived, if the kernel cannot tell.
    pub fn empty_at(&self) -> Instant {
        self.empty_at
    }

    /// How long a UART takes for what the kernel no longer counts.
    pub fn fifo_time(&self) -> Duration {
        self.time(FIFO)
    }

    /// How long so many bytes take.
    pub fn time(&self, bytes: u64) -> Duration {
        Duration::from_nanos(bytes * BITS_PER_BYTE * 1_000_000_000 / self.baud)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_take_their_time_and_never_more_than_is_held_back() {
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
