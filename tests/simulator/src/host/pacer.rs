//! Pacing of one direction of a serial line: how many bytes may pass at a given rate. While the
//! line is busy the allowance follows the clock, so a late wake-up does not reduce the average
//! rate.

use std::time::{Duration, Instant};

/// Interval at which a busy line moves bytes.
const TICK: Duration = Duration::from_millis(2);
/// Start bit, eight data bits, stop bit.
const BITS_PER_BYTE: u64 = 10;

/// The pacer of one direction.
#[derive(Debug, Clone)]
pub struct Pacer {
    nanos_per_byte: u64,
    busy: Option<Busy>,
}

/// State of a line that transmits.
#[derive(Debug, Clone, Copy)]
struct Busy {
    /// Time up to which the line's capacity has been used.
    until: Instant,
    /// When bytes were last moved.
    last_check: Instant,
}

impl Pacer {
    /// A line of `rate` bit/s; 0 is an unpaced line.
    pub fn new(rate: u32) -> Self {
        let nanos = BITS_PER_BYTE * 1_000_000_000;
        Self {
            nanos_per_byte: if rate == 0 {
                0
            } else {
                nanos / u64::from(rate)
            },
            busy: None,
        }
    }

    fn time(&self, bytes: usize) -> Duration {
        Duration::from_nanos(self.nanos_per_byte.saturating_mul(bytes as u64))
    }

    /// Whether the line is transmitting.
    pub fn is_busy(&self) -> bool {
        self.busy.is_some()
    }

    /// How many bytes may pass at `now`; `waiting` is how many wait, if known. Makes an idle line
    /// busy. Returns 0 before the time that [`Self::next`] gives.
    pub fn allowance(&mut self, now: Instant, waiting: Option<usize>) -> usize {
        if self.nanos_per_byte == 0 {
            return usize::MAX;
        }
        let busy = *self.busy.get_or_insert(Busy {
            until: now,
            last_check: now,
        });
        if self.next(waiting).is_some_and(|at| at > now) {
            return 0;
        }
        let bytes = now.duration_since(busy.until).as_nanos() / u128::from(self.nanos_per_byte);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    /// `count` bytes passed at `now`.
    pub fn used(&mut self, now: Instant, count: usize) {
        let time = self.time(count);
        if let Some(busy) = &mut self.busy {
            busy.until += time;
            busy.last_check = now;
        }
    }

    /// Nothing more to send: time that passes from now on gives no allowance.
    pub fn idle(&mut self) {
        self.busy = None;
    }

    /// When [`Self::allowance`] should be asked next, if the line is busy.
    pub fn next(&self, waiting: Option<usize>) -> Option<Instant> {
        let busy = self.busy?;
        let tick = busy.last_check + TICK;
        Some(waiting.map_or(tick, |waiting| tick.min(busy.until + self.time(waiting))))
    }
}

#[cfg(test)]
mod tests {
    use super::Pacer;
    use std::time::{Duration, Instant};

    fn at(start: Instant, micros: u64) -> Instant {
        start + Duration::from_micros(micros)
    }

    #[test]
    fn busy_line_catches_up_and_idle_line_accumulates_nothing() {
        let start = Instant::now();
        let mut pacer = Pacer::new(1_000_000); // 10 µs per byte
        assert_eq!(pacer.allowance(start, None), 0);
        let late = at(start, 50_000);
        assert_eq!(pacer.allowance(late, None), 5000);
        pacer.used(late, 5000);
        pacer.idle();
        let later = at(start, 1_000_000);
        assert_eq!(pacer.allowance(later, None), 0);
        assert_eq!(pacer.allowance(later + Duration::from_millis(2), None), 200);
    }

    #[test]
    fn allowance_is_given_once_per_tick() {
        let start = Instant::now();
        let mut pacer = Pacer::new(1_000_000);
        pacer.allowance(start, None);
        assert_eq!(pacer.allowance(at(start, 1_900), None), 0);
        assert_eq!(pacer.allowance(at(start, 2_000), None), 200);
        pacer.used(at(start, 2_000), 200);
        assert_eq!(pacer.allowance(at(start, 2_500), None), 0);
        assert_eq!(pacer.next(None), Some(at(start, 4_000)));
    }

    #[test]
    fn short_output_passes_when_its_last_byte_is_due() {
        let start = Instant::now();
        let mut pacer = Pacer::new(1_000_000);
        assert_eq!(pacer.allowance(start, Some(6)), 0);
        assert_eq!(pacer.next(Some(6)), Some(at(start, 60)));
        assert_eq!(pacer.allowance(at(start, 60), Some(6)), 6);
    }

    #[test]
    fn unpaced_line_never_waits() {
        let mut pacer = Pacer::new(0);
        assert_eq!(pacer.allowance(Instant::now(), None), usize::MAX);
        assert_eq!(pacer.next(None), None);
    }
}
