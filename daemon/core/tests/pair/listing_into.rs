//! A listing that goes to a local file or a pipe is the one that a reply would hold.

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_dbus::errors::ErrorName;

use crate::world::{SinkPlan, World};

fn list_into(world: &mut World, path: &str, plan: SinkPlan) -> (Handle, Result<Reply, Failure>) {
    let file = world.add_sink(plan);
    let handle = file.handle;
    (handle, world.call(Operation::ListInto(path.into(), file)))
}

#[test]
fn file_and_pipe_get_what_a_reply_would_hold() {
    for count in [0, 1, 5, 40, 800] {
        let mut world = World::online();
        world.call(Operation::MakeDirectory("log".into())).unwrap();
        for number in 0..count {
            let name = format!("/log/entry-{number:04}.csv");
            world.server.put(&name, b"x");
        }
        let Ok(Reply::Bytes(expected)) = world.call(Operation::ListRaw("log".into())) else {
            panic!("no listing, {}", world.dialogue());
        };
        let (file, reply) = list_into(&mut world, "log", SinkPlan::default());
        assert_eq!(reply, Ok(Reply::Done), "{count}");
        assert_eq!(world.landed(file), Some(expected.clone()), "{count}");
        assert!(world.is_released(file));
        let (pipe, reply) = list_into(&mut world, "log", SinkPlan::pipe());
        assert_eq!(reply, Ok(Reply::Done), "{count}");
        assert_eq!(world.written(pipe), expected, "{count}");
    }
}

#[test]
fn names_that_look_like_the_end_are_listed() {
    let mut world = World::online();
    for number in 0..30 {
        let name = format!("/log/+QFTPLIST: 0,{number}");
        world.server.put(&name, b"x");
        world.server.put(&format!("/log/OK {number}"), b"x");
    }
    let Ok(Reply::Bytes(expected)) = world.call(Operation::ListRaw("log".into())) else {
        panic!("no listing, {}", world.dialogue());
    };
    let (pipe, reply) = list_into(&mut world, "log", SinkPlan::pipe());
    assert_eq!(reply, Ok(Reply::Done));
    assert_eq!(world.written(pipe), expected);
}

#[test]
fn nothing_is_left_of_a_listing_that_fails() {
    let mut world = World::online();
    let (file, reply) = list_into(&mut world, "missing", SinkPlan::default());
    assert_eq!(reply.unwrap_err().name, ErrorName::RemoteNotFound);
    assert_eq!(world.landed(file), None);
}
