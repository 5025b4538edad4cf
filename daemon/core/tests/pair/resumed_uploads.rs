//! An upload that was cut is continued where it stopped, if what is on the server is the begin of
//! this very content.

use std::time::Duration;

use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::options::{IfExists, Options, Verify, Via};
use modem_ftp_core::api::request::Action;
use modem_ftp_core::api::status::{TransferId, TransferState};
use virtual_bg96::module::Injection;
use virtual_bg96::remote::Failure;
use virtual_bg96::remote::memory::StartPosition;

use crate::transfers::noise;
use crate::world::{Setup, SourcePlan, World};

const MB: usize = 1 << 20;

pub fn plan(bytes: Vec<u8>) -> SourcePlan {
    SourcePlan {
        bytes,
        ..SourcePlan::default()
    }
}

/// An upload of `plan` that was cut after so many bytes on the line; it waits for its next attempt.
pub fn cut_upload(world: &mut World, plan: SourcePlan, at: u64) -> (TransferId, Handle) {
    world.rough();
    let (id, handle) = world.upload_from(plan, "a", Options::default());
    world.run_until(|world| world.transfer(id).state == TransferState::Active);
    world.after_bytes(at, |world| world.server.break_data(Failure::DataClosed));
    world.run_until(|world| {
        let status = world.transfer(id);
        status.attempts == 1 && status.state == TransferState::Waiting
    });
    (id, handle)
}

pub fn check_done(world: &mut World, id: TransferId, bytes: &[u8]) {
    let status = world.finish(id);
    assert_eq!(
        status.state,
        TransferState::Done,
        "{status:?}, {}",
        world.dialogue()
    );
    assert!(
        world.server.get("/a").as_deref() == Some(bytes),
        "wrong bytes, {}",
        world.dialogue()
    );
    assert_eq!(status.transferred, bytes.len() as u64);
}

#[test]
fn after_a_cut_at_half_little_more_than_the_file_is_sent() {
    for if_exists in [IfExists::Overwrite, IfExists::Resume] {
        let mut world = World::online();
        world.rough();
        let bytes = noise(MB);
        let options = Options {
            if_exists,
            ..Options::default()
        };
        let id = world.upload(&bytes, "a", options);
        world.after_bytes(MB as u64 / 2, |world| {
            world.server.break_data(Failure::DataClosed);
        });
        check_done(&mut world, id, &bytes);
        let sent = world.server.uploaded();
        assert!(sent as f64 <= 1.05 * MB as f64, "{sent} bytes were sent");
        assert_eq!(world.transfer(id).attempts, 2);
    }
}

#[test]
fn a_cut_of_any_kind_is_continued() {
    type Cut = fn(&mut World);
    let cuts: [Cut; 5] = [
        |world| world.server.break_data(Failure::DataClosed),
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
    ];
    for (number, cut) in cuts.into_iter().enumerate() {
        let mut world = World::online();
        world.rough();
        let bytes = noise(300_000);
        let id = world.upload(&bytes, "a", Options::default());
        world.after_bytes(150_000, cut);
        check_done(&mut world, id, &bytes);
        let again = world.server.uploaded() - bytes.len() as u64;
        assert!(
            again < 80_000,
            "cut {number}: {again} bytes were sent again"
        );
    }
}

#[test]
fn a_pause_is_continued() {
    let mut world = World::online();
    let bytes = noise(300_000);
    let id = world.upload(&bytes, "a", Options::default());
    world.run_until(|world| world.transfer(id).transferred > 150_000);
    world.act(id, Action::Pause);
    world.until_transfer(id, TransferState::Paused);
    world.act(id, Action::Resume);
    check_done(&mut world, id, &bytes);
    let again = world.server.uploaded() - bytes.len() as u64;
    assert!(again < 40_000, "{again} bytes were sent again");
}

