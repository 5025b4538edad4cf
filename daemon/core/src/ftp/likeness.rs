//! Finding a name in a listing, and what may be that name in another form: servers whose names have
//! neither case nor one version only, and rows that cannot be read. A name is absent only from a
//! listing in which nothing is like it.

use crate::api::listing::{Entry, Listing};

/// From this length on a row that cannot be read may be shown in part only.
const CUT: usize = 250;

/// What a listing has of a name.
#[derive(Debug, PartialEq, Eq)]
pub enum Match {
    /// This entry bears it.
    Exact(Entry),
    /// An entry of this other name may be meant by it, or be it.
    Like(String),
    /// Nothing.
    None,
}

/// What `entries` have of `name`.
pub fn find(entries: &Listing, name: &str) -> Match {
    let mut found = Match::None;
    entries.visit(|entry| {
        if entry.name == name {
            found = Match::Exact(entry);
            return false;
        }
        if found == Match::None && is_like(&entry, name) {
            found = Match::Like(entry.name);
        }
        true
    });
    found
}

fn is_like(entry: &Entry, name: &str) -> bool {
    let (listed, name) = (plain(&entry.name), plain(name));
    if listed == name {
        return true;
    }
    // Bytes that are no UTF-8 are shown as `\xNN`: they may be the same letters in another code.
    let other_code = !name.is_ascii() && listed.contains("\\x");
    other_code || is_unread(entry) && (listed.contains(&name) || listed.len() > CUT)
}

/// Whether the name of an entry could not be read, or is a whole row.
fn is_unread(entry: &Entry) -> bool {
    let marks = entry.more.iter().filter(|(key, _)| key == "unreadable");
    let mut marks = marks.flat_map(|(_, marks)| marks.split(','));
    marks.any(|mark| matches!(mark, "row" | "name"))
}

/// A name without regard to case, without the version that OpenVMS puts after it (`A.CSV;1`), and
/// without what ends a row.
fn plain(name: &str) -> String {
    let name = name.trim_end().trim_end_matches('/');
    let name = match name.rsplit_once(';') {
        Some((before, version)) if version.bytes().all(|byte| byte.is_ascii_digit()) => before,
        _ => name,
    };
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::failure::Failure;
    use crate::ftp::listing;

    fn found(rows: &str, name: &str) -> &'static str {
        let entries = listing::list(rows.as_bytes().to_vec(), 1_800_000_000);
        match find(&entries.unwrap(), name) {
            Match::Exact(_) => "exact",
            Match::Like(_) => "like",
            Match::None => "none",
        }
    }

    #[test]
    fn what_is_like_a_name_is_not_its_absence() {
        const UNIX: &str = "-rw-r--r-- 1 u g 5 Jan 01 2024 ";
        for (listed, name, answer) in [
            ("a.csv", "a.csv", "exact"),
            ("A.CSV", "a.csv", "like"),
            ("a.csv", "A.Csv", "like"),
            ("A.CSV;12", "a.csv", "like"),
            ("A.CSV;1", "A.CSV;1", "exact"),
            ("A.CSV;1", "a.csv;1", "like"),
            ("b\\xe9.csv", "b\u{e9}.csv", "like"),
            ("a.csv.bak", "a.csv", "none"),
            ("my a.csv", "a.csv", "none"),
            ("a;b", "a", "none"),
        ] {
            let rows = format!("{UNIX}{listed}\r\n");
            assert_eq!(found(&rows, name), answer, "{listed} {name}");
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_may_hide_the_names_in_it() {
        let rows = "-rw-r--r-- 1 u g 5 Jan 01 2024 a.csv\r\n\
                    -rw-rw-r--* ?? strange ?? b.csv\r\n";
        for (name, answer) in [("a.csv", "exact"), ("b.csv", "like"), ("c.csv", "none")] {
            assert_eq!(found(rows, name), answer, "{name}");
        }
    }

    #[test]
    fn an_exact_name_wins() -> Result<(), Failure> {
        let entries = listing::named(listing::names(b"A.csv\r\na.csv\r\n")?);
        assert!(matches!(find(&entries, "a.csv"), Match::Exact(entry) if entry.name == "a.csv"));
        Ok(())
    }
}
