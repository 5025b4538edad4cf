//! Finds the citations of a text and checks them.

use super::sheets::Known;
use super::text::Text;

/// The letters of the rows in quirks.md.
pub const ROWS: &str = "FUNS";

/// Where the sheets are.
const SHEETS: &str = "docs/module/";

/// Documents that are not in the repository.
const FOREIGN: [&str; 6] = [
    "product.md",
    "architecture.md",
    "field-cases",
    "test-bench.md",
    "roadmap.md",
    "shared/",
];

/// What a text cites.
#[derive(Debug, Default)]
pub struct Checked {
    /// How many sections, rows and pages were found to exist.
    pub resolved: usize,
    /// `FILE:LINE: CITATION: what is wrong`.
    pub faults: Vec<String>,
}

/// Checks the text of the file `path`.
pub fn check(path: &str, text: &Text, known: &Known) -> Checked {
    let mut checker = Checker {
        path,
        text,
        known,
        checked: Checked::default(),
    };
    checker.foreign();
    checker.sheets();
    checker.pages();
    checker.checked
}

struct Checker<'a> {
    path: &'a str,
    text: &'a Text,
    known: &'a Known,
    checked: Checked,
}

impl<'a> Checker<'a> {
    fn fault(&mut self, offset: usize, citation: &str, what: &str) {
        let line = self.text.line(offset);
        let fault = format!("{}:{line}: {citation}: {what}", self.path);
        self.checked.faults.push(fault);
    }

    /// The offset of each occurrence of `wanted` that is not the end of a longer word.
    fn occurrences(&self, wanted: &str) -> Vec<usize> {
        let text = &self.text.joined;
        let places = text.match_indices(wanted).map(|(offset, _)| offset);
        places
            .filter(|offset| !text[..*offset].ends_with(is_word))
            .collect()
    }

    fn foreign(&mut self) {
        for name in FOREIGN {
            for offset in self.occurrences(name) {
                self.fault(offset, name, "is not in the repository");
            }
        }
    }

    fn sheets(&mut self) {
        let text: &'a Text = self.text;
        for offset in self.occurrences(SHEETS) {
            let rest = &text.joined[offset + SHEETS.len()..];
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            // A dot behind the name ends the sentence.
            let name = rest[..end].trim_end_matches('.');
            if name.is_empty() {
                continue;
            } else if self.known.sheets.contains_key(name) {
                self.checked.resolved += 1;
                self.places(offset, name, &rest[name.len()..]);
            } else {
                self.fault(offset, &format!("{SHEETS}{name}"), "there is no such sheet");
            }
        }
        // The name alone, in tables and between the sheets.
        let known: &'a Known = self.known;
        for name in known.sheets.keys() {
            for offset in self.occurrences(name) {
                let rest = &text.joined[offset + name.len()..];
                if !text.joined[..offset].ends_with(SHEETS) && is_citation(name, rest) {
                    self.places(offset, name, rest);
                }
            }
        }
    }

    /// Checks the sections and rows after a sheet's name: `§2.5, 2.6`, `§4 and 5`, `F2, N3`.
    fn places(&mut self, offset: usize, name: &str, rest: &str) {
        let mut rest = rest.strip_prefix('`').unwrap_or(rest);
        rest = rest.strip_prefix(',').unwrap_or(rest);
        let Some(mut next) = rest.strip_prefix(' ') else {
            return;
        };
        if next.starts_with("chapter") || next.starts_with("section") {
            return self.fault(offset, name, "cite its sections as §N.N");
        }
        // A number in a list needs no `§` of its own, but the first does.
        let mut bare = false;
        while let Some((place, after)) = place(next, bare) {
            bare = true;
            rest = after;
            let last = range_end(rest).map(|(last, after)| {
                rest = after;
                last
            });
            self.resolve(offset, name, place, last);
            let separators = [", and ", ", or ", ", ", " and ", " or "];
            let found = separators.iter().find_map(|it| rest.strip_prefix(it));
            match found {
                Some(after) => next = after,
                None => break,
            }
        }
    }

