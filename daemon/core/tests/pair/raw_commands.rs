//! Raw commands and requested restarts, in every state in which the port is open.

use std::time::Duration;

use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Request;
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::status::ModemState;
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::module::{Injection, SimState};

use crate::world::{Setup, World};

fn text(world: &mut World, line: &str) -> String {
    match world.raw(line) {
        Ok(Reply::Text(text)) => text,
        other => panic!("{line}: {other:?}, {}", world.dialogue()),
    }
}

#[test]
fn a_command_and_its_response() {
    let mut world = World::online();
    assert_eq!(text(&mut world, "AT+CSQ"), "+CSQ: 20,99\nOK");
    assert_eq!(
        text(&mut world, "ATI"),
        "Quectel\nBG96\nRevision: BG96MAR02A07M1G\nOK"
    );
    assert_eq!(text(&mut world, "AT"), "OK");
    assert_eq!(text(&mut world, "AT+NOSUCH"), "ERROR");
    let refused = text(&mut world, "AT+QFDEL=\"nosuch\"");
    assert!(refused.starts_with("+CME ERROR: 4"), "{refused}");
    assert_eq!(world.state(), ModemState::Online);
    world.put(b"1", "a");
}

#[test]
fn invalid_commands_are_refused_before_anything_is_sent() {
    let mut world = World::online();
    let mark = world.mark();
    for line in [
        "",
        "hello",
        "AT\rAT",
        "AT\n",
        "ATO",
        "AT+QFUPL=\"a\",5",
        "AT+QFTPGET=\"a\",\"COM:\"",
        "AT+CSQ=?;+QFDWL=\"a\"",
        "ATE0D*99#",
    ] {
        let failure = world.raw(line).expect_err("refused");
        assert_eq!(failure.name, ErrorName::InvalidArguments, "{line:?}");
    }
    for timeout in [0, 600_001] {
        let ticket = world.request(Request::Command {
            line: Secret::new("AT+CSQ".into()),
            timeout: Duration::from_millis(timeout),
        });
        let failure = world.reply(ticket).expect_err("refused");
        assert_eq!(failure.name, ErrorName::InvalidArguments, "{timeout}");
    }
    assert_eq!(world.sent_since(mark), Vec::<&str>::new());

    let mut world = Setup::default()
        .with(|setup| setup.settings.modem.allow_raw_commands = false)
        .online();
    let failure = world.raw("AT").expect_err("switched off");
    assert_eq!(failure.name, ErrorName::NotAuthorized);
}

#[test]
fn commands_are_served_without_network_and_without_sim() {
    let mut world = Setup::default().start();
    world.inject(Injection::Registration(2));
    world.until_state(ModemState::Searching);
    world.wait(Duration::from_secs(100));
    assert_eq!(text(&mut world, "AT+CSQ"), "+CSQ: 20,99\nOK");

    let mut world = Setup::default().start();
    world.inject(Injection::Sim(SimState::Puk));
    world.until_state(ModemState::Locked);
    world.wait(Duration::from_secs(10));
    assert!(text(&mut world, "AT+CPIN?").contains("PUK"));
}

#[test]
fn a_requested_restart_ends_online() {
    let mut world = World::online();
    world.put(b"1", "a");
    let ticket = world.request(Request::Reset);
    assert_eq!(world.reply(ticket), Ok(Reply::Done));
    assert!(world.has_sent("AT+CFUN=1,1"));
    world.run_until(|world| world.state() != ModemState::Online);
    world.run_within(Duration::from_secs(60), |world| {
        world.state() == ModemState::Online
    });
    world.put(b"2", "b");
}

#[test]
fn a_requested_restart_while_searching() {
    let mut world = Setup::default().start();
    world.inject(Injection::Registration(2));
    world.until_state(ModemState::Searching);
    world.wait(Duration::from_secs(20));
    let ticket = world.request(Request::Reset);
    assert_eq!(world.reply(ticket), Ok(Reply::Done));
    world.inject(Injection::Registration(1));
    world.until_online();
    assert_eq!(world.sent("ATE0").len(), 2, "it was set up anew");
    world.put(b"2", "b");
}

#[test]
fn requests_fail_while_the_port_is_closed() {
    let mut world = World::online();
    world.close_line("unplugged");
    for request in [
        Request::Reset,
        Request::Command {
            line: Secret::new("AT".into()),
            timeout: Duration::from_secs(1),
        },
    ] {
        let ticket = world.request(request);
        let failure = world.reply(ticket).expect_err("no line");
        assert_eq!(failure.name, ErrorName::ModemUnavailable);
    }
}

