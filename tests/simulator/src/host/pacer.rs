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
    busy: Option<Busy>,
}

/// A line that carries something.
#[derive(Debug, Clone, Copy)]
struct Busy {
    /// Up to when the line has been used.
    until: Instant,
    /// When it was last looked after.
    looked: Instant,
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
            busy: None,
        }
    }

    fn time(&self, bytes: usize) -> Duration {
        Duration::from_nanos(self.nanos_a_byte.saturating_mul(bytes as u64))
    }

    /// Whether something is on the line, so that its time passes.
    pub fn is_busy(&self) -> bool {
        self.busy.is_some()
    }

    /// How many bytes may pass at `now` of the `waiting` ones (if it is known how many wait).
    /// An idle line becomes busy by asking; a busy one is not looked after more often than it has to be.
    pub fn allowance(&mut self, now: Instant, waiting: Option<usize>) -> usize {
        if self.nanos_a_byte == 0 {
            return usize::MAX;
        }
        let busy = *self.busy.get_or_insert(Busy {
            until: now,
            looked: now,
        });
        if self.next(waiting).is_some_and(|at| at > now) {
            return 0;
        }
        let nanos = now.duration_since(busy.until).as_nanos() / u128::from(self.nanos_a_byte);
        usize::try_from(nanos).unwrap_or(usize::MAX)
    }

    /// `count` bytes passed at `now`.
    pub fn used(&mut self, now: Instant, count: usize) {
        let time = self.time(count);
        if let Some(busy) = &mut self.busy {
            busy.until += time;
            busy.looked = now;
        }
    }

    /// Nothing more to carry: the time from now on is not saved up.
    pub fn idle(&mut self) {
        self.busy = None;
    }

    /// When to look again, if the line is busy with `waiting` bytes.
    pub fn next(&self, waiting: Option<usize>) -> Option<Instant> {
        let busy = self.busy?;
        let tick = busy.looked + TICK;
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
    fn a_busy_line_catches_up_and_an_idle_one_saves_nothing() {
        let start = Instant::now();
        let mut pacer = Pacer::new(1_000_000); // 10 µs a byte
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
    fn it_is_looked_after_once_a_tick() {
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
    fn a_short_line_is_carried_when_its_last_byte_has_passed() {
        let start = Instant::now();
        let mut pacer = Pacer::new(1_000_000);
        assert_eq!(pacer.allowance(start, Some(6)), 0);
        assert_eq!(pacer.next(Some(6)), Some(at(start, 60)));
        assert_eq!(pacer.allowance(at(start, 60), Some(6)), 6);
    }

    #[test]
    fn no_pace_no_waiting() {
        let mut pacer = Pacer::new(0);
        assert_eq!(pacer.allowance(Instant::now(), None), usize::MAX);
        assert_eq!(pacer.next(None), None);
    }
}
