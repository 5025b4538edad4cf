//! `via=com` without flow control: the payload is moved in short segments whose bytes are counted,
//! so that a lost byte is detected early.

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Action;
use modem_ftp_core::api::status::TransferState;

use crate::transfers::noise;
use crate::world::{Setup, World};

fn world() -> World {
    Setup::default()
        .with(|setup| setup.settings.modem.hardware_flow_control = false)
        .online()
}

fn com() -> Options {
    Options {
        via: Via::Com,
        ..Options::default()
    }
}

#[test]
fn a_file_in_segments_is_byte_exact_both_ways() {
    let mut world = world();
    for size in [1, 100_000, 131_072] {
        let bytes = noise(size);
        let id = world.upload(&bytes, "a", com());
        assert_eq!(world.finish(id).state, TransferState::Done);
        assert_eq!(world.server.get("/a").as_ref(), Some(&bytes));
        let (id, handle) = world.download("a", com());
        assert_eq!(world.finish(id).state, TransferState::Done);
        assert_eq!(world.landed(handle), Some(bytes));
    }
    let puts = world.sent("AT+QFTPPUT=");
    assert!(
        puts.iter().any(|line| line.ends_with(",0")),
        "not the last: {puts:?}"
    );
    assert!(puts.len() > 5 && world.sent("AT+QFTPGET=").len() > 5);
}

#[test]
fn a_byte_lost_on_the_line_is_detected_and_the_file_sent_again() {
    for towards_host in [true, false] {
        let mut world = world();
        world.server.put("/b", &noise(20_000));
        world.rough();
        if towards_host {
            world.after_bytes(6000, |world| world.line.lose_in = true);
            let (id, handle) = world.download("b", com());
            let status = world.finish(id);
            assert_eq!(status.state, TransferState::Done, "{status:?}");
            assert_eq!(status.attempts, 2);
            assert_eq!(world.landed(handle), Some(noise(20_000)));
        } else {
            world.fault("lose-bytes=6000");
            let id = world.upload(&noise(20_000), "a", com());
            world.run_until(|world| {
                let status = world.transfer(id);
                status.attempts == 1 && status.state == TransferState::Waiting
            });
            world.heal("lose-bytes");
            let status = world.finish(id);
            assert_eq!(status.state, TransferState::Done, "{status:?}");
            assert_eq!(world.server.get("/a"), Some(noise(20_000)));
        }
    }
}

#[test]
fn cancel_between_segments() {
    let mut world = world();
    let id = world.upload(&noise(100_000), "a", com());
    world.when("< +QFTPPUT: 0,", move |world| {
        world.act(id, Action::Cancel);
    });
    assert_eq!(world.finish(id).state, TransferState::Cancelled);
    world.put(b"12345", "b");
    let again = world.act(id, Action::Retry);
    assert_eq!(world.reply(again), Ok(Reply::Done));
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/a"), Some(noise(100_000)));
}
