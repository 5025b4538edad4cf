//! The output of the module as DCE (V.25ter's word for the modem's end of the serial line): a queue
//! of result codes, information lines, URCs and data, framed as in docs/module/at-ftp.md §1.1 and
//! docs/module/at-serial.md §4. URCs are held back in data mode.

use std::collections::VecDeque;

use super::profile::Profile;
use super::results::ResultCode;
use super::transcript::{Side, Transcript};

/// The output queue with the settings that determine its format.
#[derive(Debug)]
pub(crate) struct Dce {
    pub(crate) profile: Profile,
    pub(crate) transcript: Transcript,
    queue: VecDeque<u8>,
    /// Bytes ever added to the queue.
    queued: u64,
    /// Bytes ever removed from the queue: sent to the host.
    sent: u64,
    /// Positions in the output, counted like `queued`, whose sending is to be reported.
    marks: VecDeque<(u64, Mark)>,
    /// The running command line has printed an information line.
    info_printed: bool,
    data_mode: bool,
    /// Position in the output at which the last data mode began.
    data_start: u64,
    /// URCs held back in data mode.
    held: Vec<String>,
    /// A URC has occurred since [`Dce::take_urc_flag`].
    urc_seen: bool,
    /// The line of the next URC has begun with noise.
    noisy: bool,
}

/// A position in the output whose sending is reported by [`Dce::consume`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The end of the CONNECT line.
    Connected,
    /// The end of a download's data.
    DataEnd,
}

impl Dce {
    pub(crate) fn new(transcript: bool) -> Self {
        Self {
            profile: Profile::default(),
            transcript: Transcript::new(transcript),
            queue: VecDeque::new(),
            queued: 0,
            sent: 0,
            marks: VecDeque::new(),
            info_printed: false,
            data_mode: false,
            data_start: 0,
            held: Vec::new(),
            urc_seen: false,
            noisy: false,
        }
    }

    /// The first contiguous part of the queue.
    pub(crate) fn output(&self) -> &[u8] {
        self.queue.as_slices().0
    }

    /// The number of bytes in the queue.
    pub(crate) fn backlog(&self) -> usize {
        self.queue.len()
    }

    /// `count` bytes have been sent to the host; returns the marks that were passed.
    pub(crate) fn consume(&mut self, count: usize) -> Vec<Mark> {
        let count = count.min(self.queue.len());
        self.queue.drain(..count);
        self.sent += count as u64;
        let mut passed = Vec::new();
        while let Some(&(at, mark)) = self.marks.front() {
            if at > self.sent {
                break;
            }
            passed.push(mark);
            self.marks.pop_front();
        }
        passed
    }

    /// The number of bytes ever sent to the host.
    pub(crate) fn sent_total(&self) -> u64 {
        self.sent
    }

    /// Sets a mark at the end of what is queued.
    pub(crate) fn mark(&mut self, mark: Mark) {
        self.marks.push_back((self.queued, mark));
    }

