//! [`Pace`]: payload may pause and may be slow, but has to move at a least pace. So an exchange takes a
//! time in all that its number of bytes bounds, however rarely the other side sends a byte.

use std::time::{Duration, Instant};

use super::handle::Link;
use super::payload::LocalEnd;

/// The least pace on average, bytes per second: about half of the 300 bit/s that remain of NB-IoT at the
/// edge of its coverage.
const LEAST: u64 = 20;
/// Where the local end is a caller's pipe: holding the module up is then up to the caller.
const LEAST_OF_PIPE: u64 = 100;

/// How much later than now the least pace is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Bytes per second.
    least: u64,
    /// What is saved up at most.
    grace: Duration,
    /// Until when more has to come.
    until: Instant,
}

impl Pace {
    /// Payload may begin to move within `grace`.
    pub(super) fn begin(now: Instant, grace: Duration, local: Option<LocalEnd>) -> Self {
        let least = match local {
            Some(LocalEnd::Pipe) => LEAST_OF_PIPE,
            Some(LocalEnd::File) | None => LEAST,
        };
        let until = now + grace;
        Self {
            least,
            grace,
            until,
        }
    }

    /// So many bytes moved.
    pub(super) fn moved(&mut self, now: Instant, bytes: u64) {
        let most = now + self.grace;
        let time = Duration::from_millis(bytes.min(u64::from(u32::MAX)) * 1000 / self.least);
        self.until = (self.until + time).min(most);
    }

    /// When it is too slow unless more has moved by then.
    pub(super) fn deadline(&self) -> Instant {
        self.until
    }
}

impl Link {
    /// How far payload may fall behind the least pace: more than any silence that is allowed.
    pub(super) fn grace(&self) -> Duration {
        2 * self.response_limit()
    }

    /// How long the local end has kept payload from moving in all.
    pub(super) fn blocked(&self) -> Duration {
        self.state
            .get(|state| state.local.blocked(state.now.instant))
    }

    /// How long payload of so many bytes may take in all.
    pub(super) fn longest(&self, bytes: u64) -> Duration {
        // A year is no limit any more, and can be added to any time.
        let seconds = (bytes / LEAST).min(365 * 86_400);
        self.grace() + Duration::from_secs(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trickle_is_too_slow_and_a_slow_line_is_not() {
        let begin = Instant::now();
        let grace = Duration::from_secs(200);
        // Bytes, every so many seconds, and whether they keep the pace for two hours.
        for (bytes, every, keeps) in [
            (1, 5, false),
            (80, 5, false),
            (110, 5, true),
            (20_000, 150, true),
            (1024, 100, false),
        ] {
            let mut pace = Pace::begin(begin, grace, None);
            let mut now = begin;
            while now < pace.deadline() && now < begin + Duration::from_secs(7200) {
                now += Duration::from_secs(every);
                pace.moved(now, bytes);
            }
            assert_eq!(
                now >= begin + Duration::from_secs(7200),
                keeps,
                "{bytes} each {every} s"
            );
        }
    }

    #[test]
    fn a_fast_beginning_does_not_pay_for_a_slow_end() {
        let begin = Instant::now();
        let grace = Duration::from_secs(200);
        let mut pace = Pace::begin(begin, grace, None);
        pace.moved(begin, u64::MAX);
        assert_eq!(pace.deadline(), begin + grace);
    }
}
