//! The guarded `+++` (docs/module/at-serial.md §6): one second of silence, three plus signs within one second,
//! one second of silence. Any other byte in the window makes the plus signs data again.

use std::time::{Duration, Instant};

/// Silence wanted before and after, and the longest time the three plus signs may take.
const GUARD: Duration = Duration::from_secs(1);

/// Watches the bytes of one stay in data mode for the escape sequence.
#[derive(Debug)]
pub(crate) struct Escape {
    last_byte: Instant,
    first_plus: Instant,
    held: usize,
}

/// What became of a run of bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Passed {
    /// Plus signs held back so far that turned out to be data: they come before the run.
    pub(crate) released: usize,
    /// Whether the run itself is held back (it is nothing but plus signs of a possible escape).
    pub(crate) held: bool,
}

impl Escape {
    /// Data mode begins now; the silence before an escape counts from here.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            last_byte: now,
            first_plus: now,
            held: 0,
        }
    }

    /// Looks at a run of bytes that arrived together.
    pub(crate) fn feed(&mut self, now: Instant, run: &[u8]) -> Passed {
        let quiet_before = now.duration_since(self.last_byte) >= GUARD;
        self.last_byte = now;
        let only_plus = run.iter().all(|&byte| byte == b'+');
        if self.held == 0 {
            if quiet_before && only_plus && run.len() <= 3 {
                self.first_plus = now;
                self.held = run.len();
                return Passed {
                    released: 0,
                    held: true,
                };
            }
            return Passed {
                released: 0,
                held: false,
            };
        }
        let in_time = now.duration_since(self.first_plus) < GUARD;
        if in_time && only_plus && self.held + run.len() <= 3 {
            self.held += run.len();
            return Passed {
                released: 0,
                held: true,
            };
        }
        Passed {
            released: std::mem::take(&mut self.held),
            held: false,
        }
    }

    /// Plus signs held back at the moment.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// Gives the held plus signs back as data, for instance because they complete a counted upload.
    pub(crate) fn release(&mut self) -> usize {
        std::mem::take(&mut self.held)
    }

    /// When [`Escape::timeout`] wants to be called.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.held {
            0 => None,
            3 => Some(self.last_byte + GUARD),
            _ => Some(self.first_plus + GUARD),
        }
    }

    /// The guard time is over: true if this was the escape, false if fewer than three plus signs came
    /// (they are data; take them with [`Escape::release`]).
    pub(crate) fn timeout(&mut self) -> bool {
        let complete = self.held == 3;
        if complete {
            self.held = 0;
        }
        complete
    }
}

#[cfg(test)]
mod tests {
    use super::{Escape, Passed};
    use std::time::{Duration, Instant};

    const HELD: Passed = Passed {
        released: 0,
        held: true,
    };
    const DATA: Passed = Passed {
        released: 0,
        held: false,
    };

    fn at(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    #[test]
    fn a_guarded_escape_is_seen_whole_or_in_pieces() {
        for pieces in [vec![&b"+++"[..]], vec![b"+", b"+", b"+"], vec![b"+", b"++"]] {
            let start = Instant::now();
            let mut escape = Escape::new(start);
            assert_eq!(escape.feed(at(start, 100), b"data"), DATA);
            for (step, piece) in pieces.iter().enumerate() {
                assert_eq!(escape.feed(at(start, 1100 + 10 * step as u64), piece), HELD);
            }
            let end = escape.deadline().unwrap();
            assert_eq!(end, at(start, 2100 + 10 * (pieces.len() as u64 - 1)));
            assert!(escape.timeout());
            assert_eq!(escape.held(), 0);
        }
    }

    #[test]
    fn without_silence_before_they_are_data() {
        let start = Instant::now();
        let mut escape = Escape::new(start);
        assert_eq!(escape.feed(at(start, 999), b"+++"), DATA);
        assert_eq!(escape.deadline(), None);
    }

    #[test]
    fn any_other_byte_in_the_window_releases_them() {
        let start = Instant::now();
        let mut escape = Escape::new(start);
        assert_eq!(escape.feed(at(start, 1000), b"+++"), HELD);
        assert_eq!(
            escape.feed(at(start, 1999), b"x"),
            Passed {
                released: 3,
                held: false
            }
        );
        assert_eq!(escape.feed(at(start, 3000), b"++"), HELD);
        assert_eq!(
            escape.feed(at(start, 3001), b"++"),
            Passed {
                released: 2,
                held: false
            }
        );
    }

    #[test]
    fn too_few_or_too_slow_is_data() {
        let start = Instant::now();
        let mut escape = Escape::new(start);
        assert_eq!(escape.feed(at(start, 1000), b"++"), HELD);
        assert_eq!(escape.deadline(), Some(at(start, 2000)));
        assert!(!escape.timeout());
        assert_eq!(escape.release(), 2);
        assert_eq!(escape.feed(at(start, 5000), b"+"), HELD);
        assert_eq!(
            escape.feed(at(start, 6000), b"++"),
            Passed {
                released: 1,
                held: false
            }
        );
    }

    #[test]
    fn glued_to_other_bytes_they_are_data() {
        let start = Instant::now();
        let mut escape = Escape::new(start);
        assert_eq!(escape.feed(at(start, 5000), b"+++x"), DATA);
        assert_eq!(escape.feed(at(start, 9000), b"++++"), DATA);
    }
}
