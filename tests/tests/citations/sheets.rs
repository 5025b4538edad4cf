//! [`Known`]: what may be cited.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The sections and rows of each sheet, and the pages of the manual.
#[derive(Debug, Default)]
pub struct Known {
    /// By file name (`at-ftp.md`): `2.5`, `F2`.
    pub sheets: BTreeMap<String, BTreeSet<String>>,
    /// `modem-ftp.toml.5`.
    pub pages: BTreeSet<String>,
}

impl Known {
    /// Reads `docs/module/` and `etc/man/` of the repository.
    pub fn read(root: &Path) -> Self {
        let mut known = Self::default();
        for entry in std::fs::read_dir(root.join("docs/module")).unwrap() {
            let path = entry.unwrap().path();
            let content = std::fs::read_to_string(&path).unwrap();
            known.add_sheet(path.file_name().unwrap().to_str().unwrap(), &content);
        }
        for entry in std::fs::read_dir(root.join("etc/man")).unwrap() {
            let name = entry.unwrap().file_name();
            known.pages.insert(name.to_str().unwrap().to_owned());
        }
        known
    }

    /// Takes a sheet: its numbered headings, the numbered points below them, and its table rows
    /// `| F2 | …`. A number that occurs twice is a fault of the sheet.
    pub fn add_sheet(&mut self, name: &str, content: &str) {
        let mut places = BTreeSet::new();
        let mut section = String::new();
        let mut fenced = false;
        for line in content.lines() {
            fenced ^= line.starts_with("```");
            let place = match (heading(line), row(line), point(line)) {
                _ if fenced => continue,
                (Some(number), ..) => {
                    section = number.to_owned();
                    section.clone()
                }
                (_, Some(row), _) => row.to_owned(),
                (_, _, Some(point)) => format!("{section}.{point}"),
                _ => continue,
            };
            assert!(places.insert(place.clone()), "{name}: {place} occurs twice");
        }
        self.sheets.insert(name.to_owned(), places);
    }
}

/// The number of a heading: `2.5` of `### 2.5 AT+QFTPPUT`, `2` of `## 2. Commands`.
pub fn heading(line: &str) -> Option<&str> {
    let text = line.strip_prefix("##")?.trim_start_matches('#');
    let number = text.strip_prefix(' ')?.split(' ').next()?;
    let number = number.strip_suffix('.').unwrap_or(number);
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    number.split('.').all(numeric).then_some(number)
}

/// The number of a row: `F2` of `| F2 | … |`.
fn row(line: &str) -> Option<&str> {
    let cell = line.strip_prefix("| ")?.split(" |").next()?;
    let (letter, number) = cell.split_at_checked(1)?;
    let numeric = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    (super::check::ROWS.contains(letter) && numeric).then_some(cell)
}

/// The number of a point in an ordered list: `3` of `3. QFUPL refuses …`.
fn point(line: &str) -> Option<&str> {
    let (number, _) = line.split_once(". ")?;
    let numeric = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    numeric.then_some(number)
}
