//! What the module says: result codes, information lines and URCs framed as docs/module/at-ftp.md §1.1 and
//! docs/module/at-serial.md §4 want them, queued in order, with URCs held back while the port is in data mode.

use std::collections::VecDeque;

use super::profile::Profile;
use super::transcript::{Side, Transcript};

/// Result codes of V.25ter that the module uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultCode {
    Ok,
    Connect,
    NoCarrier,
    Error,
}

impl ResultCode {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Connect => "CONNECT",
            Self::NoCarrier => "NO CARRIER",
            Self::Error => "ERROR",
        }
    }

    fn digit(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Connect => 1,
            Self::NoCarrier => 3,
            Self::Error => 4,
        }
    }
}

/// The module's side of the line.
#[derive(Debug)]
pub(crate) struct Terminal {
    pub(crate) profile: Profile,
    pub(crate) transcript: Transcript,
    queue: VecDeque<u8>,
    queued: u64,
    taken: u64,
    marks: VecDeque<(u64, Mark)>,
    answered: bool,
    data_mode: bool,
    /// Where in the output the last data mode began.
    data_start: u64,
    held: Vec<String>,
    /// A URC has come and RI has not been told.
    rang: bool,
}

/// A point in the output whose passing onto the line somebody wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The last byte of CONNECT and its line end.
    Connected,
    /// The last byte of a download.
    DataEnd,
}

impl Terminal {
    pub(crate) fn new(transcript: bool) -> Self {
        Self {
            profile: Profile::default(),
            transcript: Transcript::new(transcript),
            queue: VecDeque::new(),
            queued: 0,
            taken: 0,
            marks: VecDeque::new(),
            answered: false,
            data_mode: false,
            data_start: 0,
            held: Vec::new(),
            rang: false,
        }
    }

    /// Bytes waiting for the line, the first contiguous piece of them.
    pub(crate) fn output(&self) -> &[u8] {
        self.queue.as_slices().0
    }

    /// How many bytes wait in all.
    pub(crate) fn backlog(&self) -> usize {
        self.queue.len()
    }

    /// `count` bytes went onto the line; tells the marks that were passed.
    pub(crate) fn consume(&mut self, count: usize) -> Vec<Mark> {
        let count = count.min(self.queue.len());
        self.queue.drain(..count);
        self.taken += count as u64;
        let mut passed = Vec::new();
        while let Some(&(at, mark)) = self.marks.front() {
            if at > self.taken {
                break;
            }
            passed.push(mark);
            self.marks.pop_front();
        }
        passed
    }

    /// All bytes ever taken from the output.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// Wants to know when everything queued so far is on the line.
    pub(crate) fn mark(&mut self, mark: Mark) {
        self.marks.push_back((self.queued, mark));
    }

