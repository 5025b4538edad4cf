//! What is on the server under a staging name is continued only if it is proven to be the begin of
//! this very content.

use std::time::Duration;

use modem_ftp_core::api::status::TransferState;

use crate::resumed_uploads::{check_done, cut_upload, plan};
use crate::transfers::noise;
use crate::world::{HashPlan, SourcePlan, World};

#[test]
fn a_part_of_another_content_is_never_continued() {
    let mut world = World::online();
    let (id, handle) = cut_upload(&mut world, plan(noise(200_000)), 100_000);
    let old = world.names_left();
    assert_eq!(old.len(), 1);
    // As long, with the same bytes around the cut, but for the first.
    let mut other = noise(200_000);
    other[0] ^= 1;
    world.rewrite(handle, &other);
    check_done(&mut world, id, &other);
    assert!(world.server.uploaded() > 290_000, "sent whole");
    world.wait(Duration::from_secs(60));
    assert_eq!(world.names_left(), Vec::<String>::new());
}

#[test]
fn what_lies_under_the_staging_name_is_not_trusted() {
    type Change = fn(&mut Vec<u8>);
    let changes: [Change; 5] = [
        // Of plausible length and other content.
        |there| *there = noise(there.len() + 1)[1..].to_vec(),
        |there| there.fill(0),
        // A byte is missing in the middle.
        |there| {
            there.remove(50_000);
        },
        // Longer than the file.
        |there| there.resize(250_000, 7),
        |there| there.clear(),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut world = World::online();
        let bytes = noise(200_000);
        let (id, _) = cut_upload(&mut world, plan(bytes.clone()), 100_000);
        let name = world.names_left().pop().unwrap();
        let mut there = world.server.get(&name).unwrap();
        change(&mut there);
        world.server.put(&name, &there);
        check_done(&mut world, id, &bytes);
        assert!(world.server.uploaded() > 290_000, "change {number}");
    }
}

#[test]
fn a_staging_name_that_is_gone_is_begun_anew() {
    let mut world = World::online();
    let bytes = noise(200_000);
    let (id, _) = cut_upload(&mut world, plan(bytes.clone()), 100_000);
    let name = world.names_left().pop().unwrap();
    world.rename_on_server(&name, "/moved");
    check_done(&mut world, id, &bytes);
}

#[test]
fn bytes_that_are_all_alike_are_sent_whole() {
    let mut world = World::online();
    let mut bytes = noise(200_000);
    bytes[50_000..150_000].fill(0);
    let (id, _) = cut_upload(&mut world, plan(bytes.clone()), 100_000);
    check_done(&mut world, id, &bytes);
    assert!(world.server.uploaded() > 290_000);
}

#[test]
fn a_source_that_is_not_hashed_is_sent_whole_and_one_hashed_in_part_is_continued() {
    for (hash, again) in [(HashPlan::Not, true), (HashPlan::Part, false)] {
        let mut world = World::online();
        let bytes = noise(200_000);
        let plan = SourcePlan {
            hash,
            ..plan(bytes.clone())
        };
        let (id, _) = cut_upload(&mut world, plan, 100_000);
        check_done(&mut world, id, &bytes);
        assert_eq!(world.server.uploaded() > 290_000, again, "{hash:?}");
    }
}

#[test]
fn a_server_that_lets_nothing_be_read_gets_whole_files() {
    for refusal in ["fail=QFTPGET:627,550", "fail=QFTPGET:616,426", "data"] {
        let mut world = World::online();
        let bytes = noise(200_000);
        let (id, _) = cut_upload(&mut world, plan(bytes.clone()), 100_000);
        for _ in 0..4 {
            match refusal {
                "data" => world.when("> AT+QFTPGET", |world| {
                    world.fault("data-refused=1");
                }),
                refusal => world.fault(refusal),
            }
        }
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{refusal}: {status:?}");
        assert!(status.attempts <= 3);
        assert_eq!(world.server.get("/a"), Some(bytes));
        for name in ["fail", "data-refused"] {
            world.heal(name);
        }
        world.end_plans();
    }
}
