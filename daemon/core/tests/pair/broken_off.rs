//! What a caller or one command keeps waiting is broken off: within a second by Cancel, within a limit by
//! itself. Other callers are served, and the module is not called dead for it.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, Operation};
use modem_ftp_core::api::settings::DataModeExit;
use modem_ftp_core::api::status::{ModemState, TransferId, TransferState};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Reader, Setup, SinkPlan, SourcePlan, World};

const SIZE: usize = 200_000;
const SECOND: Duration = Duration::from_secs(1);

/// Data mode left by DTR, by the escape, and by neither.
fn exits() -> [Setup; 3] {
    let escape = |setup: &mut Setup| setup.settings.modem.data_mode_exit = DataModeExit::Escape;
    [
        Setup::default(),
        Setup::default().with(escape),
        Setup::default().fault("dtr-ignored"),
    ]
}

fn unread() -> SinkPlan {
    SinkPlan::read_by(Reader {
        stops_at: Some((0, Duration::from_secs(1_000_000))),
        ..Reader::default()
    })
}

fn pipe(bytes: &[u8], open: bool) -> SourcePlan {
    SourcePlan {
        bytes: bytes.to_vec(),
        pipe: true,
        open,
        ..SourcePlan::default()
    }
}

/// Cancels a transfer, which is answered within a second.
fn cancel(world: &mut World, id: TransferId, what: &str) {
    let begin = world.passed();
    let ticket = world.act(id, Action::Cancel);
    let reply = world.reply(ticket);
    assert_eq!(reply, Ok(Reply::Done), "{what} {}", world.dialogue());
    let took = world.passed() - begin;
    assert!(took < SECOND, "{what}: {took:?}");
    assert_eq!(world.transfer(id).state, TransferState::Cancelled, "{what}");
}

fn check_next(world: &mut World) {
    let bytes = noise(3000);
    world.put(&bytes, "next.bin");
    assert_eq!(world.get("next.bin"), bytes);
    assert!(
        !world.showed(ModemState::Absent, ""),
        "{}",
        world.dialogue()
    );
    let paths = world.server.paths();
    assert!(
        !paths.iter().any(|path| path.contains(".part")),
        "{paths:?}"
    );
}

#[test]
fn a_pipe_that_nobody_reads_is_cancelled_at_once() {
    for setup in exits() {
        for wait in [1, 30] {
            let mut world = setup.clone().online();
            world.server.put("/a", &noise(SIZE));
            let (id, handle) = world.download_to(unread(), "a", Options::default());
            world.until_said("< CONNECT");
            world.wait(Duration::from_secs(15 + wait));
            cancel(&mut world, id, "a pipe that nobody reads");
            assert!(world.is_released(handle));
            check_next(&mut world);
        }
    }
}

#[test]
fn a_pipe_that_nobody_reads_holds_nobody_for_long() {
    let mut world = World::online();
    world.server.put("/a", &noise(SIZE));
    let (id, _) = world.download_to(unread(), "a", Options::default());
    world.until_said("< CONNECT");
    let begin = world.passed();
    world.call(Operation::List(String::new())).unwrap();
    let took = world.passed() - begin;
    assert!(took < Duration::from_secs(80), "{took:?}");
    let (name, text) = world.finish(id).error.unwrap();
    assert_eq!(name, ErrorName::LocalIo);
    assert!(
        text.contains("the reader of the pipe does not read"),
        "{text}"
    );
    check_next(&mut world);
}

#[test]
fn a_reader_of_one_page_a_minute_is_too_slow() {
    let mut world = World::online();
    world.server.put("/a", &noise(SIZE));
    let reader = Reader {
        pace: Some((4096, Duration::from_secs(50))),
        ..Reader::default()
    };
    let plan = SinkPlan::read_by(reader);
    let (id, _) = world.download_to(plan, "a", Options::default());
    let begin = world.passed();
    let (name, text) = world.finish(id).error.unwrap();
    assert_eq!(name, ErrorName::LocalIo, "{text}");
    assert!(
        text.contains("the other end of the pipe is too slow"),
        "{text}"
    );
    assert!(world.passed() - begin < Duration::from_secs(3600));
    check_next(&mut world);
}

#[test]
fn a_pipe_that_nobody_writes_does_not_take_the_module() {
    let mut world = World::online();
    let (id, handle) = world.upload_from(pipe(b"", true), "a", Options::default());
    let begin = world.passed();
    world.call(Operation::List(String::new())).unwrap();
    world.put(b"1", "other");
    assert!(world.passed() - begin < Duration::from_secs(30));
    world.wait(Duration::from_secs(3600));
    assert_eq!(world.transfer(id).state, TransferState::Queued);
    assert!(
        !world
            .sent("AT+QFTPPUT")
            .iter()
            .any(|line| line.contains("\"a."))
    );
    world.feed(handle, b"at last", true);
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/a").unwrap(), b"at last");
    // One that is cancelled before is released.
    let (id, handle) = world.upload_from(pipe(b"", true), "b", Options::default());
    cancel(&mut world, id, "a pipe that nobody writes");
    assert!(world.is_released(handle));
    check_next(&mut world);
}