    /// Checks a place, or all from `first` to `last`.
    fn resolve(&mut self, offset: usize, name: &str, first: &str, last: Option<&str>) {
        let known: &'a Known = self.known;
        let exists = |place: &str| known.sheets.get(name).is_some_and(|it| it.contains(place));
        let wanted = match last.map(|last| between(first, last)) {
            None => vec![first.to_owned()],
            Some(Some(places)) => places,
            Some(None) => {
                let range = format!("{name} {first}–{}", last.unwrap_or_default());
                return self.fault(offset, &range, "is not a range");
            }
        };
        for place in wanted {
            if exists(&place) {
                self.checked.resolved += 1;
            } else {
                let numbered = place.starts_with(|c: char| c.is_ascii_digit());
                let sign = if numbered { "§" } else { "" };
                let citation = format!("{SHEETS}{name} {sign}{place}");
                self.fault(offset, &citation, "there is no such section or row");
            }
        }
    }

    /// Checks `modem-ftp.toml(5)` and its like.
    fn pages(&mut self) {
        let text: &'a Text = self.text;
        for start in ["modem-ftp", "org.example.ModemFtp"] {
            for offset in self.occurrences(start) {
                let rest = &text.joined[offset..];
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                let section = after.strip_prefix('(').and_then(|it| it.split_once(')'));
                let Some((section, _)) = section else {
                    continue;
                };
                if section.len() != 1 || !section.bytes().all(|b| b.is_ascii_digit()) {
                    continue;
                }
                if self.known.pages.contains(&format!("{name}.{section}")) {
                    self.checked.resolved += 1;
                } else {
                    let citation = format!("{name}({section})");
                    self.fault(offset, &citation, "there is no such page in etc/man");
                }
            }
        }
    }
}

/// Whether a sheet's name without its directory is a citation: README.md may be any other.
fn is_citation(name: &str, rest: &str) -> bool {
    name != "README.md" || rest.trim_start_matches(['`', ' ']).starts_with('§')
}

/// Characters of file and page names.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// The section or row a text begins with, and what follows.
fn place(text: &str, bare: bool) -> Option<(&str, &str)> {
    let section = text.strip_prefix('§');
    if let Some(text) = section.or(bare.then_some(text))
        && let Some(found) = number(text)
    {
        return Some(found);
    }
    let letter = text.chars().next().filter(|c| ROWS.contains(*c))?;
    let digits = text[letter.len_utf8()..].find(|c: char| !c.is_ascii_digit());
    let end = digits.map_or(text.len(), |digits| digits + letter.len_utf8());
    let (row, after) = text.split_at(end);
    (row.len() > 1 && !after.starts_with(is_letter)).then_some((row, after))
}

/// The number a text begins with, `2.5` of `2.5.`.
fn number(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let number = text[..end.unwrap_or(text.len())].trim_end_matches('.');
    let after = &text[number.len()..];
    (!number.is_empty() && !after.starts_with(is_letter)).then_some((number, after))
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The end of a range and what follows it, if a dash comes next.
fn range_end(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('–').or(text.strip_prefix('-'))?;
    place(text, true)
}

/// All places from one to the other: `2.11` to `2.13`, `S4` to `S5` (or to `5`). `None` if they do
/// not belong to the same section or table, or the end is before the start.
fn between(first: &str, last: &str) -> Option<Vec<String>> {
    let split = |place: &str| {
        let digits = place.rfind(|c: char| !c.is_ascii_digit());
        let at = digits.map_or(0, |at| at + 1);
        let number: u32 = place[at..].parse().ok()?;
        Some((place[..at].to_owned(), number))
    };
    let ((table, from), (end, to)) = (split(first)?, split(last)?);
    let same = table == end || (end.is_empty() && table.len() == 1);
    (same && from < to).then(|| (from..=to).map(|it| format!("{table}{it}")).collect())
}