#[test]
fn accepted_requests_are_answered_when_the_port_is_closed() {
    let mut world = Setup::default()
        .with(|setup| setup.faults.push("mute".into()))
        .start();
    world.wait(Duration::from_secs(3));
    let raw = Request::Command {
        line: Secret::new("AT".into()),
        timeout: Duration::from_secs(1),
    };
    let tickets = [Request::Reset, raw].map(|request| world.request(request));
    world.wait(Duration::from_millis(100));
    assert!(
        tickets
            .iter()
            .all(|ticket| !world.seen.replies.contains_key(ticket))
    );
    world.close_line("unplugged");
    world.run_within(Duration::from_secs(5), |world| {
        let replies = &world.seen.replies;
        tickets.iter().all(|ticket| replies.contains_key(ticket))
    });
    for ticket in tickets {
        let failure = world.reply(ticket).expect_err("no line");
        assert_eq!(failure.name, ErrorName::ModemUnavailable);
        assert!(failure.text.contains("unplugged"), "{failure}");
    }
}

#[test]
fn an_unanswered_command_times_out_and_the_session_stays_open() {
    let mut world = World::online();
    world.put(b"1", "a");
    world.fault("mute=+CSQ");
    let mark = world.mark();
    let failure = world.raw("AT+CSQ").expect_err("no answer");
    assert_eq!(failure.name, ErrorName::Timeout, "{failure}");
    assert_eq!(failure.text, "AT line: no final result within 10s");
    let answered = ["AT", "AT+CGSN"];
    let not_restarted = ["AT", "AT+CMEE?", "AT+IFC?", "AT+QIACT?"];
    let expected = [&["AT+CSQ"][..], &answered, &not_restarted].concat();
    assert_eq!(world.sent_since(mark), expected);
    world.heal("mute");
    assert_eq!(text(&mut world, "AT+CSQ"), "+CSQ: 20,99\nOK");
    world.put(b"2", "b");
    assert_eq!(world.sent("ATE0").len(), 1, "no second bring-up");
    assert_eq!(world.sent("AT+QFTPOPEN").len(), 1, "the session went on");
}

#[test]
fn a_command_that_takes_longer_than_its_time_out() {
    let mut world = World::online();
    // Probes sent while the module is busy are lost.
    world.rough();
    world.fault("qiact-slow=100000");
    let failure = world.raw("AT+QIACT=2").expect_err("slow");
    assert_eq!(failure.name, ErrorName::Timeout, "{failure}");
    assert!(world.passed() > Duration::from_secs(100));
    assert_eq!(text(&mut world, "AT+CSQ"), "+CSQ: 20,99\nOK");
    world.put(b"2", "b");
    assert_eq!(world.sent("ATE0").len(), 1, "no second bring-up");
}

#[test]
fn a_module_that_stays_silent_is_probed_again() {
    let mut world = World::online();
    world.rough();
    world.fault("mute");
    let failure = world.raw("AT+CSQ").expect_err("no answer");
    assert_eq!(failure.name, ErrorName::ModemUnavailable, "{failure}");
    world.until_state(ModemState::Absent);
    world.heal("mute");
    world.until_online();
}

/// A raw command may put the port into data mode. Data mode is left before anything else is sent,
/// and bytes that arrive meanwhile do not count as an answer.
#[test]
fn unexpected_data_mode_is_left_before_the_next_command() {
    for modem_lines in [true, false] {
        let mut world = Setup::default()
            .with(|setup| setup.modem_lines = modem_lines)
            .online();
        world.rough();
        world.fault("mute=+CSQ");
        let changes = world.seen.dtr.len();
        let ticket = world.request(Request::Command {
            line: Secret::new("AT+CSQ".into()),
            timeout: Duration::from_secs(60),
        });
        world.wait(Duration::from_secs(1));
        let (mark, since) = (world.mark(), world.passed());
        world.inject(Injection::Urc("CONNECT".into()));
        let failure = world.reply(ticket).expect_err("data mode");
        assert_eq!(failure.name, ErrorName::Protocol, "{failure}");
        let changes = &world.seen.dtr[changes..];
        assert_eq!(changes.contains(&false), modem_lines, "{changes:?}");
        assert!(
            world.passed() - since > Duration::from_secs(3),
            "guard times"
        );
        world.heal("mute");
        assert_eq!(text(&mut world, "AT+CSQ"), "+CSQ: 20,99\nOK");
        let sent = world.sent_since(mark);
        assert!(sent.contains(&"AT+CGSN"), "{sent:?}, {}", world.dialogue());
        assert_eq!(world.state(), ModemState::Online);
        world.put(b"2", "b");
    }
}

#[test]
fn a_command_request_does_not_show_its_text() {
    let request = Request::Command {
        line: Secret::new("AT+CPIN=4711".into()),
        timeout: Duration::from_secs(1),
    };
    let shown = format!("{request:?}");
    assert!(!shown.contains("4711"), "{shown}");
}
