//! Conversion of line ends for the ASCII type (RFC 959 §3.1.1.1): LF in local files, CR LF on the
//! network. A CR LF in a local file is sent as it is, and a CR without LF is not changed.

/// LF → CR LF, for uploads.
#[derive(Debug, Default)]
pub struct ToNetwork {
    after_cr: bool,
}

impl ToNetwork {
    /// Appends `bytes`, converted, to `out`: at most twice as many bytes.
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

/// CR LF → LF, for downloads.
#[derive(Debug, Default)]
pub struct FromNetwork {
    /// Whether the last byte was a CR, which was held back.
    cr: bool,
}

impl FromNetwork {
    /// Passes `bytes`, converted, to `out` in pieces.
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

    /// Passes on a CR that was held back at the end of the data.
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
    fn line_ends_are_converted_wherever_the_data_is_split() {
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
    fn cr_lf_in_a_local_file_is_sent_unchanged() {
        assert_eq!(to_network(&[b"a\r", b"\nb\r\n"]), b"a\r\nb\r\n");
    }
}
