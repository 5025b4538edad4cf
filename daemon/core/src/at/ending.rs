//! [`Tail`]: the last bytes of data whose end is not known beforehand, and whether they are
//! the module's way to end it.

use super::answer::Outcome;
use super::fields::strip_prefix;
use super::results::Final;
use super::urc::Urc;

/// Bytes kept: `OK`, a result line and a handful of URCs behind them.
const TAIL: usize = 512;

/// Most lines an ending has. It bounds the search in data made of lines that look like URCs.
const LINES: usize = 32;

/// The last [`TAIL`] bytes of a stream.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    bytes: Vec<u8>,
}

/// What the end of a tail says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ending {
    /// How many of the tail's bytes it is; the bytes before are data.
    pub length: usize,
    /// The final result in it.
    pub outcome: Option<Outcome>,
    /// The result line in it, without its prefix.
    pub result: Option<String>,
    /// The URCs in it.
    pub urcs: Vec<Urc>,
}

impl Tail {
    /// Takes the next bytes of the stream.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let fresh = bytes
            .get(bytes.len().saturating_sub(TAIL)..)
            .unwrap_or(bytes);
        // Let it grow to twice the size before the front is cut, so that single bytes stay cheap.
        if self.bytes.len() + fresh.len() > 2 * TAIL {
            let keep = TAIL.saturating_sub(fresh.len()).min(self.bytes.len());
            self.bytes.drain(..self.bytes.len() - keep);
        }
        self.bytes.extend_from_slice(fresh);
    }

    /// The endings the tail can be read as, shortest first: each a run of whole lines the module
    /// is known to send, from a line end on to the last byte.
    pub(crate) fn endings(&self, prefix: &str) -> Vec<Ending> {
        let mut endings = Vec::new();
        let bytes = self.bytes.as_slice();
        if !bytes.ends_with(b"\r\n") {
            return endings;
        }
        let starts = (0..bytes.len().saturating_sub(2)).rev();
        for start in starts.filter(|start| bytes.get(*start..*start + 2) == Some(b"\r\n")) {
            let lines = bytes.get(start..).unwrap_or_default();
            match Ending::parse(lines, prefix) {
                Some(ending) if endings.len() < LINES => endings.push(ending),
                _ => break,
            }
        }
        endings
    }
}

impl Ending {
    /// Reads lines, all of which must be known ones.
    fn parse(bytes: &[u8], prefix: &str) -> Option<Self> {
        let mut ending = Self {
            length: bytes.len(),
            ..Self::default()
        };
        for line in std::str::from_utf8(bytes).ok()?.split(['\r', '\n']) {
            if line.is_empty() {
            } else if let Some(Final::End(outcome)) = Final::parse(line) {
                ending.outcome.get_or_insert(outcome);
            } else if let Some(result) = result(line, prefix) {
                ending.result.get_or_insert_with(|| result.to_owned());
            } else {
                ending.urcs.push(Urc::parse(line)?);
            }
        }
        Some(ending)
    }

    /// Whether there was a restart: `RDY` and `+CFUN: <n>` (at-network.md 6). One of them alone
    /// may be a line of the data.
    pub(crate) fn is_restart(&self) -> bool {
        let has = |wanted: fn(&Urc) -> bool| self.urcs.iter().any(wanted);
        has(|urc| *urc == Urc::Ready) && has(|urc| matches!(urc, Urc::Functionality(_)))
    }

    /// The result's field of that index as a length: 1 in `+QFTPGET: 0,<n>`, 0 in
    /// `+QFDWL: <n>,<sum>`.
    pub(crate) fn length_field(&self, index: usize) -> Option<u64> {
        let result = self.result.as_deref()?;
        result.split(',').nth(index)?.trim().parse().ok()
    }

    /// Whether the result line reports an error.
    pub(crate) fn is_failure(&self) -> bool {
        self.result.as_deref().is_some_and(is_failure)
    }
}

/// The text of a result line of `prefix`; an empty prefix has none.
fn result<'a>(line: &'a str, prefix: &str) -> Option<&'a str> {
    let wanted = !prefix.is_empty();
    strip_prefix(line, prefix).filter(|_| wanted)
}

/// Whether `<err>,…` has an `<err>` other than 0.
pub(crate) fn is_failure(result: &str) -> bool {
    let code = result.split(',').next().unwrap_or_default();
    code.trim().parse().is_ok_and(|code: u32| code != 0)
}
