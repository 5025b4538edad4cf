//! [`Faults`]: everything wrong with a configuration, each with line and column, so that all of it
//! is reported at once.

use std::cell::RefCell;
use std::fmt;
use std::path::Path;

use modem_ftp_core::api::one_line::one_line;

/// The faults found so far.
#[derive(Debug, Default)]
pub struct Faults {
    found: RefCell<Vec<(usize, String)>>,
}

impl Faults {
    /// Adds a fault at a byte offset of the file.
    pub fn add(&self, offset: usize, text: impl Into<String>) {
        let text = one_line(text.into());
        self.found.borrow_mut().push((offset, text));
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// The faults in the order of the file, as `FILE:LINE:COLUMN: …`.
    pub fn refuse(self, path: &Path, source: &str) -> Refusal {
        let mut found = self.found.into_inner();
        found.sort_by_key(|(offset, _)| *offset);
        found.dedup();
        let lines = found
            .into_iter()
            .map(|(offset, text)| {
                let (line, column) = position(source, offset);
                format!("{}:{line}:{column}: {text}", path.display())
            })
            .collect();
        Refusal(lines)
    }
}

/// Why a configuration was refused: at least one sentence.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal(pub Vec<String>);

impl Refusal {
    /// A single fault of the whole file, without line and column.
    pub fn whole(text: String) -> Self {
        Self(vec![text])
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Refusal {}

/// Line and column of a byte offset, both from 1; columns count characters.
fn position(source: &str, offset: usize) -> (usize, usize) {
    let before = source.get(..offset).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before
        .get(line_start..)
        .map_or(0, |line| line.chars().count())
        + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn positions_count_from_one_and_in_characters() {
        let source = "a = 1\nä = \"ü\" # x\n";
        assert_eq!(position(source, 0), (1, 1));
        assert_eq!(position(source, 6), (2, 1));
        assert_eq!(position(source, source.find("\"ü").unwrap()), (2, 5));
        assert_eq!(position(source, source.len()), (3, 1));
        assert_eq!(position(source, 1000), (3, 1));
    }
}
