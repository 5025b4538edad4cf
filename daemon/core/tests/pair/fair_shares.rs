//! Users take turns: what one of them queues delays each transfer and call of another by one of his.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{CallerId, Operation, Request};
use modem_ftp_core::api::status::TransferId;

use crate::world::{Setup, World};

const GREEDY: u32 = 1000;
const OTHER: u32 = 1001;

fn upload(world: &mut World, uid: u32, remote: &str) -> TransferId {
    let source = world.source(b"some bytes");
    let ticket = world.request(Request::Upload {
        server: String::new(),
        source,
        remote: remote.into(),
        options: Options::default(),
        caller: CallerId::default(),
        uid,
    });
    match world.reply(ticket) {
        Ok(Reply::Queued(id)) => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_transfers_of_another_user_come_in_between() {
    let mut world = Setup::default().start();
    let mut ids = Vec::new();
    for number in 0..20 {
        ids.push(upload(&mut world, GREEDY, &format!("greedy{number}")));
    }
    for number in 0..3 {
        ids.push(upload(&mut world, OTHER, &format!("other{number}")));
    }
    for id in ids {
        world.finish(id);
    }
    let puts = world.sent("AT+QFTPPUT=");
    let of_other = puts
        .iter()
        .enumerate()
        .filter(|(_, line)| line.contains("other"));
    let places: Vec<_> = of_other.map(|(place, _)| place).collect();
    assert!(places[2] <= 6, "{puts:?}");
    // Each user's own run in the order in which they were accepted.
    let own: Vec<_> = puts.iter().filter(|line| line.contains("greedy")).collect();
    for (number, line) in own.iter().enumerate() {
        assert!(line.contains(&format!("greedy{number}.")), "{own:?}");
    }
}

#[test]
fn the_calls_of_one_user_leave_room_for_others_and_do_not_delay_them() {
    let mut world = World::online();
    world.server.set_latency(Duration::from_secs(2));
    let mkdir = |world: &mut World, uid, name: &str| {
        world.request(Request::Remote {
            server: String::new(),
            operation: Operation::MakeDirectory(name.into()),
            caller: CallerId(":1.5".into()),
            uid: Some(uid),
        })
    };
    for number in 0..100 {
        mkdir(&mut world, GREEDY, &format!("greedy{number}"));
    }
    let other = mkdir(&mut world, OTHER, "other");
    assert_eq!(world.reply(other), Ok(Reply::Done));
    let sent = world.sent("AT+QFTPMKDIR=");
    assert!(sent.len() <= 3, "{sent:?}");
    let refused = world.seen.replies.values().filter(|reply| reply.is_err());
    assert_eq!(refused.count(), 49, "of a hundred, half is one user's");
}

#[test]
fn calls_without_end_do_not_keep_transfers_waiting() {
    let mut world = World::online();
    let begin = |world: &mut World| {
        world.request(Request::Remote {
            server: String::new(),
            operation: Operation::WorkingDirectory,
            caller: CallerId(":1.5".into()),
            uid: Some(GREEDY),
        })
    };
    let mut calls: Vec<_> = (0..5).map(|_| begin(&mut world)).collect();
    let ids: Vec<_> = (0..3)
        .map(|number| upload(&mut world, OTHER, &format!("other{number}")))
        .collect();
    // As soon as one is answered, the caller makes the next one.
    for _ in 0..200 {
        let first = calls.remove(0);
        world.reply(first).unwrap();
        calls.push(begin(&mut world));
        if ids.iter().all(|id| world.transfer(*id).state.is_final()) {
            return;
        }
    }
    panic!("the transfers wait for ever");
}
