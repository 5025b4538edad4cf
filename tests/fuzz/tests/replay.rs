//! The kept inputs once more, without the fuzz engine.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

use modem_ftp_fuzz::{TARGETS, Target};
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

/// Runs a target with every file of its folder; gives those that fail.
fn replay(target: Target) -> Vec<PathBuf> {
    let folder = corpus().join(target.name);
    let mut inputs: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    inputs.sort();
    assert!(inputs.len() > 3, "{} has no inputs", folder.display());
    inputs.retain(|path| {
        let input = fs::read(path).unwrap();
        catch_unwind(|| (target.run)(&input)).is_err()
    });
    inputs
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

#[test]
fn every_kept_input_holds() {
    let failed: Vec<PathBuf> = TARGETS.into_iter().flat_map(replay).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_folder_and_dictionary_belongs_to_a_target() {
    let mut names: Vec<String> = TARGETS.map(|target| target.name.to_owned()).into();
    names.sort();
    for folder in ["corpus", "dictionaries"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut found: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        found.sort();
        assert_eq!(found, names);
    }
}
