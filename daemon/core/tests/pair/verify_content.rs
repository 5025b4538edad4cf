//! `verify=content`: what is on the server is read back and compared, byte by byte, before it bears
//! its final name; a download is read twice.

use modem_ftp_core::api::options::{Options, Verify, Via};
use modem_ftp_core::api::request::{CallerId, Request};
use modem_ftp_core::api::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{HashPlan, Setup, SourcePlan, World};

fn content(via: Via) -> Options {
    Options {
        verify: Verify::Content,
        via,
        ..Options::default()
    }
}

/// Changes one byte of the file under the staging name.
fn flip(world: &mut World) {
    let name = world.names_left().pop().expect("a staging name");
    let mut bytes = world.server.get(&name).unwrap();
    bytes[100] ^= 1;
    world.server.put(&name, &bytes);
}

#[test]
fn both_ways_in_every_size() {
    for flow_control in [true, false] {
        for via in [Via::Com, Via::Ufs] {
            for size in [0, 1, 5000, 40_000] {
                let mut world = Setup::default()
                    .with(|setup| setup.settings.modem.hardware_flow_control = flow_control)
                    .online();
                let bytes = noise(size);
                let id = world.upload(&bytes, "a", content(via));
                let status = world.finish(id);
                assert_eq!(status.state, TransferState::Done, "{status:?}");
                assert_eq!(world.server.get("/a").as_ref(), Some(&bytes));
                let (id, handle) = world.download("a", content(via));
                let status = world.finish(id);
                assert_eq!(status.state, TransferState::Done, "{status:?}");
                assert_eq!(world.landed(handle), Some(bytes));
            }
        }
    }
}

#[test]
fn a_byte_that_differs_on_the_server_counts_as_a_failed_attempt() {
    for hash in [HashPlan::Whole, HashPlan::Part, HashPlan::Not] {
        let mut world = World::online();
        let plan = SourcePlan {
            bytes: noise(20_000),
            hash,
            ..SourcePlan::default()
        };
        world.when("< +QFTPSIZE: 0,20000", flip);
        let (id, _) = world.upload_from(plan, "a", content(Via::Com));
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{status:?}");
        assert_eq!(status.attempts, 2);
        assert_eq!(world.server.get("/a"), Some(noise(20_000)));
        assert_eq!(world.sent("AT+QFTPDEL=").len(), 1, "the part is removed");
    }
    let mut world = World::online();
    world.when("< +QFTPSIZE: 0,20000", flip);
    let once = Options {
        retries: 0,
        ..content(Via::Com)
    };
    let id = world.upload(&noise(20_000), "a", once);
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed);
    assert_eq!(status.error.unwrap().0, ErrorName::Protocol);
    assert!(world.server.paths().is_empty());
}

#[test]
fn a_download_that_is_read_otherwise_the_second_time_is_read_again() {
    for via in [Via::Com, Via::Ufs] {
        let mut world = World::online();
        world.server.put("/b", &noise(20_000));
        world.when("< +QFTPGET: 0,20000", |world| {
            let mut other = noise(20_000);
            other[7] ^= 1;
            world.server.put("/b", &other);
        });
        let (id, handle) = world.download("b", content(via));
        let status = world.finish(id);
        assert_eq!((status.state, status.attempts), (TransferState::Done, 2));
        assert_eq!(world.landed(handle), world.server.get("/b"));
    }
}

#[test]
fn it_is_refused_where_it_cannot_be_done() {
    let mut world = World::online();
    let mut source = world.source(b"1");
    source.rewindable = false;
    let ticket = world.request(Request::Upload {
        server: String::new(),
        source,
        remote: "a".into(),
        options: content(Via::Auto),
        caller: CallerId(":1.1".into()),
        uid: 1000,
    });
    let refused = world.reply(ticket).expect_err("a pipe");
    assert_eq!(refused.name, ErrorName::InvalidArguments);

    let mut world = Setup::default()
        .server(|server| server.binary = false)
        .online();
    let source = world.source(b"1");
    let ticket = world.request(Request::Upload {
        server: String::new(),
        source,
        remote: "a".into(),
        options: content(Via::Auto),
        caller: CallerId(":1.1".into()),
        uid: 1000,
    });
    let refused = world.reply(ticket).expect_err("a text");
    assert_eq!(refused.name, ErrorName::InvalidArguments);
}
