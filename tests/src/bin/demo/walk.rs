//! The client run as a person would run it.

use crate::payload::payload;
use crate::stage::Stage;
use modem_ftp_tests::Error;
use std::fs;

/// Sends a file there and back, looks at it, renames and removes it. Fails unless every step
/// works and the bytes are the same at the server and again at home.
pub fn walk(stage: &Stage, size: usize) -> Result<(), Error> {
    let bytes = payload(size);
    stage.desk.write("report.bin", &bytes)?;

    run(stage, &["status"])?;
    let before = stage.modem.dialogue().lines().count();
    run(stage, &["put", "report.bin", "inbox.bin"])?;
    let dialogue = stage.modem.dialogue();
    same(
        "on the server's disk",
        &fs::read(stage.server.root().join("inbox.bin"))?,
        &bytes,
    )?;
    run(stage, &["ls", "-l"])?;
    run(stage, &["get", "inbox.bin", "back.bin"])?;
    same(
        "back at home",
        &fs::read(stage.desk.join("back.bin"))?,
        &bytes,
    )?;
    run(stage, &["mv", "inbox.bin", "archived.bin"])?;
    run(stage, &["rm", "archived.bin"])?;
    run(stage, &["ls"])?;

    println!("What the upload was on the serial line (> daemon, < module):\n");
    for line in dialogue.lines().skip(before) {
        println!("    {line}");
    }
    println!("\nDone: {size} bytes there and back, the same at each end.");
    Ok(())
}

/// Shows the command, runs it on this terminal, and fails if it does.
fn run(stage: &Stage, arguments: &[&str]) -> Result<(), Error> {
    println!("$ modem-ftp {}", arguments.join(" "));
    let status = stage.client(arguments).status()?;
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
        println!("  {} bytes {place}: the same as were sent.\n", found.len());
        Ok(())
    } else {
        Err(Error::failed(format!(
            "{} bytes {place}, and not the {} that were sent",
            found.len(),
            sent.len()
        )))
    }
}
