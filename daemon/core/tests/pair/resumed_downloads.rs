//! A download that was cut is continued where it stopped, if the remote file is what it was then.

use std::time::Duration;

use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::Action;
use modem_ftp_core::api::status::{TransferId, TransferState};
use virtual_bg96::module::Injection;
use virtual_bg96::remote::Failure;

use crate::transfers::noise;
use crate::world::{Setup, World};

const SIZE: u64 = 300_000;

/// A download that was cut at half; it waits for its next attempt.
fn cut_download(world: &mut World) -> (TransferId, Handle) {
    world.rough();
    world.server.put("/b", &noise(300_000));
    let (id, handle) = world.download("b", Options::default());
    world.after_bytes(SIZE / 2, |world| {
        world.server.break_data(Failure::DataClosed)
    });
    world.run_until(|world| world.transfer(id).state == TransferState::Waiting);
    (id, handle)
}

fn check_done(world: &mut World, (id, handle): (TransferId, Handle)) {
    let status = world.finish(id);
    assert_eq!(
        status.state,
        TransferState::Done,
        "{status:?}, {}",
        world.dialogue()
    );
    let landed = world.landed(handle);
    assert!(landed == world.server.get("/b"), "{}", world.dialogue());
    assert_eq!(status.transferred, landed.unwrap().len() as u64);
}

#[test]
fn after_a_cut_at_half_little_more_than_the_file_comes() {
    let mut world = World::online();
    let download = cut_download(&mut world);
    check_done(&mut world, download);
    let came = world.server.downloaded();
    assert!(came < SIZE + SIZE / 10, "{came} bytes came");
}

#[test]
fn a_cut_of_any_kind_is_continued() {
    type Cut = fn(&mut World);
    let cuts: [Cut; 5] = [
        |world| world.inject(Injection::Reset),
        |world| world.inject(Injection::PdpDeactivated),
        |world| {
            world.close_line("unplugged");
            world.after(Duration::from_secs(5), World::open_line);
        },
        |world| {
            world.server.set_frozen(true);
            world.after(Duration::from_secs(400), |world| {
                world.server.set_frozen(false);
            });
        },
        |world| {
            let id = *world.seen.transfers.keys().next().unwrap();
            world.act(id, Action::Pause);
            world.after(Duration::from_secs(30), move |world| {
                world.act(id, Action::Resume);
            });
        },
    ];
    for (number, cut) in cuts.into_iter().enumerate() {
        let mut world = World::online();
        world.rough();
        world.server.put("/b", &noise(300_000));
        let download = world.download("b", Options::default());
        world.after_bytes(SIZE / 2, cut);
        check_done(&mut world, download);
        let starts = world.sent("AT+QFTPGET=");
        let last = starts.last().unwrap().split(',').nth(2).unwrap();
        let last: u64 = last.parse().unwrap();
        assert!(last > 100_000, "cut {number}: {starts:?}");
    }
}

#[test]
fn a_remote_file_that_changed_meanwhile_is_received_from_the_start() {
    type Change = fn(&mut World);
    let changes: [Change; 3] = [
        |world| world.server.set_modified("20260301120001"),
        |world| world.server.put("/b", &noise(250_000)),
        // As long and as old.
        |world| world.server.put("/b", &noise(300_001)[1..]),
    ];
    for change in changes {
        let mut world = World::online();
        let download = cut_download(&mut world);
        change(&mut world);
        check_done(&mut world, download);
        assert!(world.server.downloaded() > 350_000);
    }
}

#[test]
fn without_a_modification_time_it_is_received_from_the_start() {
    let mut world = World::online();
    for _ in 0..2 {
        world.fault("fail=QFTPMDTM:622,502");
    }
    let download = cut_download(&mut world);
    check_done(&mut world, download);
    assert!(world.server.downloaded() > 400_000);
}

#[test]
fn a_restart_of_the_daemon_begins_anew() {
    let mut world = World::online();
    let (id, handle) = cut_download(&mut world);
    world.close_line("the daemon was killed");
    world.restart_daemon();
    world.until_online();
    check_done(&mut world, (id, handle));
    assert!(world.server.downloaded() > 400_000);
}

#[test]
fn a_byte_lost_before_the_cut_is_detected() {
    for flow_control in [true, false] {
        let mut world = Setup::default()
            .with(|setup| setup.settings.modem.hardware_flow_control = flow_control)
            .online();
        world.rough();
        world.server.put("/b", &noise(300_000));
        let options = Options {
            via: modem_ftp_core::api::options::Via::Com,
            ..Options::default()
        };
        let download = world.download("b", options);
        world.after_bytes(100_000, |world| world.line.lose_in = true);
        world.after_bytes(150_000, |world| {
            world.server.break_data(Failure::DataClosed);
        });
        check_done(&mut world, download);
        world.end_plans();
    }
}

#[test]
fn cuts_at_many_offsets() {
    for at in (500..60_000).step_by(4999) {
        let mut world = World::online();
        world.rough();
        world.server.put("/b", &noise(40_000));
        let download = world.download("b", Options::default());
        for cut in [at, at + 9000] {
            world.after_bytes(cut, |world| world.server.break_data(Failure::DataClosed));
        }
        check_done(&mut world, download);
        world.end_plans();
    }
}

#[test]
fn the_receipt_has_the_hash_of_what_was_received() {
    for cut in [false, true] {
        let mut world = World::online();
        let download = if cut {
            cut_download(&mut world)
        } else {
            world.server.put("/b", &noise(300_000));
            world.download("b", Options::default())
        };
        check_done(&mut world, download);
        world.wait(Duration::from_secs(10));
        let received = world.receipts().last().unwrap().hash.clone();
        let id = world.upload(&noise(300_000), "c", Options::default());
        world.finish(id);
        world.wait(Duration::from_secs(10));
        let sent = world.receipts().last().unwrap().hash.clone();
        assert!(received.is_some() && received == sent, "{received:?}");
    }
}
