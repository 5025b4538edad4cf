//! [`Quiet`]: since when nothing came but URCs. Some modules say something of their own accord all the
//! time, and silence would be waited for in vain.

use std::time::Instant;

use crate::at::channel::Channel;

/// Since when the line has been silent but for URCs.
#[derive(Clone, Copy, Debug)]
pub(in crate::link) struct Quiet {
    /// While everything is discarded: when the last line came that is no URC.
    noise_at: Instant,
    /// When the last part of an incomplete line came.
    part_at: Option<Instant>,
    /// Where the ending of the data begins that was seen last, and when it was first seen.
    ending: Option<(u64, Instant)>,
}

impl Quiet {
    /// Silent from now on.
    pub(in crate::link) fn new(now: Instant) -> Self {
        Self {
            noise_at: now,
            part_at: None,
            ending: None,
        }
    }

    /// Another exchange begins.
    pub(in crate::link) fn begin(&mut self) {
        self.ending = None;
    }

    /// Bytes were received, and the channel has taken them in.
    pub(in crate::link) fn received(&mut self, channel: &mut Channel, now: Instant) {
        if channel.take_noise() {
            self.noise_at = now;
        }
        self.part_at = channel.is_in_line().then_some(now);
        let start = channel.ending_start();
        if start.is_some_and(|start| self.ending.is_none_or(|(at, _)| at != start)) {
            self.ending = start.map(|start| (start, now));
        }
    }

    /// While everything is discarded: since when nothing came but URCs.
    pub(in crate::link) fn since(&self) -> Instant {
        self.part_at
            .map_or(self.noise_at, |part| part.max(self.noise_at))
    }

    /// Since when nothing but URCs came after the ending of the data, if there is one.
    pub(in crate::link) fn since_ending(&self) -> Option<Instant> {
        self.ending.map(|(_, since)| since)
    }

    /// Silence is waited for from there on.
    pub(in crate::link) fn await_from(&mut self, begin: Instant) {
        self.noise_at = self.noise_at.max(begin);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::api::payload_sink::PayloadSink;

    struct Nowhere;

    impl PayloadSink for Nowhere {
        fn write(&mut self, _: &[u8]) {}
    }

    #[test]
    fn urcs_are_silence_and_late_data_is_not() {
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let mut channel = Channel::new();
        channel.abandon();
        let mut quiet = Quiet::new(begin);
        let mut feed = |quiet: &mut Quiet, ms, bytes: &[u8]| {
            channel.receive(bytes, &mut Nowhere);
            quiet.received(&mut channel, at(ms));
            quiet.since()
        };
        assert_eq!(feed(&mut quiet, 100, b"\r\n+CPIN: READY\r\n"), at(0));
        assert_eq!(
            feed(&mut quiet, 200, b"\r\n+CPIN: R"),
            at(200),
            "it may be anything"
        );
        assert_eq!(feed(&mut quiet, 210, b"EADY\r\n"), at(0), "it was a URC");
        assert_eq!(feed(&mut quiet, 300, b"data\r\n"), at(300));
        assert_eq!(feed(&mut quiet, 400, b"without an end"), at(400));
        assert_eq!(feed(&mut quiet, 500, b"without an end"), at(500));
    }
}
