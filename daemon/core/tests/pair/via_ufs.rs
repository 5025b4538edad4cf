//! Transfers via UFS: checksums, free space, ACK mode; no file of ours is left on the module.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Verify, Via};
use modem_ftp_core::api::status::{TransferState, TransferStatus};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Setup, World};

fn ufs() -> Options {
    Options {
        via: Via::Ufs,
        ..Options::default()
    }
}

fn up(world: &mut World, bytes: &[u8], options: Options) -> TransferStatus {
    let id = world.upload(bytes, "a.bin", options);
    world.finish(id)
}

fn there_and_back(world: &mut World, size: usize) {
    let bytes = noise(size);
    let status = up(world, &bytes, ufs());
    assert_eq!(status.state, TransferState::Done, "{size}: {status:?}");
    assert_eq!(status.transferred, size as u64);
    assert_eq!(world.server.get("/a.bin").as_ref(), Some(&bytes));
    let (id, handle) = world.download("a.bin", ufs());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{size}: {status:?}");
    assert_eq!(status.transferred, size as u64);
    assert_eq!(world.landed(handle), Some(bytes));
    assert!(world.files.names().is_empty(), "{:?}", world.files.names());
}

#[test]
fn both_ways_in_every_size() {
    let mut world = World::online();
    for size in [0, 1, 1023, 1024, 1025, 4096, 100_000, 150_000] {
        there_and_back(&mut world, size);
    }
    for command in [
        "QFLDS", "QFUPL", "QFTPPUT", "QFLST", "QFOPEN", "QFREAD", "QFCLOSE", "QFDEL",
    ] {
        assert!(world.has_sent(&format!("AT+{command}")), "{command}");
    }
    assert!(
        world.sent("AT+QFDEL=\"*\"").is_empty(),
        "other programs keep files there"
    );
}

#[test]
fn variants_of_the_file_list_and_of_the_last_acknowledgement() {
    for fault in ["qflst=ufs", "qflst=unquoted", "no-final-ack", "get-exists"] {
        let mut world = Setup::default()
            .with(|setup| setup.settings.modem.hardware_flow_control = false)
            .fault(fault)
            .online();
        for size in [1024, 2048, 5000] {
            there_and_back(&mut world, size);
        }
    }
}

#[test]
fn without_flow_control_ufs_is_chosen_with_ack_mode() {
    let mut world = Setup::default()
        .with(|setup| setup.settings.modem.hardware_flow_control = false)
        .fault("lose-bytes=100000000")
        .online();
    let bytes = noise(10_000);
    world.put(&bytes, "a.bin");
    assert_eq!(world.server.get("/a.bin"), Some(bytes));
    let line = world.sent("AT+QFUPL=")[0];
    assert!(line.contains(",10000,") && line.ends_with(",1"), "{line}");
}

#[test]
fn a_checksum_mismatch_is_detected_and_retried() {
    let mut world = Setup::default().fault("corrupt-file=1").online();
    let bytes = noise(5000);
    let status = up(&mut world, &bytes, ufs());
    assert_eq!((status.state, status.attempts), (TransferState::Done, 2));
    assert_eq!(world.server.get("/a.bin"), Some(bytes));

    let mut world = Setup::default().fault("corrupt-file").online();
    let options = Options {
        retries: 2,
        ..ufs()
    };
    let status = up(&mut world, &noise(5000), options);
    assert_eq!((status.state, status.attempts), (TransferState::Failed, 3));
    assert_eq!(status.error.unwrap().0, ErrorName::Protocol);
    assert_eq!(world.server.get("/a.bin"), None);
    assert!(world.files.names().is_empty());
}

#[test]
fn a_file_that_does_not_fit_is_refused_or_streamed() {
    let full = Setup::default().fault("ufs-full");
    let mut world = full.clone().online();
    let status = up(&mut world, &noise(5000), ufs());
    assert_eq!(status.state, TransferState::Failed, "{status:?}");
    assert_eq!(status.attempts, 1, "it will not fit later either");

    let mut world = full
        .with(|setup| setup.settings.modem.hardware_flow_control = false)
        .online();
    world.put(&noise(5000), "a.bin");
    assert_eq!(world.server.get("/a.bin"), Some(noise(5000)));
    assert!(!world.has_sent("AT+QFUPL"));

    let mut world = Setup::default()
        .with(|setup| setup.config.storage_limit = 8192)
        .online();
    world.server.put("/b.bin", &noise(8193));
    let (id, _) = world.download("b.bin", ufs());
    assert_eq!(world.finish(id).state, TransferState::Failed);
    there_and_back(&mut world, 8192);
}

