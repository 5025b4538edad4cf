//! One direction of a serial line at an exact rate: how many bytes have had the time to pass.
//! It catches up by the clock, so a late wake-up costs nothing while the line is busy.

use std::time::{Duration, Instant};

/// How often a busy line is looked after.
const TICK: Duration = Duration::from_millis(2);
/// Start bit, eight data bits, stop bit.
const BITS_A_BYTE: u64 = 10;

/// The pace of one direction.
#[derive(Debug, Clone)]
pub struct Pacer {
    nanos_a_byte: u64,
    /// Up to when the line has been used; `None` while it is idle.
    used_until: Option<Instant>,
}

impl Pacer {
    /// A line of `rate` bits a second; 0 is a line without a pace.
    pub fn new(rate: u32) -> Self {
        let nanos = BITS_A_BYTE * 1_000_000_000;
        Self {
            nanos_a_byte: if rate == 0 {
                0
            } else {
                nanos / u64::from(rate)
            },
            used_until: None,
        }
    }

    /// How many bytes may pass at `now`. An idle line becomes busy by asking.
    pub fn allowance(&mut self, now: Instant) -> usize {
        if self.nanos_a_byte == 0 {
            return usize::MAX;
        }
        let since = *self.used_until.get_or_insert(now);
        let nanos = now.duration_since(since).as_nanos() / u128::from(self.nanos_a_byte);
        usize::try_from(nanos).unwrap_or(usize::MAX)
    }

    /// `count` bytes passed.
    pub fn used(&mut self, count: usize) {
        if let Some(until) = &mut self.used_until {
            *until += Duration::from_nanos(self.nanos_a_byte.saturating_mul(count as u64));
        }
    }

    /// Nothing more to carry: the time from now on is not saved up.
    pub fn idle(&mut self) {
        self.used_until = None;
    }

    /// When to look again, if the line is busy with `waiting` bytes (if it is known how many).
    pub fn next(&self, now: Instant, waiting: Option<usize>) -> Option<Instant> {
        let until = self.used_until.filter(|_| self.nanos_a_byte > 0)?;
        let tick = now + TICK;
        let Some(waiting) = waiting else {
            return Some(tick);
        };
        let all = until + Duration::from_nanos(self.nanos_a_byte.saturating_mul(waiting as u64));
        Some(
            all.min(tick)
                .max(until + Duration::from_nanos(self.nanos_a_byte)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Pacer;
    use std::time::{Duration, Instant};

    #[test]
    fn a_busy_line_catches_up_and_an_idle_one_saves_nothing() {
        let start = Instant::now();
        let mut pacer = Pacer::new(1_000_000); // 10 µs a byte
        assert_eq!(pacer.allowance(start), 0);
        let late = start + Duration::from_millis(50);
        assert_eq!(pacer.allowance(late), 5000);
        pacer.used(5000);
        assert_eq!(pacer.allowance(late), 0);
        pacer.idle();
        let later = late + Duration::from_secs(1);
        assert_eq!(pacer.allowance(later), 0);
        assert_eq!(pacer.allowance(later + Duration::from_millis(1)), 100);
    }

    #[test]
    fn a_short_line_is_carried_when_its_last_byte_has_passed() {
        let start = Instant::now();
        let mut pacer = Pacer::new(1_000_000);
        pacer.allowance(start);
        assert_eq!(
            pacer.next(start, Some(6)),
            Some(start + Duration::from_micros(60))
        );
        assert_eq!(
            pacer.next(start, Some(100_000)),
            Some(start + Duration::from_millis(2))
        );
    }

    #[test]
    fn no_pace_no_waiting() {
        let now = Instant::now();
        let mut pacer = Pacer::new(0);
        assert_eq!(pacer.allowance(now), usize::MAX);
        assert_eq!(pacer.next(now, None), None);
    }
}