#[test]
fn a_kill_of_the_daemon_costs_a_few_seconds_of_sending() {
    let mut world = World::online();
    world.rough();
    let bytes = noise(MB);
    let id = world.upload(&bytes, "a", Options::default());
    world.after_bytes(MB as u64 * 3 / 4, |world| {
        world.close_line("the daemon was killed");
        world.after(Duration::from_secs(1), World::restart_daemon);
    });
    world.run_until(|world| !world.line.open);
    world.until_online();
    check_done(&mut world, id, &bytes);
    let again = world.server.uploaded() - MB as u64;
    assert!(again < 400_000, "{again} bytes were sent again");
    let names = world.sent("AT+QFTPPUT=");
    let from = |line: &&str| line.split(',').nth(2).map(str::to_owned);
    assert!(
        names.iter().filter_map(from).any(|start| start != "0"),
        "{names:?}"
    );
}

#[test]
fn several_cuts_in_a_row() {
    for start in [
        StartPosition::InPlace,
        StartPosition::Cuts,
        StartPosition::Appends,
    ] {
        let mut world = World::online();
        world.rough();
        world.server.set_start_position(start);
        let bytes = noise(400_000);
        let id = world.upload(&bytes, "a", Options::default());
        for at in [100_000, 200_000, 300_000] {
            world.after_bytes(at, |world| world.server.break_data(Failure::DataClosed));
        }
        check_done(&mut world, id, &bytes);
        let again = world.server.uploaded() - bytes.len() as u64;
        assert!(again < 60_000, "{start:?}: {again} bytes were sent again");
    }
}

#[test]
fn the_staging_name_bears_the_hash_of_the_content() {
    let mut world = World::online();
    world.when("> AT+QFTPPUT=", |_| {});
    // SHA-256 of "abc" (FIPS 180-2).
    world.put(b"abc", "a.csv");
    assert!(world.has_sent("AT+QFTPPUT=\"a.csv.ba7816bf.part\""));
}

/// A write-only server: what was sent cannot be read back.
#[test]
fn an_upload_to_the_final_name_is_continued_too() {
    let mut world = World::online();
    world.rough();
    let bytes = noise(300_000);
    let options = Options {
        atomic: false,
        ..Options::default()
    };
    let id = world.upload(&bytes, "a", options);
    world.after_bytes(150_000, |world| {
        world.server.break_data(Failure::DataClosed);
    });
    check_done(&mut world, id, &bytes);
    let again = world.server.uploaded() - bytes.len() as u64;
    assert!(again < 20_000, "{again} bytes were sent again");
}

#[test]
fn without_flow_control_only_segments_that_were_counted_are_continued() {
    for lost in [false, true] {
        let mut world = Setup::default()
            .with(|setup| setup.settings.modem.hardware_flow_control = false)
            .online();
        world.rough();
        let bytes = noise(200_000);
        let options = Options {
            via: Via::Com,
            verify: Verify::Size,
            ..Options::default()
        };
        let id = world.upload(&bytes, "a", options);
        world.after_bytes(100_000, move |world| match lost {
            true => world.line.lose_out = true,
            false => world.server.break_data(Failure::DataClosed),
        });
        check_done(&mut world, id, &bytes);
        let again = world.server.uploaded() - bytes.len() as u64;
        assert!(again < 40_000, "{again} bytes were sent again");
    }
}

#[test]
fn cancel_while_it_is_found_out_where_to_continue() {
    for moment in [
        "> AT+QFTPSIZE",
        "< +QFTPSIZE: ",
        "> AT+QFTPGET",
        "< +QFTPGET",
        "> AT+QFTPPUT",
    ] {
        for action in [Action::Cancel, Action::Pause] {
            let mut world = World::online();
            let bytes = noise(200_000);
            let (id, _) = cut_upload(&mut world, plan(bytes.clone()), 100_000);
            world.when(moment, move |world| {
                world.act(id, action);
            });
            if action == Action::Cancel {
                assert_eq!(world.finish(id).state, TransferState::Cancelled);
                continue;
            }
            world.until_transfer(id, TransferState::Paused);
            world.act(id, Action::Resume);
            check_done(&mut world, id, &bytes);
        }
    }
}
