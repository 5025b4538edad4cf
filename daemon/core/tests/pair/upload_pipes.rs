//! Uploads from pipes, whose length is unknown: data mode is left by DTR or the escape sequence,
//! and the last byte is neither lost nor duplicated.

use std::time::Duration;

use modem_ftp_core::api::local::LARGEST;
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

/// Configurations with each of the data mode exits.
fn exits() -> [Setup; 4] {
    let escape = |setup: &mut Setup| setup.settings.modem.data_mode_exit = DataModeExit::Escape;
    [
        Setup::default(),
        Setup::default().with(escape),
        Setup::default().without_dtr(),
        Setup::default().fault("dtr-ignored"),
    ]
}

#[test]
fn pipes_are_byte_exact_with_every_data_mode_exit() {
    for (exit, setup) in exits().into_iter().enumerate() {
        for pieces in [Pieces::Of(256), Pieces::Random(33, 5)] {
            let mut world = setup.clone().with(|setup| setup.pieces = pieces).online();
            for size in [0, 1, 3, 1024, 50_000] {
                let bytes = noise(size);
                let status = put_pipe(&mut world, &bytes);
                assert_eq!(status.state, TransferState::Done, "exit {exit}: {status:?}");
                assert_eq!(status.size, Some(size as u64));
                assert!(
                    world.server.get("/p.bin").as_ref() == Some(&bytes),
                    "exit {exit}, {size} bytes: other bytes arrived, {}",
                    world.dialogue()
                );
            }
        }
    }
}

#[test]
fn plus_signs_in_the_data_do_not_end_data_mode() {
    for setup in exits() {
        let mut world = setup.online();
        for bytes in [&b"+++"[..], b"abc+++", b"+++abc", b"++", b"+", b"++++++"] {
            let status = put_pipe(&mut world, bytes);
            assert_eq!(status.state, TransferState::Done, "{status:?}");
            assert_eq!(world.server.get("/p.bin").unwrap(), bytes);
        }
    }
}

#[test]
fn dtr_is_used_if_the_port_has_it() {
    let mut world = World::online();
    put_pipe(&mut world, b"12345");
    assert_eq!(world.seen.dtr, [false, true]);

    let mut world = Setup::default().without_dtr().online();
    put_pipe(&mut world, b"12345");
    assert!(world.seen.dtr.is_empty());
}

#[test]
fn a_pipe_may_pause() {
    for setup in exits() {
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
fn a_pipe_without_further_data_times_out() {
    let mut world = World::online();
    let plan = SourcePlan {
        open: true,
        ..pipe(b"first")
    };
    let (id, _) = world.upload_from(plan, "p.bin", Options::default());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed);
    let (name, text) = status.error.clone().unwrap();
    assert_eq!(name, ErrorName::LocalIo);
    assert!(
        text.contains("the writer of the pipe does not write"),
        "{text}"
    );
    assert_eq!(status.attempts, 1, "a pipe is not read twice");
    world.wait(Duration::from_secs(5));
    assert!(world.server.paths().is_empty(), "nothing half stays");
    world.put(b"next", "b.csv");
}

#[test]
fn an_upload_from_a_pipe_is_not_retried() {
    let mut world = World::online();
    world.fault("pdpdeact-after=2000");
    let status = put_pipe(&mut world, &noise(10_000));
    assert_eq!(status.state, TransferState::Failed);
    assert_eq!(status.error.as_ref().unwrap().0, ErrorName::ConnectFailed);
    assert!(world.server.get("/p.bin").is_none());
}

#[test]
fn a_pipe_without_an_end_is_broken_off() {
    let mut world = World::online();
    let mut plan = pipe(&noise(50_000));
    plan.open = true;
    let (id, _) = world.upload_from(plan, "p.bin", Options::default());
    world.run_until(|world| world.transfer(id).transferred > 10_000);
    world.engine.pumped(world.now(), LARGEST);
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed, "{status:?}");
    let error = status.error.unwrap();
    assert_eq!(error.0, ErrorName::LocalIo, "{error:?}");
    assert!(error.1.contains("4294967295 bytes"), "{error:?}");
    // The module is free.
    assert_eq!(put_pipe(&mut world, b"more").state, TransferState::Done);
}

#[test]
fn what_is_too_large_is_refused_before_the_module_is_asked() {
    let mut world = World::online();
    let plan = SourcePlan {
        told: Some(LARGEST + 1),
        ..SourcePlan::default()
    };
    let (ticket, _) = world.begin_upload(plan, "a", Options::default());
    let refused = world.reply(ticket).expect_err("it was accepted");
    assert_eq!(refused.name, ErrorName::InvalidArguments, "{refused:?}");
    assert!(refused.text.contains("4294967296 bytes"), "{refused:?}");
    assert!(!world.has_sent("AT+QFTPPUT"));
}