#[test]
fn verify_checksum_requires_ufs() {
    let checksum = |via| Options {
        verify: Verify::Checksum,
        via,
        ..Options::default()
    };
    let mut world = World::online();
    let status = up(&mut world, &noise(3000), checksum(Via::Auto));
    assert_eq!(status.state, TransferState::Done);
    assert!(world.has_sent("AT+QFUPL"));

    world.server.put("/b.bin", &noise(3000));
    let (id, handle) = world.download("b.bin", checksum(Via::Auto));
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert!(world.has_sent("AT+QFDWL"));
    assert_eq!(world.landed(handle), Some(noise(3000)));

    let mut world = Setup::default().fault("ufs-full").online();
    let status = up(&mut world, &noise(3000), checksum(Via::Auto));
    assert_eq!(
        status.state,
        TransferState::Failed,
        "not without a checksum"
    );
}

#[test]
fn files_left_by_an_earlier_daemon_are_removed_and_other_files_kept() {
    let setup = Setup::default();
    for (name, ours) in [
        ("00000007.mft", true),
        ("cacert.pem", false),
        ("123.mft", false),
        ("data.txt", false),
    ] {
        setup.files.put(name, name.as_bytes());
        let world = setup.clone().online();
        assert_eq!(world.files.get(name).is_none(), ours, "{name}");
    }
}

#[test]
fn a_transfer_between_ufs_and_server_has_no_time_limit_while_bytes_move() {
    let mut world = World::online();
    world.server.put("/slow.bin", &noise(20_000));
    world.server.set_latency(Duration::from_secs(45));
    let (id, handle) = world.download("slow.bin", ufs());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert_eq!(world.landed(handle), Some(noise(20_000)));
    assert!(world.passed() > Duration::from_secs(250));
}

#[test]
fn upload_progress_counts_bytes_sent_to_the_server() {
    let mut world = World::online();
    let size = 300_000;
    world.server.set_latency(Duration::from_secs(5));
    let id = world.upload(&noise(size), "slow.bin", ufs());
    world.run_until(|world| world.has_sent("AT+QFTPPUT="));
    assert_eq!(world.transfer(id).transferred, 0, "nothing has left it yet");
    let (begin, shown) = (world.passed(), world.seen.transfers[&id].len());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert_eq!(status.transferred, size as u64);
    let shown = &world.seen.transfers[&id][shown..];
    let mut counts: Vec<_> = shown.iter().map(|status| status.transferred).collect();
    let told = counts.len() as u64;
    assert!(counts.is_sorted(), "{counts:?}");
    counts.dedup();
    assert!(counts.len() >= 4, "0, some, more, all: {counts:?}");
    assert!(told <= (world.passed() - begin).as_secs() + 2, "{told}");
}

#[test]
fn a_failure_in_any_phase_leaves_no_file_on_the_module() {
    for fault in [
        "refuse=QFUPL:403",
        "refuse=QFTPPUT:615",
        "fail=QFTPPUT:629,552",
        "fail=QFTPSIZE:605,0",
        "qfupl-timeout=cme",
        "stall=100",
        "no-urc=1",
    ] {
        let mut world = World::online();
        world
            .call(modem_ftp_core::api::request::Operation::Connect)
            .unwrap();
        world.fault(fault);
        let options = Options {
            retries: 0,
            ..ufs()
        };
        let status = up(&mut world, &noise(3000), options);
        if status.state == TransferState::Done {
            assert_eq!(world.server.get("/a.bin"), Some(noise(3000)), "{fault}");
        }
        world.wait(Duration::from_secs(200));
        assert!(
            world.files.names().is_empty(),
            "{fault}: {:?}",
            world.files.names()
        );
    }
}