    /// Bytes as they are: echo, data, garbage.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.queue.extend(bytes);
        self.queued += bytes.len() as u64;
    }

    /// Data of a download.
    pub(crate) fn data(&mut self, bytes: &[u8]) {
        self.transcript.data(Side::Module, bytes.len());
        self.raw(bytes);
    }

    fn line_end(&self) -> [u8; 2] {
        [self.profile.end(), self.profile.feed()]
    }

    /// An information line of the running command.
    pub(crate) fn info(&mut self, text: &str) {
        self.transcript.line(Side::Module, text.as_bytes());
        if self.profile.verbose && !self.answered {
            self.raw(&self.line_end());
        }
        self.answered = true;
        self.raw(text.as_bytes());
        self.raw(&self.line_end());
    }

    /// A result code that ends the running command line, or CONNECT.
    pub(crate) fn result(&mut self, code: ResultCode) {
        self.answered = false;
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

    /// A result that is text in any case: `+CME ERROR: 603`, `CONNECT 500`.
    pub(crate) fn result_text(&mut self, text: &str) {
        self.answered = false;
        if !self.profile.quiet {
            self.transcript.line(Side::Module, text.as_bytes());
            self.framed(text);
        }
    }

    /// An unsolicited line. In data mode it waits until command mode is back (docs/module/at-ftp.md §1.4).
    pub(crate) fn urc(&mut self, text: &str) {
        self.rang = true;
        if self.data_mode {
            self.held.push(text.to_owned());
        } else {
            self.transcript.line(Side::Module, text.as_bytes());
            self.framed(text);
        }
    }

    /// Whether a URC has come since the last call.
    pub(crate) fn take_ring(&mut self) -> bool {
        std::mem::take(&mut self.rang)
    }

    fn framed(&mut self, text: &str) {
        let end = self.line_end();
        self.raw(&end);
        self.raw(text.as_bytes());
        self.raw(&end);
    }

    /// Data mode begins: URCs are held from now on.
    pub(crate) fn enter_data_mode(&mut self) {
        self.data_mode = true;
        self.data_start = self.queued;
    }

    /// A download is broken off: what of it is not on the line yet never gets there.
    pub(crate) fn drop_data(&mut self) {
        let kept = self.data_start.saturating_sub(self.taken);
        self.queue
            .truncate(usize::try_from(kept).unwrap_or(usize::MAX));
        self.queued = self.taken + self.queue.len() as u64;
        for (at, _) in &mut self.marks {
            *at = self.queued.min(*at);
        }
    }

    /// Command mode is back. Held URCs come with [`Terminal::release_urcs`], after the result.
    pub(crate) fn leave_data_mode(&mut self) {
        self.data_mode = false;
        self.transcript.end_data();
    }

    /// Prints what was held during data mode.
    pub(crate) fn release_urcs(&mut self) {
        if !self.data_mode {
            for text in std::mem::take(&mut self.held) {
                self.urc(&text);
            }
        }
    }

    /// What waits for the line is lost with the power.
    pub(crate) fn drop_output(&mut self) {
        self.queued -= self.queue.len() as u64;
        self.queue.clear();
        self.marks.clear();
    }

    /// Power is gone: nothing is left to say.
    pub(crate) fn silence(&mut self) {
        self.held.clear();
        self.answered = false;
        self.data_mode = false;
        self.transcript.end_data();
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, ResultCode, Terminal};

    fn said(terminal: &mut Terminal) -> String {
        let text = String::from_utf8_lossy(&terminal.queue.iter().copied().collect::<Vec<_>>())
            .into_owned();
        terminal.consume(usize::MAX);
        text
    }

    #[test]
    fn verbose_frames() {
        let mut terminal = Terminal::new(false);
        terminal.info("+X: a");
        terminal.info("+X: b");
        terminal.result(ResultCode::Ok);
        assert_eq!(said(&mut terminal), "\r\n+X: a\r\n+X: b\r\n\r\nOK\r\n");
        terminal.result_text("+CME ERROR: 603");
        assert_eq!(said(&mut terminal), "\r\n+CME ERROR: 603\r\n");
    }

    #[test]
    fn numeric_and_quiet_frames() {
        let mut terminal = Terminal::new(false);
        terminal.profile.verbose = false;
        terminal.info("+X: a");
        terminal.result(ResultCode::Ok);
        assert_eq!(said(&mut terminal), "+X: a\r\n0\r");
        terminal.profile.quiet = true;
        terminal.info("+X: a");
        terminal.result(ResultCode::Error);
        assert_eq!(said(&mut terminal), "+X: a\r\n");
    }

    #[test]
    fn urcs_wait_for_command_mode() {
        let mut terminal = Terminal::new(false);
        terminal.enter_data_mode();
        terminal.urc("RING");
        assert_eq!(said(&mut terminal), "");
        terminal.leave_data_mode();
        terminal.result(ResultCode::Ok);
        terminal.release_urcs();
        assert_eq!(said(&mut terminal), "\r\nOK\r\n\r\nRING\r\n");
    }

    #[test]
    fn marks_are_passed_with_their_last_byte() {
        let mut terminal = Terminal::new(false);
        terminal.raw(b"12345");
        terminal.mark(Mark::Connected);
        terminal.raw(b"6");
        assert_eq!(terminal.consume(4), []);
        assert_eq!(terminal.consume(1), [Mark::Connected]);
    }
}
