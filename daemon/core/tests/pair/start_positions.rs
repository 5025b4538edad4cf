//! What a server does with a start position is not known beforehand: every file is whole in the end,
//! wherever it was cut, and what was found out is remembered.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::status::{TransferId, TransferState};
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::remote::Failure;
use virtual_bg96::remote::memory::StartPosition;

use crate::transfers::noise;
use crate::world::{Chance, Setup, World};

const ALL: [StartPosition; 6] = [
    StartPosition::InPlace,
    StartPosition::Cuts,
    StartPosition::Appends,
    StartPosition::ZeroFills,
    StartPosition::Ignored,
    StartPosition::Refused,
];

fn continues(start: StartPosition) -> bool {
    matches!(
        start,
        StartPosition::InPlace | StartPosition::Cuts | StartPosition::Appends
    )
}

/// Uploads `bytes`, cut at these bytes on the line; the bytes sent beyond the file.
fn upload_cut(world: &mut World, name: &str, bytes: &[u8], cuts: &[u64]) -> u64 {
    let before = world.server.uploaded();
    let options = Options {
        retries: 20,
        ..Options::default()
    };
    let id = world.upload(bytes, name, options);
    for at in cuts {
        world.after_bytes(*at, |world| world.server.break_data(Failure::DataClosed));
    }
    finish(world, id, name, bytes);
    world.end_plans();
    world.server.uploaded() - before - bytes.len() as u64
}

fn finish(world: &mut World, id: TransferId, name: &str, bytes: &[u8]) {
    let status = world.finish(id);
    assert_eq!(
        status.state,
        TransferState::Done,
        "{status:?}, {}",
        world.dialogue()
    );
    let there = world.server.get(&format!("/{name}"));
    assert!(
        there.as_deref() == Some(bytes),
        "wrong, {}",
        world.dialogue()
    );
}

#[test]
fn it_is_found_out_once_and_costs_no_attempt() {
    for start in ALL {
        let mut world = World::online();
        world.rough();
        world.server.set_start_position(start);
        let bytes = noise(200_000);
        let again = upload_cut(&mut world, "a", &bytes, &[100_000]);
        // A server that spoils the file costs the few bytes that show it.
        let most = if continues(start) { 20_000 } else { 110_000 };
        assert!(again < most, "{start:?}: {again} bytes were sent again");
        assert_eq!(world.seen.transfers.values().count(), 1);
        let attempts = |world: &World| {
            let all = world.seen.transfers.values();
            all.last().unwrap().last().unwrap().attempts
        };
        assert_eq!(attempts(&world), 2, "{start:?}");
        let starts = |world: &World| {
            let puts = world.sent("AT+QFTPPUT=");
            let start = puts.iter().filter(|line| !line.contains("\"COM:\",0,"));
            start.count()
        };
        let before = starts(&world);
        upload_cut(&mut world, "b", &bytes, &[100_000]);
        // With a few bytes as a proof, and with the rest.
        let more = if continues(start) { 2 } else { 0 };
        assert_eq!(starts(&world) - before, more, "{start:?} is remembered");
    }
}

#[test]
fn it_is_remembered_over_a_restart_and_forgotten_with_the_configuration() {
    for moved in [false, true] {
        let mut world = World::online();
        world.rough();
        world.server.set_start_position(StartPosition::ZeroFills);
        upload_cut(&mut world, "a", &noise(100_000), &[50_000]);
        if moved {
            world.settings.servers[0].host = "other.example.net".into();
        }
        world.close_line("the daemon was killed");
        world.restart_daemon();
        world.until_online();
        let mark = world.mark();
        upload_cut(&mut world, "b", &noise(100_000), &[50_000]);
        let sent = world.sent_since(mark);
        let tried = sent
            .iter()
            .any(|line| line.starts_with("AT+QFTPPUT=") && !line.contains("\"COM:\",0,"));
        assert_eq!(tried, moved, "{sent:?}");
    }
}

#[test]
fn cuts_at_many_offsets_on_every_server() {
    let mut chance = Chance::new(7);
    for start in ALL {
        for _ in 0..12 {
            let mut world = World::online();
            world.rough();
            world.server.set_start_position(start);
            let size = 30_000 + chance.number(60_000);
            let bytes = noise(usize::try_from(size).unwrap());
            let cuts: Vec<u64> = (0..3).map(|_| 500 + chance.number(2 * size)).collect();
            upload_cut(&mut world, "a", &bytes, &cuts);
        }
    }
}

