//! The checker itself, on small crates in memory.

use crate::graph::Graph;
use crate::rules::violations;

/// The violations in a crate whose floors are `low`, then `left` and `right`, then `high`.
fn check(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(String, String)> = files
        .iter()
        .map(|(name, text)| (name.to_string(), text.to_string()))
        .collect();
    let graph = Graph::read(&files).unwrap();
    violations(&graph, "src", &["low", "left right", "high"])
}

fn clean(files: &[(&str, &str)]) {
    assert_eq!(check(files), [""; 0]);
}

/// `low/a.rs` with this text, below `high/b.rs` that defines `B`.
fn upwards(text: &str) -> bool {
    let lines = check(&[
        ("lib.rs", "pub mod low; pub mod high;"),
        ("low/mod.rs", "pub mod a;"),
        ("low/a.rs", text),
        ("high/mod.rs", "pub mod b; pub use b::B;"),
        ("high/b.rs", "pub struct B;"),
    ]);
    let line = "floors: src/low/a.rs (low) uses src/high/b.rs (high): low is below high";
    match lines.as_slice() {
        [] => false,
        [only] if only == line => true,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_arrow_up_is_found_however_it_is_written() {
    for text in [
        "use crate::high::b::B;",
        "use crate::high::B;",
        "use crate::{high::{b::{B as Other}}};",
        "use super::super::high::b;",
        "pub(crate) fn f(_: crate::high::b::B) {}",
        "fn f() { let _ = super::super::high::B; }",
        "macro_rules! m { () => { $crate::high::b::B } }",
        "mod inner { use crate::high::b::B; }",
        "pub use crate::high::B; fn f(_: B) {}",
    ] {
        assert!(upwards(text), "{text}");
    }
}

#[test]
fn what_is_no_use_is_not_counted() {
    for text in [
        "//! See [`B`](crate::high::b::B).\n/// [`crate::high`]\nfn f() {}",
        "#[cfg(test)] mod tests { use crate::high::b::B; }",
        "#[cfg(test)] use crate::high::b::B;",
        "#[cfg(test)] fn f() { crate::high::b::B; } fn g() {}",
        "const TEXT: &str = \"crate::high::b::B\"; // crate::high::b::B",
        "pub(in crate::low) struct A;",
        "use std::high::b::B;",
    ] {
        assert!(!upwards(text), "{text}");
    }
}

#[test]
fn arrows_down_and_the_root_are_allowed() {
    clean(&[
        (
            "lib.rs",
            "pub mod low; pub mod high; pub use high::b::B; fn f(_: B) {}",
        ),
        ("low/mod.rs", "pub struct A;"),
        ("high/mod.rs", "pub mod b;"),
        ("high/b.rs", "use crate::low::A; pub struct B(A);"),
        ("high/tests/mod.rs", "use crate::nowhere::X;"),
    ]);
}

#[test]
fn modules_that_share_a_floor_must_not_use_each_other() {
    assert_eq!(
        check(&[
            ("left/mod.rs", "use crate::right::R; pub struct L;"),
            ("right.rs", "use crate::low::A; pub struct R;"),
            ("low.rs", "pub struct A;"),
            ("high.rs", "use crate::left::L; use crate::right::R;"),
        ]),
        ["floors: src/left/mod.rs (left) uses src/right.rs (right): left and right share a floor"]
    );
}

#[test]
fn a_module_without_a_floor_is_named() {
    assert_eq!(
        check(&[("lib.rs", "mod other;"), ("other.rs", "")]),
        ["floors: src/other.rs: other is not in the table of floors"]
    );
}

#[test]
fn a_cycle_between_files_of_a_floor_is_found() {
    assert_eq!(
        check(&[
            ("low/mod.rs", "mod a; mod b; mod c; mod d;"),
            ("low/a.rs", "use super::b::B; pub struct A(B);"),
            ("low/b.rs", "pub struct B(Box<super::c::C>);"),
            ("low/c.rs", "use crate::low::a; pub struct C(a::A);"),
            ("low/d.rs", "use super::a::A;"),
        ]),
        [
            "floors: import cycle of 3 files: src/low/a.rs uses src/low/b.rs uses src/low/c.rs uses src/low/a.rs"
        ]
    );
}

#[test]
fn a_parent_that_uses_its_child_and_is_used_by_it_is_a_cycle() {
    let line =
        ["floors: import cycle of 2 files: src/low/a.rs uses src/low/mod.rs uses src/low/a.rs"];
    for parent in [
        "mod a; use self::a::A; pub struct P;",
        "mod a; use a::A; pub struct P;",
        "mod a; pub struct P; fn f() { a::A; }",
        "mod a; pub use a::A; pub struct P; fn f(_: A) {}",
    ] {
        let files = [
            ("low/mod.rs", parent),
            ("low/a.rs", "use super::P; pub struct A(P);"),
        ];
        assert_eq!(check(&files), line, "{parent}");
    }
}

/// A folder's `mod.rs` may declare and re-export its files, which may use each other through it.
#[test]
fn a_folder_that_only_re_exports_makes_no_cycle() {
    clean(&[
        (
            "low/mod.rs",
            "mod a; mod b; pub use a::A; pub use b::*; pub struct P;",
        ),
        ("low/a.rs", "use super::{B, P}; pub struct A(B, P);"),
        ("low/b.rs", "pub struct B;"),
    ]);
    assert_eq!(
        check(&[
            ("low/mod.rs", "mod a; mod b; pub use a::A; pub use b::*;"),
            ("low/a.rs", "use super::B; pub struct A(B);"),
            ("low/b.rs", "use super::A; pub struct B(A);"),
        ]),
        ["floors: import cycle of 2 files: src/low/a.rs uses src/low/b.rs uses src/low/a.rs"]
    );
}

#[test]
fn a_file_that_only_tests_compile_is_left_out() {
    clean(&[
        ("low/mod.rs", "#[cfg(test)] mod fixture; pub struct P;"),
        ("low/fixture.rs", "use crate::high::H;"),
        ("high/mod.rs", "pub struct H;"),
    ]);
}
