//! More bytes than were asked for, and fewer than anybody would wait for: broken off by name, with the port
//! in command mode and the session usable afterwards.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::{ModemState, TransferId, TransferState};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Setup, World};

fn once(via: Via) -> Options {
    Options {
        via,
        retries: 0,
        ..Options::default()
    }
}

/// Checks how a transfer failed, and that everything works when the cause is gone.
fn check(world: &mut World, id: TransferId, name: ErrorName, text: &str) {
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed, "{}", world.dialogue());
    let (found, said) = status.error.clone().unwrap();
    assert_eq!(found, name, "{said}");
    assert!(said.contains(text), "{said}");
    assert!(
        !world.showed(ModemState::Absent, ""),
        "{}",
        world.dialogue()
    );
}

fn check_next(world: &mut World) {
    let bytes = noise(3000);
    world.put(&bytes, "next.bin");
    assert_eq!(world.get("next.bin"), bytes);
}

#[test]
fn bytes_behind_the_announced_length() {
    for (via, text) in [
        (Via::Com, "QFTPGET: more was received than expected"),
        (Via::Ufs, "QFREAD: more was received than expected"),
    ] {
        let mut world = World::online();
        world.server.put("/a", &noise(5000));
        // The simulated module sends it all, whatever it is told meanwhile.
        world.rough();
        world.fault("surplus=100000");
        let begin = world.passed();
        let (id, handle) = world.download("a", once(via));
        check(&mut world, id, ErrorName::Protocol, text);
        let took = world.passed() - begin;
        assert!(took < Duration::from_secs(30), "{via:?}: {took:?}");
        assert_eq!(world.landed(handle), None);
        world.heal("surplus");
        check_next(&mut world);
    }
}

#[test]
fn a_few_bytes_behind_the_announced_length() {
    for via in [Via::Com, Via::Ufs] {
        let mut world = World::online();
        world.server.put("/a", &noise(5000));
        world.fault("surplus=100");
        let (id, handle) = world.download("a", once(via));
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Failed, "{status:?}");
        assert_eq!(status.error.unwrap().0, ErrorName::Protocol);
        assert_eq!(world.landed(handle), None);
        world.heal("surplus");
        check_next(&mut world);
    }
}

#[test]
fn an_announced_length_beyond_what_was_asked_for() {
    for announced in [5001_u64, 70_000, 4_294_967_296, u64::MAX] {
        let mut world = World::online();
        world.server.put("/a", &noise(5000));
        world.fault(&format!("announce={announced}"));
        let begin = world.passed();
        let (id, handle) = world.download("a", once(Via::Ufs));
        let text = "QFREAD: more was received than expected";
        check(&mut world, id, ErrorName::Protocol, text);
        let took = world.passed() - begin;
        assert!(took < Duration::from_secs(30), "{announced}: {took:?}");
        assert_eq!(world.landed(handle), None);
        world.heal("announce");
        check_next(&mut world);
        assert!(world.files.names().is_empty(), "{:?}", world.files.names());
    }
}

/// At 115200 bit/s two megabytes take three minutes; a listing of thirty would take 45.
#[test]
fn a_listing_without_an_end() {
    let mut world = World::online();
    for number in 0..60_000 {
        world.server.put(&format!("/dir/{number:0>500}"), b"");
    }
    for operation in [
        Operation::List("dir".into()),
        Operation::ListRaw("dir".into()),
        Operation::ListNames("dir".into()),
    ] {
        let before = world.server.downloaded();
        let failure = world.call(operation.clone()).expect_err("too long");
        assert!(!world.showed(ModemState::Absent, ""), "{failure}");
        let came = world.server.downloaded() - before;
        assert!(came < 3 << 20, "{operation:?}: {came} bytes, {failure}");
        assert!(
            failure.text.contains("more than 2097152 bytes"),
            "{failure}"
        );
        world.call(Operation::WorkingDirectory).unwrap();
    }
    check_next(&mut world);
}

#[test]
fn one_byte_every_five_seconds() {
    for via in [Via::Com, Via::Ufs] {
        let mut world = World::online();
        world.server.put("/a", &noise(5000));
        world.server.set_trickle(1, Duration::from_secs(5));
        let begin = world.passed();
        let (id, handle) = world.download("a", once(via));
        check(&mut world, id, ErrorName::Timeout, "too slow");
        let took = world.passed() - begin;
        assert!(took < Duration::from_secs(300), "{via:?}: {took:?}");
        assert_eq!(world.landed(handle), None);
        world.server.set_trickle(4096, Duration::ZERO);
        check_next(&mut world);
    }
}

#[test]
fn a_listing_of_one_byte_every_five_seconds() {
    let mut world = World::online();
    for number in 0..100 {
        world.server.put(&format!("/dir/file{number}"), b"");
    }
    world.server.set_trickle(1, Duration::from_secs(5));
    let begin = world.passed();
    let failure = world
        .call(Operation::List("dir".into()))
        .expect_err("too slow");
    assert_eq!(failure.name, ErrorName::Timeout, "{failure}");
    assert!(failure.text.contains("too slow"), "{failure}");
    assert!(world.passed() - begin < Duration::from_secs(300));
    world.server.set_trickle(4096, Duration::ZERO);
    check_next(&mut world);
}

/// A slow network is no reason to give up.
#[test]
fn two_hundred_bytes_a_second_are_enough() {
    let mut world = World::online();
    world.server.put("/a", &noise(200_000));
    world.server.set_trickle(1000, Duration::from_secs(5));
    assert_eq!(world.get("a"), noise(200_000));
    world.put(&noise(100_000), "b");
    assert_eq!(world.server.get("/b"), Some(noise(100_000)));
}

#[test]
fn answers_without_an_end() {
    let lines = "+QFTPSIZE is nothing like this\r\n".repeat(100);
    for heard in [
        // A line without an end, lines without an end, and a result for something else.
        "x".repeat(200_000),
        lines.repeat(60),
        "\r\n+QFTPDEL: 0,0\r\n".repeat(1000),
    ] {
        let mut world = World::online();
        world.rough();
        world.server.put("/a", &noise(5000));
        world.call(Operation::Connect).unwrap();
        world.replace("+QFTPSIZE: 0,5000", &heard, 1);
        let begin = world.passed();
        let (id, _) = world.download("a", once(Via::Com));
        let status = world.finish(id);
        let took = world.passed() - begin;
        assert!(took < Duration::from_secs(160), "{took:?}");
        assert_eq!(status.state, TransferState::Failed, "{status:?}");
        assert!(!world.showed(ModemState::Absent, ""), "{status:?}");
        check_next(&mut world);
    }
}

/// With line ends the length on the way is not known, and the module's own storage bounds it.
#[test]
fn a_text_that_grows_on_the_way() {
    let mut world = Setup::default()
        .server(|server| server.binary = false)
        .online();
    world.server.put("/a", b"one\ntwo\n");
    let (id, _) = world.download("a", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Done);
    let listed = world.call(Operation::ListNames(String::new()));
    assert!(matches!(listed, Ok(Reply::Names(_))), "{listed:?}");
}
