//! Random faults at random moments: a transfer ends as done, cancelled or failed with an error
//! name; the final name has the right bytes or does not exist; the next transfer works.

mod faults;

use std::time::Duration;

use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::options::{IfExists, Options, Verify, Via};
use modem_ftp_core::api::request::Action;
use modem_ftp_core::api::settings::DataModeExit;
use modem_ftp_core::api::status::{TransferId, TransferState};
use virtual_bg96::module::Injection;
use virtual_bg96::remote::memory::StartPosition;

use crate::transfers::noise;
use crate::world::{Chance, Pieces, Setup, SinkPlan, SourcePlan, World, number_from_environment};

/// Number of runs. A run depends on its number only. `PAIR_RUN=<number>` runs one alone,
/// `PAIR_RUNS=<count>` another number of them.
const RUNS: u64 = 400;
/// Longest virtual time of a run.
const LIMIT: Duration = Duration::from_secs(12 * 3600);

fn setup(chance: &mut Chance) -> Setup {
    let seed = chance.number(u64::MAX);
    let disk = faults::disk(chance);
    let pieces = chance.one(&[1, 7, 64, 300]);
    let state = chance.number(u64::MAX) | 1;
    Setup::default()
        .with(|setup| {
            setup.seed = Some(seed);
            setup.disk = disk;
            setup.pieces = Pieces::Random(pieces, state);
            setup.modem_lines = !chance.yes(3);
            if chance.yes(3) {
                setup.settings.modem.data_mode_exit = DataModeExit::Escape;
            }
            setup.settings.modem.hardware_flow_control = !chance.yes(3);
        })
        .server(|server| {
            server.response_timeout = Duration::from_secs(chance.one(&[20, 90]));
        })
}

/// One transfer.
struct Job {
    up: bool,
    pipe: bool,
    bytes: Vec<u8>,
    options: Options,
}

fn job(chance: &mut Chance) -> Job {
    let size = chance.one(&[0, 1, 500, 1024, 3000, 12_000, 40_000]);
    let up = chance.yes(2);
    let pipe = chance.yes(4);
    let via = match pipe {
        true => Via::Auto,
        false => chance.one(&[Via::Auto, Via::Com, Via::Ufs]),
    };
    let verify = match pipe && up {
        true => Verify::Size,
        false => chance.one(&[Verify::Size, Verify::Size, Verify::Content]),
    };
    let options = Options {
        via,
        verify,
        retries: 3,
        if_exists: chance.one(&[IfExists::Overwrite, IfExists::Resume, IfExists::Fail]),
        ..Options::default()
    };
    Job {
        up,
        pipe,
        bytes: noise(size),
        options,
    }
}

/// Plans a cancel, or a pause of 30 s, or neither.
fn cancel_or_pause(world: &mut World, chance: &mut Chance, id: TransferId, job: &Job) {
    let at = chance.number(4000 + 2 * job.bytes.len() as u64);
    match chance.number(8) {
        0 => world.after_bytes(at, move |world| {
            world.act(id, Action::Cancel);
        }),
        1 if !job.pipe => world.after_bytes(at, move |world| {
            world.act(id, Action::Pause);
            world.after(Duration::from_secs(30), move |world| {
                world.act(id, Action::Resume);
            });
        }),
        _ => {}
    }
}

const OLD: &[u8] = b"what was there before";

fn begin(world: &mut World, chance: &mut Chance, job: &Job) -> (TransferId, Option<Handle>) {
    if job.up {
        if job.options.if_exists != IfExists::Fail {
            world.server.put("/a", OLD);
        }
        let mut plan = SourcePlan {
            bytes: job.bytes.clone(),
            pipe: job.pipe,
            ..SourcePlan::default()
        };
        faults::spoil_source(chance, &mut plan);
        return (world.upload_from(plan, "a", job.options.clone()).0, None);
    }
    world.server.put("/b", &job.bytes);
    let plan = SinkPlan {
        pipe: job.pipe.then(|| faults::reader(chance, job.bytes.len())),
        fault: faults::sink_fault(chance, job.bytes.len()),
        existing: None,
    };
    let (id, handle) = world.download_to(plan, "b", job.options.clone());
    (id, Some(handle))
}

fn run(number: u64) {
    let mut chance = Chance::new(number);
    let setup = setup(&mut chance);
    let mut world = match chance.yes(3) {
        true => setup.start(),
        false => setup.online(),
    };
    world.rough();
    world.server.set_start_position(chance.one(&[
        StartPosition::InPlace,
        StartPosition::Cuts,
        StartPosition::Appends,
        StartPosition::ZeroFills,
        StartPosition::Ignored,
        StartPosition::Refused,
    ]));
    if chance.yes(2) {
        world.fault("segment-reconnects");
    }
    let job = job(&mut chance);
    for _ in 0..=chance.number(2) {
        faults::add_fault(&mut world, &mut chance, job.bytes.len());
    }
    let (id, handle) = begin(&mut world, &mut chance, &job);
    cancel_or_pause(&mut world, &mut chance, id, &job);
    world.run_within(LIMIT, |world| world.transfer(id).state.is_final());
    let status = world.transfer(id).clone();
    match (&status.state, &status.error) {
        (TransferState::Done | TransferState::Cancelled, _) => {}
        (TransferState::Failed, Some((_, text))) => assert!(!text.is_empty()),
        other => panic!("ended as {other:?}"),
    }
    let done = status.state == TransferState::Done;
    match handle {
        None => {
            let there = world.server.get("/a");
            let whole = there.as_deref() == Some(&job.bytes);
            assert!(whole || !done, "done, and not there: {status:?}");
            assert!(
                whole || there.is_none() || there.as_deref() == Some(OLD),
                "{status:?}"
            );
        }
        Some(handle) => {
            let landed = world.landed(handle);
            assert_eq!(landed.is_some(), done, "{status:?}");
            assert!(
                landed.is_none() || landed.as_ref() == Some(&job.bytes),
                "wrong bytes"
            );
        }
    }
    world.end_plans();
    world.inject(Injection::ClearAll);
    world.server.set_latency(Duration::ZERO);
    let next = noise(700);
    world.put_patiently(&next, "next");
    assert_eq!(world.server.get("/next"), Some(next));
    let names = world.files.names();
    assert!(names.is_empty(), "left on the module: {names:?}");
}

/// Runs every fourth run, so that the quarters can run in parallel.
fn run_quarter(part: u64) {
    let runs = match number_from_environment("PAIR_RUN") {
        Some(only) => only..only + 1,
        None => 0..number_from_environment("PAIR_RUNS").unwrap_or(RUNS),
    };
    for number in runs.filter(|number| number % 4 == part) {
        if let Err(panic) = std::panic::catch_unwind(|| run(number)) {
            eprintln!("this was PAIR_RUN={number}");
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn first_quarter() {
    run_quarter(0);
}

#[test]
fn second_quarter() {
    run_quarter(1);
}

#[test]
fn third_quarter() {
    run_quarter(2);
}

#[test]
fn fourth_quarter() {
    run_quarter(3);
}
