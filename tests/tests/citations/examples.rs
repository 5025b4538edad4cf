//! The checker against good and bad citations.

use super::check::{Checked, check};
use super::sheets::{Known, heading};
use super::text::Text;

const SHEET: &str = "\
# Title

## 1. Rules

1. the first
2. the second

### 1.5 Timers

```
## 9. not a heading
```

## 2. Commands
### 2.5 PUT
### 2.6 GET
### 2.11 LIST
### 2.12 NLST
### 2.13 MLSD
";

const QUIRKS: &str = "\
## 4. Serial
| # | Observation |
|---|---|
| S4 | one |
| S5 | another |
| F2 | a third, with F9 in it |
";

fn known() -> Known {
    let mut known = Known::default();
    known.add_sheet("at-ftp.md", SHEET);
    known.add_sheet("quirks.md", QUIRKS);
    known.pages.insert("modem-ftp.toml.5".to_owned());
    known
}

fn checked(path: &str, content: &str) -> Checked {
    check(path, &Text::new(path, content), &known())
}

#[track_caller]
fn good(path: &str, content: &str, resolved: usize) {
    let found = checked(path, content);
    assert_eq!(found.faults, [""; 0], "{content}");
    assert_eq!(found.resolved, resolved, "{content}");
}

#[track_caller]
fn bad(path: &str, content: &str, faults: &[&str]) {
    assert_eq!(checked(path, content).faults, faults, "{content}");
}

#[test]
fn single_sections_and_rows() {
    good("a.rs", "// docs/module/at-ftp.md §1.5", 2);
    good("a.rs", "// (docs/module/at-ftp.md §2).", 2);
    good("a.rs", "// docs/module/at-ftp.md §2.5.", 2);
    good(
        "a.rs",
        "// `docs/module/at-ftp.md` §1.2: a point of a list",
        2,
    );
    good("a.rs", "// docs/module/at-ftp.md, §2.5", 2);
    good("a.rs", "// docs/module/quirks.md F2", 2);
    good("a.md", "docs/module/quirks.md §4: Serial", 2);
    good(
        "a.md",
        "[the sheet](docs/module/at-ftp.md), docs/module/",
        1,
    );
    good(
        "docs/module/quirks.md",
        "at-ftp.md §2.5 and quirks.md F2",
        2,
    );
    good("a.rs", "| quirks.md F2, S4 | at-ftp.md §2 |", 3);
    good("docs/commands.md", "[the sheet](module/at-ftp.md)", 0);
}

#[test]
fn lists_and_ranges() {
    good("a.rs", "// docs/module/at-ftp.md §2.5, 2.6", 3);
    good(
        "a.rs",
        "// docs/module/at-ftp.md §2.5, §2.6 and 1.5, RFC 959",
        4,
    );
    good("a.rs", "// docs/module/at-ftp.md §1 and 2", 3);
    good("a.rs", "// docs/module/at-ftp.md §2.11–2.13", 4);
    good("a.rs", "// docs/module/at-ftp.md §1.1–1.2, 2.5", 4);
    good("a.rs", "// docs/module/quirks.md F2, S4", 3);
    good("a.rs", "// docs/module/quirks.md S4–S5", 3);
    good("a.rs", "// docs/module/quirks.md §4, F2", 3);
    good(
        "a.rs",
        "// docs/module/at-ftp.md §2.5, docs/module/quirks.md F2",
        4,
    );
}

#[test]
fn a_citation_may_be_broken_over_two_lines() {
    good("a.rs", "//! docs/module/at-ftp.md\n//! §2.5", 2);
    good(
        "a.rs",
        "    /// docs/module/at-ftp.md §2.5,\n    /// 2.6",
        3,
    );
    good("a.toml", "# docs/module/quirks.md F2,\n# S4–S5", 4);
    good("a.md", "docs/module/quirks.md\nF2", 2);
    good("a.rs", "panic!(\"docs/module/at-ftp.md \\\n    §2.5\")", 2);
    let broken = "fn f() {}\n/// docs/module/at-ftp.md §2.5 and\n/// 2.7\nfn g() {}";
    bad(
        "a.rs",
        broken,
        &["a.rs:2: docs/module/at-ftp.md §2.7: there is no such section or row"],
    );
    // Code below a comment is not part of it.
    good("a.rs", "// docs/module/at-ftp.md §2.5,\n7 => 8", 2);
}

