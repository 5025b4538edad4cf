//! Every entry of docs/module/quirks.md and every fault the simulator knows: what the daemon does
//! about it.

use std::time::Duration;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, Operation, Request};
use modem_ftp_core::api::settings::{DataModeExit, Security};
use modem_ftp_core::api::status::{TransferState, TransferStatus};
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::fault::KNOBS;
use virtual_bg96::module::Injection;

use crate::transfers::noise;
use crate::world::{Setup, SourcePlan, World};

mod files;
mod ftp;
mod network;
mod procedures;
mod reference;
mod serial;

/// How a scenario ends.
type Outcome = Result<(), ErrorName>;

const DONE: Outcome = Ok(());

/// One fault, a scenario and its outcome.
struct Row {
    /// The entry of docs/module/quirks.md, or the section of docs/module that allows the behaviour.
    id: &'static str,
    faults: &'static [&'static str],
    setup: fn(&mut Setup),
    job: fn(&mut World) -> Outcome,
    expect: Outcome,
}

/// A row whose faults are set from the start.
const fn row(
    id: &'static str,
    faults: &'static [&'static str],
    job: fn(&mut World) -> Outcome,
    expect: Outcome,
) -> Row {
    Row {
        id,
        faults,
        setup: |_| {},
        job,
        expect,
    }
}

const fn with(row: Row, setup: fn(&mut Setup)) -> Row {
    Row { setup, ..row }
}

/// All rows.
fn rows() -> impl Iterator<Item = &'static Row> {
    [
        ftp::ROWS,
        files::ROWS,
        network::ROWS,
        serial::ROWS,
        reference::ROWS,
    ]
    .into_iter()
    .flatten()
}

fn check(rows: impl Iterator<Item = &'static Row>) {
    for row in rows {
        let mut setup = Setup::default();
        (row.setup)(&mut setup);
        setup.faults = row.faults.iter().map(|fault| (*fault).to_owned()).collect();
        let mut world = setup.start();
        if !row.faults.contains(&"mute") {
            world.until_online();
        }
        let outcome = (row.job)(&mut world);
        assert_eq!(
            outcome,
            row.expect,
            "{} {:?}, {}",
            row.id,
            row.faults,
            world.dialogue()
        );
    }
}

fn about(letter: char) -> impl Iterator<Item = &'static Row> {
    rows().filter(move |row| row.id.starts_with(letter))
}

#[test]
fn the_ftp_session() {
    check(about('F'));
}

#[test]
fn the_modules_files() {
    check(about('U'));
}

#[test]
fn network_and_power() {
    check(about('N'));
}

#[test]
fn the_serial_line() {
    check(about('S'));
}

#[test]
fn what_the_manual_allows() {
    check(about('a'));
}

#[test]
fn every_entry_and_every_knob_has_a_row() {
    for (letter, last) in [('F', 22), ('U', 8), ('N', 19), ('S', 10)] {
        for number in 1..=last {
            let id = format!("{letter}{number}");
            assert!(rows().any(|row| row.id == id), "{id} has no row");
        }
    }
    for knob in KNOBS {
        let names = |fault: &&'static str| fault.split('=').next() == Some(knob.name());
        assert!(
            rows().any(|row| row.faults.iter().any(names)),
            "{} has no row",
            knob.name()
        );
    }
}
