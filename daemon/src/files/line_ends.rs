//! Line ends of ASCII type (RFC 959 §3.1.1.1): CR LF on the way, LF here. What is CR LF already
//! stays so, and a CR that ends no line is a byte like any other.

/// LF → CR LF, for bytes that are sent.
#[derive(Debug, Default)]
pub struct ToNetwork {
    after_cr: bool,
}

impl ToNetwork {
    /// Appends `bytes` to `out`, with line ends for the way. It grows to twice their number at
    /// most.
    pub fn convert(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for byte in bytes {
            if *byte == b'\n' && !self.after_cr {
                out.push(b'\r');
            }
            out.push(*byte);
            self.after_cr = *byte == b'\r';
        }
    }
}

/// CR LF → LF, for bytes that were received.
#[derive(Debug, Default)]
pub struct FromNetwork {
    /// A CR that may be the first half of a line end.
    cr: bool,
}

impl FromNetwork {
    /// Gives `bytes` to `out` piece by piece, with line ends as they are here.
    pub fn convert(&mut self, bytes: &[u8], mut out: impl FnMut(&[u8])) {
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            if std::mem::take(&mut self.cr) && *first != b'\n' {
                out(b"\r");
            }
            let end = rest.iter().position(|byte| *byte == b'\r');
            let (plain, behind) = rest.split_at(end.unwrap_or(rest.len()));
            out(plain);
            self.cr = !behind.is_empty();
            rest = behind.get(1..).unwrap_or_default();
        }
    }

    /// The end: a CR that waited for its LF is one by itself.
    pub fn finish(&mut self, mut out: impl FnMut(&[u8])) {
        if std::mem::take(&mut self.cr) {
            out(b"\r");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to_network(pieces: &[&[u8]]) -> Vec<u8> {
        let (mut text, mut out) = (ToNetwork::default(), Vec::new());
        for piece in pieces {
            text.convert(piece, &mut out);
        }
        out
    }

    fn from_network(pieces: &[&[u8]]) -> Vec<u8> {
        let (mut text, mut out) = (FromNetwork::default(), Vec::new());
        for piece in pieces {
            text.convert(piece, |bytes| out.extend_from_slice(bytes));
        }
        text.finish(|bytes| out.extend_from_slice(bytes));
        out
    }

    #[test]
    fn line_ends_are_converted_however_the_bytes_are_cut() {
        let here = b"a\n\nb\rc\n\r";
        let there = b"a\r\n\r\nb\rc\r\n\r";
        for cut in 0..=here.len() {
            let (first, second) = here.split_at(cut);
            assert_eq!(to_network(&[first, second]), there);
        }
        for cut in 0..=there.len() {
            let (first, second) = there.split_at(cut);
            assert_eq!(from_network(&[first, second]), here);
        }
    }

    #[test]
    fn line_ends_of_the_network_stay_when_sent() {
        assert_eq!(to_network(&[b"a\r", b"\nb\r\n"]), b"a\r\nb\r\n");
    }
}
