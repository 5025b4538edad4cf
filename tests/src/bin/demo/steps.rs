//! The steps of the demonstration: the client's verbs, one after the other.

use crate::setup::Setup;
use modem_ftp_tests::{Error, payload};
use std::fs;

/// Sends a file, lists it, fetches it back, renames and removes it. Fails unless every step works
/// and the bytes are equal on the server and in the fetched file.
pub fn run_all(setup: &Setup, size: usize) -> Result<(), Error> {
    let bytes = payload(size);
    setup.folder.write("report.bin", &bytes)?;

    run(setup, &["status"])?;
    let before = setup.modem.dialogue().lines().count();
    run(setup, &["put", "report.bin", "inbox.bin"])?;
    let dialogue = setup.modem.dialogue();
    same(
        "on the server's disk",
        &fs::read(setup.server.root().join("inbox.bin"))?,
        &bytes,
    )?;
    run(setup, &["ls", "-l"])?;
    run(setup, &["get", "inbox.bin", "back.bin"])?;
    same(
        "in the fetched file",
        &fs::read(setup.folder.join("back.bin"))?,
        &bytes,
    )?;
    run(setup, &["mv", "inbox.bin", "archived.bin"])?;
    run(setup, &["rm", "archived.bin"])?;
    run(setup, &["ls"])?;

    println!("The upload on the serial line (> daemon, < module):\n");
    for line in dialogue.lines().skip(before) {
        println!("    {line}");
    }
    println!("\nDone: {size} bytes sent and fetched back, equal at both ends.");
    Ok(())
}

/// Prints the command, runs it on this terminal, and fails if it fails.
fn run(setup: &Setup, arguments: &[&str]) -> Result<(), Error> {
    println!("$ modem-ftp {}", arguments.join(" "));
    let status = setup.client(arguments).status()?;
    println!();
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(Error::failed(format!(
            "modem-ftp {} ended with {code}",
            arguments.join(" ")
        ))),
        None => Err(Error::failed(format!(
            "modem-ftp {}: {status}",
            arguments.join(" ")
        ))),
    }
}

fn same(place: &str, found: &[u8], sent: &[u8]) -> Result<(), Error> {
    if found == sent {
        println!("  {} bytes {place}: equal to what was sent.\n", found.len());
        Ok(())
    } else {
        Err(Error::failed(format!(
            "{} bytes {place} differ from the {} bytes that were sent",
            found.len(),
            sent.len()
        )))
    }
}
