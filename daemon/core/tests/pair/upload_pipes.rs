//! Uploads whose length nobody knows: streamed, ended by DTR or the guarded escape, with the
//! last byte neither lost nor doubled.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::settings::DataModeExit;
use modem_ftp_core::api::status::{TransferState, TransferStatus};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Pieces, Setup, SourcePlan, World};

fn pipe(bytes: &[u8]) -> SourcePlan {
    SourcePlan {
        bytes: bytes.to_vec(),
        pipe: true,
        ..SourcePlan::default()
    }
}

fn put_pipe(world: &mut World, bytes: &[u8]) -> TransferStatus {
    let (id, handle) = world.upload_from(pipe(bytes), "p.bin", Options::default());
    let status = world.finish(id);
    assert!(world.is_released(handle), "a pipe is closed at its end");
    status
}

/// Worlds with each way out of data mode.
fn ways() -> [Setup; 4] {
    let escape = |setup: &mut Setup| setup.settings.modem.data_mode_exit = DataModeExit::Escape;
    [
        Setup::default(),
        Setup::default().with(escape),
        Setup::default().without_dtr(),
        Setup::default().fault("dtr-ignored"),
    ]
}

#[test]
fn pipes_are_byte_exact_by_every_way_out() {
    for (way, setup) in ways().into_iter().enumerate() {
        for pieces in [Pieces::Of(256), Pieces::Random(33, 5)] {
            let mut world = setup.clone().with(|setup| setup.pieces = pieces).online();
            for size in [0, 1, 3, 1024, 50_000] {
                let bytes = noise(size);
                let status = put_pipe(&mut world, &bytes);
                assert_eq!(status.state, TransferState::Done, "way {way}: {status:?}");
                assert_eq!(status.size, Some(size as u64));
                assert!(
                    world.server.get("/p.bin").as_ref() == Some(&bytes),
                    "way {way}, {size} bytes: other bytes arrived, {}",
                    world.dialogue()
                );
            }
        }
    }
}

#[test]
fn plus_signs_in_the_data_end_nothing() {
    for setup in ways() {
        let mut world = setup.online();
        for bytes in [&b"+++"[..], b"abc+++", b"+++abc", b"++", b"+", b"++++++"] {
            let status = put_pipe(&mut world, bytes);
            assert_eq!(status.state, TransferState::Done, "{status:?}");
            assert_eq!(world.server.get("/p.bin").unwrap(), bytes);
        }
    }
}

#[test]
fn dtr_ends_a_pipe_at_once_and_the_escape_does_not_touch_it() {
    let mut world = World::online();
    put_pipe(&mut world, b"12345");
    assert_eq!(world.seen.dtr, [false, true]);

    let mut world = Setup::default().without_dtr().online();
    put_pipe(&mut world, b"12345");
    assert!(world.seen.dtr.is_empty());
}

#[test]
fn a_pipe_that_pauses_is_waited_for() {
    for setup in ways() {
        let mut world = setup.online();
        let plan = SourcePlan {
            open: true,
            ..pipe(b"first+++")
        };
        let (id, handle) = world.upload_from(plan, "p.bin", Options::default());
        world.after(Duration::from_secs(20), move |world| {
            world.feed(handle, b"++second", false);
        });
        world.after(Duration::from_secs(40), move |world| {
            world.feed(handle, b"last", true);
        });
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{status:?}");
        assert_eq!(world.server.get("/p.bin").unwrap(), b"first+++++secondlast");
    }
}

#[test]
fn a_pipe_that_never_goes_on_times_out_by_name() {
    let mut world = World::online();
    let plan = SourcePlan {
        open: true,
        ..pipe(b"first")
    };
    let (id, _) = world.upload_from(plan, "p.bin", Options::default());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed);
    assert_eq!(status.error.as_ref().unwrap().0, ErrorName::Timeout);
    assert_eq!(status.attempts, 1, "a pipe is not read twice");
    world.wait(Duration::from_secs(5));
    assert!(world.server.paths().is_empty(), "nothing half stays");
    world.put(b"next", "b.csv");
}

#[test]
fn a_pipe_with_a_broken_transfer_is_not_tried_again() {
    let mut world = World::online();
    world.fault("pdpdeact-after=2000");
    let status = put_pipe(&mut world, &noise(10_000));
    assert_eq!(status.state, TransferState::Failed);
    assert_eq!(status.error.as_ref().unwrap().0, ErrorName::ConnectFailed);
    assert!(world.server.get("/p.bin").is_none());
}
