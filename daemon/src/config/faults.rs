//! [`Faults`]: what is wrong with a configuration, each fault with line and column, so that all of it
//! is reported at once; of very many, the first ones.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use modem_ftp_core::api::one_line::one_line;

/// So many faults are reported.
const MOST: usize = 50;

/// The faults found so far: the first ones in the order of the file.
#[derive(Debug, Default)]
pub struct Faults {
    found: RefCell<BTreeSet<(usize, String)>>,
    /// How many more there are.
    more: Cell<usize>,
}

impl Faults {
    /// Adds a fault at a byte offset of the file.
    pub fn add(&self, offset: usize, text: impl Into<String>) {
        let mut found = self.found.borrow_mut();
        if !found.insert((offset, one_line(text.into()))) || found.len() <= MOST {
            return;
        }
        found.pop_last();
        self.more.set(self.more.get() + 1);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// The faults in the order of the file, as `FILE:LINE:COLUMN: …`, and how many more there are.
    pub fn refuse(self, path: &Path, source: &str) -> Refusal {
        let found = self.found.into_inner().into_iter();
        let faults = found.map(|(offset, text)| {
            let (line, column) = position(source, offset);
            format!("{}:{line}:{column}: {text}", path.display())
        });
        let more = match self.more.get() {
            0 => None,
            more => Some(format!("{}: {more} more faults", path.display())),
        };
        Refusal(faults.chain(more).collect())
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
    use super::*;

    #[test]
    fn the_first_faults_are_reported_and_the_others_counted() {
        let faults = Faults::default();
        for offset in (0..1000).rev() {
            faults.add(offset, "wrong");
            faults.add(offset, "wrong");
        }
        let source = "\n".repeat(1000);
        let Refusal(lines) = faults.refuse(Path::new("f"), &source);
        assert_eq!(lines.len(), MOST + 1);
        assert_eq!(lines[0], "f:1:1: wrong");
        assert_eq!(lines[MOST - 1], "f:50:1: wrong");
        assert_eq!(lines[MOST], "f: 950 more faults");
    }

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
