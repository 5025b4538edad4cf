//! Calls that arrive while others are in progress, and calls whose caller is gone.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, Operation, Request};
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::status::{ModemState, TransferState};
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::module::Injection;

use crate::transfers::noise;
use crate::world::{Setup, World};

fn raw(line: &str) -> Request {
    Request::Command {
        line: Secret::new(line.into()),
        timeout: Duration::from_secs(10),
    }
}

#[test]
fn calls_are_served_one_at_a_time_in_their_order() {
    let mut world = World::online();
    world.server.set_latency(Duration::from_secs(2));
    let names = ["one", "two", "three", "four"];
    let tickets = names.map(|name| world.begin(Operation::MakeDirectory(name.into())));
    let raw = world.request(raw("AT+CSQ"));
    for ticket in tickets {
        assert_eq!(world.reply(ticket), Ok(Reply::Done));
    }
    assert!(matches!(world.reply(raw), Ok(Reply::Text(text)) if text.contains("+CSQ: 20,99")));
    let sent = world.sent("AT+QFTPMKDIR=");
    let expected = names.map(|name| format!("AT+QFTPMKDIR=\"{name}\""));
    assert_eq!(sent, expected);
    assert_eq!(world.server.logins(), 1);
}

#[test]
fn calls_in_every_phase_of_a_transfer_wait_for_its_end() {
    for moment in [
        "> AT+QFTPCFG=\"contextid\"",
        "> AT+QFTPOPEN",
        "< CONNECT",
        "< +QFTPPUT: 0,",
        "> AT+QFTPSIZE",
        "> AT+QFTPRENAME",
    ] {
        let mut world = World::online();
        let id = world.upload(&noise(20_000), "a", Options::default());
        world.when(moment, |world| {
            world.begin(Operation::MakeDirectory("d".into()));
            world.request(raw("AT+CSQ"));
        });
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{moment}: {status:?}");
        assert_eq!(status.attempts, 1, "{moment}");
        world.run_until(|world| world.seen.replies.len() == 3);
        assert!(
            world.seen.replies.values().all(Result::is_ok),
            "{moment}: {:?}",
            world.seen.replies
        );
        assert_eq!(world.server.get("/a"), Some(noise(20_000)), "{moment}");
        assert_eq!(world.server.paths(), ["/a", "/d/"], "{moment}");
    }
}

#[test]
fn a_wait_and_a_cancel_are_answered_while_a_call_waits() {
    let mut world = World::online();
    let id = world.upload(&noise(200_000), "a", Options::default());
    world.run_until(|world| world.transfer(id).transferred > 20_000);
    let call = world.begin(Operation::WorkingDirectory);
    let waits = [world.act(id, Action::Wait), world.act(id, Action::Wait)];
    let cancels = [world.act(id, Action::Cancel), world.act(id, Action::Cancel)];
    for ticket in cancels {
        assert_eq!(world.reply(ticket), Ok(Reply::Done));
    }
    for ticket in waits {
        let ended = world.reply(ticket);
        assert!(
            matches!(ended, Ok(Reply::Ended(TransferState::Cancelled, _))),
            "{ended:?}"
        );
    }
    assert_eq!(world.reply(call), Ok(Reply::Text("/".into())));
}

/// The shell drops such a reply; the engine does not know.
#[test]
fn replies_whose_caller_is_gone_do_not_block_the_queue() {
    let mut world = World::online();
    world.server.put("/a", &noise(5000));
    for _ in 0..50 {
        world.begin(Operation::Stat("a".into()));
        world.begin(Operation::Stat("missing".into()));
    }
    let id = world.upload(b"1", "b", Options::default());
    world.act(id, Action::Wait);
    assert_eq!(world.finish(id).state, TransferState::Done);
    // Every ticket got its answer once; none was left in the queue.
    world.run_until(|world| world.seen.replies.len() == 102);
    assert_eq!(world.server.logins(), 1);
}

#[test]
fn calls_are_answered_when_the_module_restarts_under_them() {
    let mut world = World::online();
    world.call(Operation::Connect).unwrap();
    world.server.set_latency(Duration::from_secs(5));
    let tickets = [(); 3].map(|()| world.begin(Operation::WorkingDirectory));
    world.after(Duration::from_secs(1), |world| {
        world.inject(Injection::Reset);
    });
    let failure = world.reply(tickets[0]).expect_err("gone");
    assert_eq!(failure.name, ErrorName::ModemReset);
    for ticket in &tickets[1..] {
        assert_eq!(world.reply(*ticket), Ok(Reply::Text("/".into())));
    }
}

#[test]
fn more_calls_than_the_queue_holds_are_refused_at_once() {
    let mut world = Setup::default().start();
    world.inject(Injection::Registration(2));
    world.until_state(ModemState::Searching);
    let tickets: Vec<_> = (0..2000)
        .map(|_| world.begin(Operation::WorkingDirectory))
        .collect();
    let full = tickets.iter().filter(|ticket| {
        matches!(
            world.seen.replies.get(ticket),
            Some(Err(failure)) if failure.name == ErrorName::QueueFull
        )
    });
    assert!(full.count() > 0, "the queue of calls has no bound");
    world.wait(Duration::from_secs(120));
    for ticket in tickets {
        assert!(world.seen.replies.contains_key(&ticket), "{ticket:?}");
    }
}
