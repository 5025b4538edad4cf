//! The FTP session: opened on demand, reused, closed when idle, opened again when the server
//! dropped it; the configured directory.

use std::time::Duration;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::{SessionState, TransferState};
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::remote;

use crate::world::{Setup, World};

fn pwd(world: &mut World) -> Result<Reply, Failure> {
    world.call(Operation::WorkingDirectory)
}

#[test]
fn a_session_is_reused_and_closed_when_idle() {
    let mut world = World::online();
    world.put(b"1", "a");
    world.wait(Duration::from_secs(29));
    world.put(b"2", "b");
    assert_eq!(world.server.logins(), 1);
    assert_eq!(world.modem().server, "plant");
    world.wait(Duration::from_secs(29));
    assert!(!world.has_sent("AT+QFTPCLOSE"));
    world.wait(Duration::from_secs(3));
    assert!(world.has_sent("AT+QFTPCLOSE"));
    assert_eq!(world.port.condition().ftp, 4);
    assert_eq!(world.modem().session, SessionState::Closed);
    assert_eq!(world.modem().server, "");
    assert!(world.is_at_rest(), "nothing wakes up while nothing happens");
    world.put(b"3", "c");
    assert_eq!(world.server.logins(), 2);
}

#[test]
fn every_setting_is_sent_before_every_open_and_the_password_never_published() {
    let mut world = World::online();
    for round in 1..=2 {
        world.call(Operation::Connect).unwrap();
        let keys = [
            "account",
            "filetype",
            "transmode",
            "contextid",
            "rsptimeout",
            "ssltype",
            "sslctxid",
            "data_address",
        ];
        for key in keys {
            let line = format!("AT+QFTPCFG=\"{key}\",");
            assert_eq!(world.sent(&line).len(), round, "{key}");
        }
        let shown = &world.modem().settings;
        assert_eq!(shown.len(), keys.len());
        assert!(shown.contains(&("account".into(), "gw17".into())));
        assert_eq!(world.disconnect(), Ok(Reply::Done));
        assert_eq!(world.port.condition().ftp, 4);
    }
}

#[test]
fn the_configured_directory_is_changed_to_after_login() {
    let mut world = Setup::default()
        .server(|server| server.directory = "/inbox".into())
        .online();
    let failure = world
        .call(Operation::Connect)
        .expect_err("no such directory");
    assert_eq!(failure.name, ErrorName::RemoteNotFound);
    assert!(failure.text.contains("after login"), "{failure}");
    assert!(failure.text.contains("/inbox"), "{failure}");
    assert_eq!(world.port.condition().ftp, 4, "nothing half open stays");
    world.server.put("/inbox/x", b"");
    assert_eq!(pwd(&mut world), Ok(Reply::Text("/inbox".into())));
}

#[test]
fn a_close_ends_with_its_result_urc() {
    let mut world = Setup::default().fault("busy-after-close=5000").online();
    for _ in 0..3 {
        world.call(Operation::Connect).unwrap();
        world.disconnect().unwrap();
        world.call(Operation::Connect).unwrap();
        world.disconnect().unwrap();
    }
    assert!(!world.seen.dialogue.iter().any(|line| line.contains("603")));
}

#[test]
fn a_call_for_another_server_closes_the_session() {
    let mut world = World::online();
    world.call(Operation::Connect).unwrap();
    let ticket = world.begin_as("", "other", Operation::Connect);
    world.reply(ticket).unwrap();
    assert_eq!(world.modem().server, "other");
    assert_eq!(world.sent("AT+QFTPCLOSE").len(), 1);
    assert!(world.has_sent("AT+QFTPOPEN=\"other.example.net\",21"));
}

#[test]
fn a_session_dropped_by_the_server_is_opened_again() {
    for failure in [remote::Failure::ControlClosed, remote::Failure::Reply(421)] {
        let mut world = World::online();
        world.server.put("/a", b"12345");
        world.call(Operation::Connect).unwrap();
        world.server.fail_next(failure);
        let stat = world.call(Operation::Stat("a".into()));
        assert!(
            matches!(stat, Ok(Reply::Stat { size: Some(5), .. })),
            "{stat:?}"
        );
        assert_eq!(world.server.logins(), 2, "{failure:?}");

        world.server.fail_next(failure);
        let id = world.upload(b"new", "a", Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{status:?}");
        assert_eq!(world.server.get("/a").unwrap(), b"new");
    }
}

#[test]
fn a_delete_whose_answer_was_lost_is_not_repeated() {
    let mut world = World::online();
    world.server.put("/a", b"12345");
    world.call(Operation::Connect).unwrap();
    world.server.fail_next(remote::Failure::ControlClosed);
    let failure = world.call(Operation::Delete("a".into())).expect_err("lost");
    assert_eq!(failure.name, ErrorName::ConnectFailed);
    assert_eq!(world.sent("AT+QFTPDEL").len(), 1);
    assert_eq!(world.call(Operation::Delete("a".into())), Ok(Reply::Done));
}

#[test]
fn a_session_left_open_by_an_earlier_daemon_is_closed() {
    let mut world = World::online();
    world.call(Operation::Connect).unwrap();
    // The daemon is killed and another one opens the port.
    world.close_line("gone");
    world.restart_daemon();
    world.until_online();
    assert_eq!(world.port.condition().ftp, 4);
    world.put(b"1", "a");
}