    /// Queues bytes unchanged: echo, data, noise.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.queue.extend(bytes);
        self.queued += bytes.len() as u64;
    }

    /// Begins the line of the next URC with noise.
    pub(crate) fn noise_before_urc(&mut self) {
        let end = self.line_end();
        self.raw(&end);
        self.raw(&[0xFF, b'~', 0xFE, 0xF0, b'x', 0x80]);
        self.noisy = true;
    }

    /// Queues data of a download.
    pub(crate) fn data(&mut self, bytes: &[u8]) {
        self.transcript.data(Side::Module, bytes.len());
        self.raw(bytes);
    }

    fn line_end(&self) -> [u8; 2] {
        [self.profile.end(), self.profile.line_feed()]
    }

    /// Queues an information line of the running command.
    pub(crate) fn info(&mut self, text: &str) {
        self.transcript.line(Side::Module, text.as_bytes());
        if self.profile.verbose && !self.info_printed {
            self.raw(&self.line_end());
        }
        self.info_printed = true;
        self.raw(text.as_bytes());
        self.raw(&self.line_end());
    }

    /// Queues a result code: the final one of the command line, or CONNECT.
    pub(crate) fn result(&mut self, code: ResultCode) {
        self.info_printed = false;
        if self.profile.quiet {
            return;
        }
        self.transcript.line(Side::Module, code.word().as_bytes());
        if self.profile.verbose {
            self.framed(code.word());
        } else {
            self.raw(&[b'0' + code.digit(), self.profile.end()]);
        }
    }

    /// Queues a result code that is text even with ATV0: `+CME ERROR: 603`, `CONNECT 500`.
    pub(crate) fn result_text(&mut self, text: &str) {
        self.info_printed = false;
        if !self.profile.quiet {
            self.transcript.line(Side::Module, text.as_bytes());
            self.framed(text);
        }
    }

    /// Queues a URC. In data mode it is held back until [`Dce::release_urcs`]
    /// (docs/module/at-ftp.md §1.4).
    pub(crate) fn urc(&mut self, text: &str) {
        self.urc_seen = true;
        if self.data_mode {
            self.held.push(text.to_owned());
        } else {
            self.transcript.line(Side::Module, text.as_bytes());
            self.framed(text);
        }
    }

    /// Whether a URC has occurred since the last call.
    pub(crate) fn take_urc_flag(&mut self) -> bool {
        std::mem::take(&mut self.urc_seen)
    }

    fn framed(&mut self, text: &str) {
        let end = self.line_end();
        if !std::mem::take(&mut self.noisy) {
            self.raw(&end);
        }
        self.raw(text.as_bytes());
        self.raw(&end);
    }

    /// Data mode begins: URCs are held back from now on.
    pub(crate) fn enter_data_mode(&mut self) {
        self.data_mode = true;
        self.data_start = self.queued;
    }

    /// A download is aborted: removes its data that has not been sent yet.
    pub(crate) fn drop_data(&mut self) {
        let kept = self.data_start.saturating_sub(self.sent);
        self.queue
            .truncate(usize::try_from(kept).unwrap_or(usize::MAX));
        self.queued = self.sent + self.queue.len() as u64;
        for (at, _) in &mut self.marks {
            *at = self.queued.min(*at);
        }
    }

    /// Data mode ends. URCs are still held back, until [`Dce::release_urcs`] after the result code.
    pub(crate) fn leave_data_mode(&mut self) {
        self.data_mode = false;
        self.transcript.end_data();
    }

    /// Queues the URCs held back in data mode.
    pub(crate) fn release_urcs(&mut self) {
        if !self.data_mode {
            for text in std::mem::take(&mut self.held) {
                self.urc(&text);
            }
        }
    }

    /// Discards the queue, as a loss of power does.
    pub(crate) fn drop_output(&mut self) {
        self.queued -= self.queue.len() as u64;
        self.queue.clear();
        self.marks.clear();
    }

    /// Returns to command mode with no URC held back, as a restart does.
    pub(crate) fn reset(&mut self) {
        self.held.clear();
        self.info_printed = false;
        self.data_mode = false;
        self.transcript.end_data();
    }
}

#[cfg(test)]
mod tests {
    use super::{Dce, Mark, ResultCode};

    fn output(dce: &mut Dce) -> String {
        let text =
            String::from_utf8_lossy(&dce.queue.iter().copied().collect::<Vec<_>>()).into_owned();
        dce.consume(usize::MAX);
        text
    }

    #[test]
    fn verbose_framing() {
        let mut dce = Dce::new(false);
        dce.info("+X: a");
        dce.info("+X: b");
        dce.result(ResultCode::Ok);
        assert_eq!(output(&mut dce), "\r\n+X: a\r\n+X: b\r\n\r\nOK\r\n");
        dce.result_text("+CME ERROR: 603");
        assert_eq!(output(&mut dce), "\r\n+CME ERROR: 603\r\n");
    }

    #[test]
    fn numeric_and_quiet_framing() {
        let mut dce = Dce::new(false);
        dce.profile.verbose = false;
        dce.info("+X: a");
        dce.result(ResultCode::Ok);
        assert_eq!(output(&mut dce), "+X: a\r\n0\r");
        dce.profile.quiet = true;
        dce.info("+X: a");
        dce.result(ResultCode::Error);
        assert_eq!(output(&mut dce), "+X: a\r\n");
    }

    #[test]
    fn urcs_are_held_back_in_data_mode() {
        let mut dce = Dce::new(false);
        dce.enter_data_mode();
        dce.urc("RING");
        assert_eq!(output(&mut dce), "");
        dce.leave_data_mode();
        dce.result(ResultCode::Ok);
        dce.release_urcs();
        assert_eq!(output(&mut dce), "\r\nOK\r\n\r\nRING\r\n");
    }

    #[test]
    fn mark_is_reported_when_its_last_byte_is_sent() {
        let mut dce = Dce::new(false);
        dce.raw(b"12345");
        dce.mark(Mark::Connected);
        dce.raw(b"6");
        assert_eq!(dce.consume(4), []);
        assert_eq!(dce.consume(1), [Mark::Connected]);
    }
}
