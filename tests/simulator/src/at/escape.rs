//! Detects the escape sequence `+++` (docs/module/at-serial.md §6): one second without a byte,
//! three plus signs within one second, one second without a byte. If another byte comes during that
//! time, the plus signs are data.

use std::time::{Duration, Instant};

/// Guard time before and after the sequence, and the longest time for the three plus signs.
const GUARD: Duration = Duration::from_secs(1);

/// Detects the escape sequence during one stay in data mode.
#[derive(Debug)]
pub(crate) struct EscapeDetector {
    last_byte: Instant,
    first_plus: Instant,
    held: usize,
}

/// The result of checking received bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EscapeCheck {
    /// Number of plus signs held back earlier that are data; they precede the bytes checked.
    pub(crate) released: usize,
    /// Whether the bytes checked are held back: they may be part of an escape sequence.
    pub(crate) held: bool,
}

impl EscapeDetector {
    /// Data mode begins at `now`; the first guard time counts from there.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            last_byte: now,
            first_plus: now,
            held: 0,
        }
    }

    /// Checks bytes that were received together.
    pub(crate) fn feed(&mut self, now: Instant, bytes: &[u8]) -> EscapeCheck {
        let quiet_before = now.duration_since(self.last_byte) >= GUARD;
        self.last_byte = now;
        let only_plus = bytes.iter().all(|&byte| byte == b'+');
        if self.held == 0 {
            if quiet_before && only_plus && bytes.len() <= 3 {
                self.first_plus = now;
                self.held = bytes.len();
                return EscapeCheck {
                    released: 0,
                    held: true,
                };
            }
            return EscapeCheck {
                released: 0,
                held: false,
            };
        }
        let in_time = now.duration_since(self.first_plus) < GUARD;
        if in_time && only_plus && self.held + bytes.len() <= 3 {
            self.held += bytes.len();
            return EscapeCheck {
                released: 0,
                held: true,
            };
        }
        EscapeCheck {
            released: std::mem::take(&mut self.held),
            held: false,
        }
    }

    /// The number of plus signs held back.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// Returns the number of plus signs held back and releases them as data, for instance because
    /// they complete an upload of known length.
    pub(crate) fn release(&mut self) -> usize {
        std::mem::take(&mut self.held)
    }

    /// When [`EscapeDetector::timeout`] must be called.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.held {
            0 => None,
            3 => Some(self.last_byte + GUARD),
            _ => Some(self.first_plus + GUARD),
        }
    }

    /// The guard time is over: true if the escape sequence is complete; false if fewer than three
    /// plus signs came, which are data and must be released with [`EscapeDetector::release`].
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
    use super::{EscapeCheck, EscapeDetector};
    use std::time::{Duration, Instant};

    const HELD: EscapeCheck = EscapeCheck {
        released: 0,
        held: true,
    };
    const DATA: EscapeCheck = EscapeCheck {
        released: 0,
        held: false,
    };

    fn at(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    #[test]
    fn detects_the_escape_sequence_in_one_or_several_pieces() {
        for pieces in [vec![&b"+++"[..]], vec![b"+", b"+", b"+"], vec![b"+", b"++"]] {
            let start = Instant::now();
            let mut escape = EscapeDetector::new(start);
            assert_eq!(escape.feed(at(start, 100), b"data"), DATA);
            for (index, piece) in pieces.iter().enumerate() {
                assert_eq!(
                    escape.feed(at(start, 1100 + 10 * index as u64), piece),
                    HELD
                );
            }
            let end = escape.deadline().unwrap();
            assert_eq!(end, at(start, 2100 + 10 * (pieces.len() as u64 - 1)));
            assert!(escape.timeout());
            assert_eq!(escape.held(), 0);
        }
    }

    #[test]
    fn plus_signs_without_guard_time_before_are_data() {
        let start = Instant::now();
        let mut escape = EscapeDetector::new(start);
        assert_eq!(escape.feed(at(start, 999), b"+++"), DATA);
        assert_eq!(escape.deadline(), None);
    }

    #[test]
    fn another_byte_within_the_guard_time_releases_the_plus_signs() {
        let start = Instant::now();
        let mut escape = EscapeDetector::new(start);
        assert_eq!(escape.feed(at(start, 1000), b"+++"), HELD);
        assert_eq!(
            escape.feed(at(start, 1999), b"x"),
            EscapeCheck {
                released: 3,
                held: false
            }
        );
        assert_eq!(escape.feed(at(start, 3000), b"++"), HELD);
        assert_eq!(
            escape.feed(at(start, 3001), b"++"),
            EscapeCheck {
                released: 2,
                held: false
            }
        );
    }

    #[test]
    fn too_few_or_too_slow_plus_signs_are_data() {
        let start = Instant::now();
        let mut escape = EscapeDetector::new(start);
        assert_eq!(escape.feed(at(start, 1000), b"++"), HELD);
        assert_eq!(escape.deadline(), Some(at(start, 2000)));
        assert!(!escape.timeout());
        assert_eq!(escape.release(), 2);
        assert_eq!(escape.feed(at(start, 5000), b"+"), HELD);
        assert_eq!(
            escape.feed(at(start, 6000), b"++"),
            EscapeCheck {
                released: 1,
                held: false
            }
        );
    }

    #[test]
    fn plus_signs_next_to_other_bytes_are_data() {
        let start = Instant::now();
        let mut escape = EscapeDetector::new(start);
        assert_eq!(escape.feed(at(start, 5000), b"+++x"), DATA);
        assert_eq!(escape.feed(at(start, 9000), b"++++"), DATA);
    }
}
