//! Tests of power cuts with a store and a spool: `write` in the machine that loses power, `verify`
//! after it.
//!
//! ```text
//! store-torture write DIR LAST [DISK OFFSET]   runs transactions up to number LAST store-torture
//! verify DIR ACKS                checks DIR against what `write` printed, in the file ACKS
//! ```
//!
//! `write` prints a line for each transaction that was acknowledged, or writes it to the block of
//! DISK at OFFSET, without a flush of the disk. It goes on where it was interrupted, so several
//! rounds can append to one file. `verify` ends with 1 if an acknowledged transaction is missing,
//! one is there in part, a spooled file is missing or not whole, or the database was set aside.

#![allow(
    clippy::unwrap_used,
    reason = "a test program may stop at the first surprise"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use common::ack_block::AckBlock;
use common::spool::Spool;
use common::torture;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", directory, last] => write(directory, last, &mut std::io::stdout()),
        ["write", directory, last, disk, offset] => {
            let mut block = AckBlock::open(Path::new(disk), offset.parse().unwrap()).unwrap();
            write(directory, last, &mut block);
        }
        ["verify", directory, acknowledgements] => {
            // A power cut may have left anything at the end of the file.
            let printed = std::fs::read(acknowledgements).unwrap();
            let acknowledged = torture::acknowledged(&String::from_utf8_lossy(&printed));
            match verify(Path::new(directory), acknowledged) {
                Ok(there) => println!("{acknowledged} acknowledged, {there} there, all whole"),
                Err(reason) => {
                    println!("{acknowledged} acknowledged; {reason}");
                    return ExitCode::FAILURE;
                }
            }
        }
        _ => {
            eprintln!(
                "usage: store-torture write DIR LAST [DISK OFFSET] | store-torture verify DIR ACKS"
            );
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// The file of transfer n is spooled before transaction n and removed after the transaction that
/// forgets it.
fn write(directory: &str, last: &str, out: &mut impl Write) {
    let directory = Path::new(directory);
    let spool = Spool::of(directory);
    spool.create().unwrap();
    torture::run(
        directory,
        last.parse().unwrap(),
        |number| spool.add(number).unwrap(),
        |number| {
            torture::acknowledge(number, out);
            if let Some(forgotten) = torture::held(number).start().checked_sub(1) {
                spool.remove(forgotten).unwrap();
            }
        },
    );
}

fn verify(directory: &Path, acknowledged: u64) -> Result<u64, String> {
    let there = torture::verify(directory, acknowledged)?;
    Spool::of(directory).verify(torture::held(there))?;
    Ok(there)
}
