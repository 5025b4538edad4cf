//! Tests of power cuts with a store: `write` in the machine that loses power, `verify` after it.
//!
//! ```text
//! store-torture write DIR [LAST]   runs transactions; one line for each that was acknowledged
//! store-torture verify DIR ACKS    checks DIR against the lines in the file ACKS
//! ```
//!
//! `write` goes on where it was interrupted, so several rounds can append to one file. `verify` ends
//! with 1 if an acknowledged transaction is missing, one is there in part, or the
//! database was set aside.

#![allow(
    clippy::unwrap_used,
    reason = "a test program may stop at the first surprise"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::path::Path;
use std::process::ExitCode;

use common::torture;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", directory] => {
            torture::write(Path::new(directory), u64::MAX, &mut std::io::stdout());
        }
        ["write", directory, last] => {
            let last = last.parse().unwrap();
            torture::write(Path::new(directory), last, &mut std::io::stdout());
        }
        ["verify", directory, acknowledgements] => {
            // A power cut may have left anything at the end of the file.
            let printed = std::fs::read(acknowledgements).unwrap();
            let acknowledged = torture::acknowledged(&String::from_utf8_lossy(&printed));
            match torture::verify(Path::new(directory), acknowledged) {
                Ok(there) => println!("{acknowledged} acknowledged, {there} there, all whole"),
                Err(reason) => {
                    eprintln!("store-torture: {reason}");
                    return ExitCode::FAILURE;
                }
            }
        }
        _ => {
            eprintln!("usage: store-torture write DIR [LAST] | verify DIR ACKS");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