#[test]
fn kills_of_the_daemon_at_many_offsets_on_every_server() {
    let mut chance = Chance::new(11);
    for start in ALL {
        for _ in 0..8 {
            let mut world = World::online();
            world.rough();
            world.server.set_start_position(start);
            let size = 20_000 + chance.number(300_000);
            let bytes = noise(usize::try_from(size).unwrap());
            let id = world.upload(&bytes, "a", Options::default());
            for _ in 0..3 {
                let at = 500 + chance.number(size);
                world.after_bytes(at, |world| {
                    world.close_line("the daemon was killed");
                    world.restart_daemon();
                });
                world.run_until(|world| {
                    let all = world.seen.transfers.get(&id);
                    let last = all.and_then(|all| all.last());
                    let done = last.is_some_and(|status| status.state.is_final());
                    done || world.line.moved > at + size / 2
                });
            }
            world.run_until(|world| world.seen.transfers.contains_key(&id));
            finish(&mut world, id, "a", &bytes);
            world.end_plans();
            world.until_online();
        }
    }
}

#[test]
fn another_server_in_its_place_between_two_attempts() {
    for before in ALL {
        for after in ALL {
            let mut world = World::online();
            world.rough();
            world.server.set_start_position(before);
            upload_cut(&mut world, "a", &noise(60_000), &[30_000]);
            let bytes = noise(90_000);
            let id = world.upload(&bytes, "b", Options::default());
            world.after_bytes(50_000, move |world| {
                world.server.break_data(Failure::DataClosed);
                world.server.set_start_position(after);
            });
            finish(&mut world, id, "b", &bytes);
        }
    }
}

fn without_flow_control() -> World {
    Setup::default()
        .with(|setup| setup.settings.modem.hardware_flow_control = false)
        .fault("segment-reconnects")
        .online()
}

fn com() -> Options {
    Options {
        via: Via::Com,
        ..Options::default()
    }
}

/// Without flow control a file is sent in segments, and a module may open a data connection for each.
#[test]
fn segments_with_data_connections_of_their_own() {
    for start in ALL {
        for bytes in [noise(100_000), sparse(100_000)] {
            let mut world = without_flow_control();
            world.server.set_start_position(start);
            let id = world.upload(&bytes, "a", com());
            let status = world.finish(id);
            let there = world.server.get("/a");
            if continues(start) {
                assert_eq!(status.state, TransferState::Done, "{start:?}: {status:?}");
                assert!(there == Some(bytes), "{start:?}");
                continue;
            }
            assert_eq!(status.state, TransferState::Failed, "{start:?}");
            assert_eq!(there, None, "{start:?}");
            let (name, text) = status.error.unwrap();
            assert!(
                matches!(name, ErrorName::Failed | ErrorName::Protocol)
                    || start == StartPosition::Refused,
                "{name:?}: {text}"
            );
        }
    }
}

/// Zeros, with other bytes at a few places.
fn sparse(size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    bytes[20_000..20_100].copy_from_slice(&noise(100));
    bytes[size - 10..].fill(7);
    bytes
}

#[test]
fn a_server_that_spoils_segments_is_asked_once_and_others_are_compared_once() {
    let mut world = without_flow_control();
    world.server.set_start_position(StartPosition::ZeroFills);
    for (attempt, puts) in [(1, 4), (2, 4)] {
        let id = world.upload(&noise(60_000), "a", com());
        let (name, text) = world.finish(id).error.unwrap();
        assert_eq!(name, ErrorName::Failed);
        assert!(text.contains("--via ufs"), "{text}");
        assert_eq!(world.sent("AT+QFTPPUT=").len(), puts, "upload {attempt}");
    }
    let id = world.upload(&noise(60_000), "a", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Done, "through UFS");

    let mut world = without_flow_control();
    for gets in [1, 1] {
        let id = world.upload(&noise(60_000), "a", com());
        assert_eq!(world.finish(id).state, TransferState::Done);
        assert_eq!(world.sent("AT+QFTPGET=").len(), gets);
    }
    world.wait(Duration::from_secs(1));
}
