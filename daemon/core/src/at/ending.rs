//! [`Tail`]: the last bytes of data whose length is not known in advance, and whether they are the
//! lines with which the module ends data mode.

use std::fmt;

use zeroize::Zeroizing;

use super::answer::Outcome;
use super::fields::strip_prefix;
use super::results::Final;
use super::urc::Urc;

/// Bytes kept: enough for `OK`, a result line and several URCs after them.
const TAIL: usize = 1024;

/// No ending is longer, bytes.
pub(crate) const LONGEST: usize = 2 * TAIL;

/// Most lines of an ending: result line, `OK`, and the URCs of a boot (docs/module/at-network.md
/// §6), or of a module that says the same all the time. Bounds the search in data whose lines look
/// like these.
const LINES: usize = 40;

/// The last [`TAIL`] bytes of a stream. They may be part of a key that is read back, so they are
/// wiped, and `Debug` shows none of them.
#[derive(Default)]
pub(crate) struct Tail {
    bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

/// The last lines of a tail, read as the end of data mode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ending {
    /// Their length in bytes; everything before them is data.
    pub length: usize,
    /// The first final result in them.
    pub outcome: Option<Outcome>,
    /// The first result line in them, without its prefix.
    pub result: Option<String>,
    /// Whether there are two final results or two result lines. The module sends each once, so the
    /// first ones are data.
    pub doubled: bool,
    ready: bool,
    functional: bool,
}

impl Tail {
    /// Adds the next bytes of the stream.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let fresh = bytes
            .get(bytes.len().saturating_sub(TAIL)..)
            .unwrap_or(bytes);
        // Reserved at once, so that no copy is left in memory by a growing vector.
        if self.bytes.capacity() == 0 {
            self.bytes.reserve_exact(2 * TAIL);
        }
        // It grows to twice the size before its front is removed, so that adding single bytes is
        // cheap.
        if self.bytes.len() + fresh.len() > 2 * TAIL {
            let keep = TAIL.saturating_sub(fresh.len()).min(self.bytes.len());
            let removed = self.bytes.len() - keep;
            self.bytes.drain(..removed);
        }
        self.bytes.extend_from_slice(fresh);
    }

    /// The last [`TAIL`] bytes. What was kept of those before them depends on the pieces in which they
    /// came, and must not decide anything.
    fn last(&self) -> &[u8] {
        let start = self.bytes.len().saturating_sub(TAIL);
        self.bytes.get(start..).unwrap_or_default()
    }

    /// The endings that the tail can be read as, shortest first. Each is a sequence of complete
    /// lines that the module is known to send, up to the last byte.
    pub(crate) fn endings(&self, prefix: &str) -> Vec<Ending> {
        let mut endings = Vec::new();
        let mut ending = Ending::default();
        let bytes = self.last();
        let mut rest = bytes.strip_suffix(b"\r\n").unwrap_or_default();
        while endings.len() < LINES
            && let Some(start) = rest.windows(2).rposition(|pair| pair == b"\r\n")
            && let Some((before, line)) = rest.split_at_checked(start)
            && ending.extend(line, prefix)
        {
            ending.length = bytes.len() - start;
            endings.push(ending.clone());
            rest = before;
        }
        endings
    }

    /// The URCs in the last `length` bytes.
    pub(crate) fn urcs(&self, length: usize, prefix: &str) -> Vec<Urc> {
        let bytes = self.last();
        let start = bytes.len().saturating_sub(length);
        let text = String::from_utf8_lossy(bytes.get(start..).unwrap_or_default());
        let lines = text
            .split(['\r', '\n'])
            .filter(|line| result(line, prefix).is_none());
        lines.filter_map(Urc::parse).collect()
    }
}

impl Ending {
    /// Prepends lines; `false` if the module is not known to send them.
    fn extend(&mut self, bytes: &[u8], prefix: &str) -> bool {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return false;
        };
        text.rsplit(['\r', '\n']).all(|line| {
            if line.is_empty() {
            } else if let Some(Final::End(outcome)) = Final::parse(line) {
                self.doubled |= self.outcome.replace(outcome).is_some();
            } else if let Some(result) = result(line, prefix) {
                self.doubled |= self.result.replace(result.to_owned()).is_some();
            } else {
                match Urc::parse(line) {
                    Some(Urc::Ready) => self.ready = true,
                    Some(Urc::Functionality(_)) => self.functional = true,
                    Some(_) => {}
                    None => return false,
                }
            }
            true
        })
    }

    /// Whether the module restarted: `RDY` and `+CFUN: <n>` (docs/module/at-network.md §6). One of
    /// them alone may be a line of the data.
    pub(crate) fn is_restart(&self) -> bool {
        self.ready && self.functional
    }

    /// The field with this index in the result line, as a length: 1 in `+QFTPGET: 0,<n>`, 0 in
    /// `+QFDWL: <n>,<checksum>`.
    pub(crate) fn length_field(&self, index: usize) -> Option<u64> {
        let result = self.result.as_deref()?;
        result.split(',').nth(index)?.trim().parse().ok()
    }

    /// Whether the result line reports an error.
    pub(crate) fn is_failure(&self) -> bool {
        self.result.as_deref().is_some_and(is_failure)
    }
}

/// The text of a result line with this prefix; `None` for an empty prefix.
fn result<'a>(line: &'a str, prefix: &str) -> Option<&'a str> {
    let wanted = !prefix.is_empty();
    strip_prefix(line, prefix).filter(|_| wanted)
}

/// Whether `<err>,…` has an `<err>` other than 0.
pub(crate) fn is_failure(result: &str) -> bool {
    let code = result.split(',').next().unwrap_or_default();
    code.trim().parse().is_ok_and(|code: u32| code != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_in_which_the_bytes_came_decide_nothing() {
        let line = format!("\r\n+CTZV: \"{}\"\r\n", "+".repeat(TAIL / 8));
        let lines = line.into_bytes().repeat(24);
        let mut whole = Tail::default();
        whole.push(&lines);
        for size in [1, 7, TAIL - 1, TAIL, TAIL + 1] {
            let mut pieces = Tail::default();
            lines.chunks(size).for_each(|piece| pieces.push(piece));
            assert_eq!(pieces.endings("+X"), whole.endings("+X"), "{size}");
            assert_eq!(pieces.urcs(TAIL, "+X"), whole.urcs(TAIL, "+X"), "{size}");
        }
    }
}
