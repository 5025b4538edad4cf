//! Every citation in the repository resolves: sections and rows of the module's fact sheets
//! (`docs/module/`) and pages of the manual (`etc/man/`). No text cites a document that is not in
//! the repository. A fault is reported with its file, line and citation.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod check;
mod examples;
mod sheets;
mod text;
mod threats;

use std::path::{Path, PathBuf};

use sheets::Known;
use text::Text;

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().to_owned()
}

/// Every text file below `directory`, except what git and cargo keep and this checker, whose
/// examples are wrong on purpose.
fn texts(directory: &Path, found: &mut Vec<(PathBuf, String)>) {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/citations");
    for entry in std::fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        let skipped = matches!(entry.file_name().to_str(), Some(".git" | "target")) || path == own;
        if kind.is_dir() && !skipped {
            texts(&path, found);
        } else if kind.is_file()
            && !skipped
            && let Ok(content) = std::fs::read_to_string(&path)
        {
            found.push((path, content));
        }
    }
}

#[test]
fn every_citation_in_the_repository_resolves() {
    let root = root();
    let known = Known::read(&root);
    let mut files = Vec::new();
    texts(&root, &mut files);
    let mut faults = Vec::new();
    let mut citations = 0;
    for (path, content) in &files {
        let path = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let checked = check::check(path, &Text::new(path, content), &known);
        citations += checked.resolved;
        faults.extend(checked.faults);
    }
    faults.sort();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // Guards against a checker that finds nothing.
    assert!(citations > 100, "only {citations} citations were found");
}

#[test]
fn every_heading_of_the_sheets_is_numbered() {
    let directory = root().join("docs/module");
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let content = std::fs::read_to_string(&path).unwrap();
        let mut fenced = false;
        for line in content.lines() {
            fenced ^= line.starts_with("```");
            if line.starts_with("##") && !fenced {
                let number = sheets::heading(line);
                assert!(number.is_some(), "{}: {line}", path.display());
            }
        }
    }
}