#[test]
fn a_writer_that_stops_is_waited_for_a_minute() {
    let mut world = World::online();
    let (id, _) = world.upload_from(pipe(&noise(20_000), true), "a", Options::default());
    world.until_said("< CONNECT");
    let begin = world.passed();
    world.call(Operation::List(String::new())).unwrap();
    let took = world.passed() - begin;
    assert!(took < Duration::from_secs(80), "{took:?}");
    let (name, text) = world.finish(id).error.unwrap();
    assert_eq!(name, ErrorName::LocalIo);
    assert!(
        text.contains("the writer of the pipe does not write"),
        "{text}"
    );
    world.wait(Duration::from_secs(10));
    check_next(&mut world);
}

#[test]
fn a_writer_may_be_slow_but_not_endlessly() {
    // Bytes every 20 s, and whether that is enough.
    for (bytes, enough) in [(3000, true), (100, false)] {
        let mut world = World::online();
        let (id, handle) = world.upload_from(pipe(b"", true), "a", Options::default());
        for number in 0..60 {
            world.after(Duration::from_secs(20) * number, move |world| {
                if !world.is_released(handle) {
                    world.feed(handle, &noise(bytes), number == 59);
                }
            });
        }
        let status = world.finish(id);
        let text = format!("{:?}", status.error);
        match enough {
            true => assert_eq!(status.state, TransferState::Done, "{text}"),
            false => assert!(
                text.contains("the other end of the pipe is too slow"),
                "{text}"
            ),
        }
        world.wait(Duration::from_secs(1300));
        check_next(&mut world);
    }
}

#[test]
fn a_command_that_is_not_answered_is_broken_off_by_cancel() {
    for (command, up) in [
        ("QFTPPUT", true),
        ("QFTPSIZE", true),
        ("QFTPGET", false),
        ("QFTPSIZE", false),
        ("QFTPMDTM", false),
    ] {
        let mut world = World::online();
        world.call(Operation::Connect).unwrap();
        world.server.put("/b", &noise(SIZE));
        world.fault(&format!("mute={command}"));
        let id = match up {
            true => world.upload(&noise(3000), "a", Options::default()),
            false => world.download("b", Options::default()).0,
        };
        world.until_said(&format!("> AT+{command}"));
        world.wait(Duration::from_secs(5));
        cancel(&mut world, id, command);
        world.heal("mute");
        check_next(&mut world);
    }
}

#[test]
fn a_server_that_does_not_answer_is_broken_off_by_cancel() {
    for (from, said) in [
        ("> AT+QFTPCWD", "> AT+QFTPPUT"),
        ("< CONNECT", "> AT+QFTPSIZE"),
        ("> AT+QFTPSIZE", "> AT+QFTPGET"),
        ("< CONNECT", "< CONNECT"),
    ] {
        let mut world = World::online();
        world.call(Operation::Connect).unwrap();
        world.server.put("/b", &noise(SIZE));
        world.server.set_latency(SECOND);
        let id = match said {
            "> AT+QFTPGET" | "< CONNECT" => world.download("b", Options::default()).0,
            _ => world.upload(&noise(3000), "a", Options::default()),
        };
        world.when(from, |world| {
            world.server.set_latency(Duration::from_secs(60));
        });
        world.until_said(said);
        world.wait(Duration::from_secs(3));
        cancel(&mut world, id, said);
        world.server.set_latency(Duration::ZERO);
        check_next(&mut world);
    }
}

/// The failing command is to blame: calls, also to other servers, go on.
#[test]
fn a_command_without_an_answer_is_not_the_modules_death() {
    for command in ["QFTPPUT", "QFTPGET", "QFTPSIZE"] {
        let mut world = World::online();
        world.server.put("/b", &noise(3000));
        world.fault(&format!("mute={command}"));
        let options = Options {
            retries: 3,
            ..Options::default()
        };
        let id = match command {
            "QFTPPUT" => world.upload(&noise(3000), "a", options),
            _ => world.download("b", options).0,
        };
        let mut calls = 0;
        while !world.transfer(id).state.is_final() {
            let begin = world.passed();
            for server in ["", "other"] {
                let listed = world.begin_as("", server, Operation::List(String::new()));
                let listed = world.reply(listed);
                assert!(listed.is_ok(), "{command} {server:?}: {listed:?}");
            }
            let took = world.passed() - begin;
            assert!(took < Duration::from_secs(130), "{command}: {took:?}");
            calls += 1;
            world.wait(Duration::from_secs(60));
            assert!(
                !world.showed(ModemState::Absent, ""),
                "{}",
                world.dialogue()
            );
        }
        assert!(calls > 2, "{command}");
        let status = world.transfer(id).clone();
        let (name, text) = status.error.unwrap();
        assert_eq!(name, ErrorName::Timeout, "{text}");
        assert!(text.contains(command), "{text}");
        assert!(!world.has_sent("AT+CFUN=1,1"), "restarted for {command}");
        world.heal("mute");
        check_next(&mut world);
    }
}