#[test]
fn sections_and_rows_that_do_not_exist() {
    let missing = "there is no such section or row";
    for (content, citation) in [
        ("// docs/module/at-ftp.md §2.7", "at-ftp.md §2.7"),
        ("// docs/module/at-ftp.md §9", "at-ftp.md §9"),
        ("// docs/module/at-ftp.md §1.3", "at-ftp.md §1.3"),
        ("// docs/module/at-ftp.md §2.5, 3", "at-ftp.md §3"),
        ("// docs/module/at-ftp.md §2.5–2.6 and 4", "at-ftp.md §4"),
        ("// docs/module/quirks.md F9", "quirks.md F9"),
        ("// docs/module/quirks.md S4–S6", "quirks.md S6"),
        ("// docs/module/at-ftp.md F2", "at-ftp.md F2"),
    ] {
        let fault = format!("a.rs:1: docs/module/{citation}: {missing}");
        bad("a.rs", content, &[&fault]);
    }
    let fault = format!("a.rs:1: docs/module/quirks.md F9: {missing}");
    bad("a.rs", "quirks.md F9", &[&fault]);
    let two = "\n\n// docs/module/at-ftp.md §7 and 8";
    let fault = |place: u8| format!("a.rs:3: docs/module/at-ftp.md §{place}: {missing}");
    bad("a.rs", two, &[&fault(7), &fault(8)]);
}

#[test]
fn ranges_that_are_none() {
    for (content, range) in [
        ("// docs/module/at-ftp.md §2.6–2.5", "at-ftp.md 2.6–2.5"),
        ("// docs/module/at-ftp.md §1.5–2.5", "at-ftp.md 1.5–2.5"),
        ("// docs/module/quirks.md F2–S4", "quirks.md F2–S4"),
    ] {
        let fault = format!("a.rs:1: {range}: is not a range");
        bad("a.rs", content, &[&fault]);
    }
}

#[test]
fn sheets_that_do_not_exist_and_places_without_a_number() {
    bad(
        "a.rs",
        "// docs/module/at-http.md §1",
        &["a.rs:1: docs/module/at-http.md: there is no such sheet"],
    );
    bad(
        "a.rs",
        "// docs/module/at-ftp.md chapters 2 and 3",
        &["a.rs:1: at-ftp.md: cite its sections as §N.N"],
    );
}

#[test]
fn pages_of_the_manual() {
    good("a.rs", "// modem-ftp.toml(5), termios(3)", 1);
    good("etc/man/a.1", ".BR modem\\-ftp.toml (5),", 1);
    good("etc/man/a.1", "\\fBmodem-ftp.toml\\fR(5)", 1);
    good("a.rs", "modem-ftp(other)", 0);
    let missing = "there is no such page in etc/man";
    for (path, content, page) in [
        ("a.rs", "// modem-ftp(5)", "modem-ftp(5)"),
        ("a.md", "modem-ftp.toml(8)", "modem-ftp.toml(8)"),
        (
            "a.toml",
            "# org.example.ModemFtp(5)",
            "org.example.ModemFtp(5)",
        ),
        ("etc/man/a.1", ".BR modem-ftpd (8)", "modem-ftpd(8)"),
    ] {
        bad(path, content, &[&format!("{path}:1: {page}: {missing}")]);
    }
}

#[test]
fn documents_that_are_not_in_the_repository() {
    for name in [
        "product.md",
        "architecture.md",
        "field-cases",
        "test-bench.md",
        "roadmap.md",
        "shared/",
    ] {
        let fault = format!("a.md:2: {name}: is not in the repository");
        bad("a.md", &format!("one\ntwo ({name}x)"), &[&fault]);
    }
    good("a.md", "ARCHITECTURE.md, by-product.md, is shared", 0);
}

#[test]
fn numbers_of_headings() {
    assert_eq!(heading("## 2. Commands"), Some("2"));
    assert_eq!(heading("### 2.11 LIST"), Some("2.11"));
    assert_eq!(heading("## Commands"), None);
    assert_eq!(heading("# 1 Title"), None);
}

#[test]
#[should_panic(expected = "at-ftp.md: 2.5 occurs twice")]
fn a_number_may_not_occur_twice() {
    Known::default().add_sheet("at-ftp.md", "## 2.5 One\n## 2.5 Two");
}
