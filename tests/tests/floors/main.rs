//! The architecture of the crates: each is divided into floors, and uses go down only. A file's
//! first folder is its module, and the files of a module use each other without a cycle.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod graph;
mod injected;
mod rules;
mod source;
mod waits;

use graph::Graph;
use std::fs;
use std::path::Path;

/// A crate and its floors.
struct Crate {
    /// Its sources, below the repository's root.
    root: &'static str,
    /// Names of its modules, lowest first. Modules that share a floor (`"bus event_loop"`) must not
    /// use each other. A name without a module is a floor to come.
    floors: &'static [&'static str],
    /// Whether a violation fails the test.
    enforced: bool,
}

const CRATES: &[Crate] = &[
    Crate {
        root: "daemon/core/src",
        floors: &[
            "shared", "calendar", "api", "at", "link", "modem", "ftp", "ledger", "transfer",
            "sync", "recovery", "engine",
        ],
        enforced: true,
    },
    Crate {
        root: "daemon/src",
        floors: &[
            "limits",
            "log",
            "notify",
            "signals",
            "core_dumps",
            "descendants",
            "child_process",
            "config",
            "files",
            "spool",
            "serial",
            "messages",
            "store",
            "bus event_loop",
            "allocator",
            "arguments",
            "startup",
        ],
        enforced: true,
    },
    Crate {
        root: "client/src",
        floors: &[
            "text",
            "terminal",
            "when",
            "failure",
            "timer",
            "args",
            "props",
            "interrupt",
            "output",
            "login_session",
            "directory",
            "local",
            "client",
            "verbs",
        ],
        enforced: true,
    },
];

#[test]
fn uses_go_down_only_and_there_is_no_cycle() {
    let mut failures = Vec::new();
    for Crate {
        root,
        floors,
        enforced,
    } in CRATES
    {
        let graph = Graph::read(&sources(root)).unwrap();
        let uses = graph.uses.len();
        assert!(
            uses > 20,
            "{root}: only {uses} uses were found: is the reader broken?"
        );
        let lines = rules::violations(&graph, root, floors);
        println!("{root}: {uses} uses, {} violations", lines.len());
        lines.iter().for_each(|line| println!("{line}"));
        if *enforced {
            failures.extend(lines);
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Every `.rs` file below `root`: its path below it, and its text.
fn sources(root: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(root);
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}
