//! Names left on a server are removed when it can be reached, whatever became of the transfer, of
//! the daemon and of the server meanwhile.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::{Action, Request};
use modem_ftp_core::api::status::{TransferId, TransferState};

use crate::transfers::noise;
use crate::world::World;

/// So many names of a server are kept in mind.
const MOST_PER_SERVER: usize = 100;
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// Cancels an upload in the middle, with the server going down at the same time: its staging name
/// is left.
fn leave_name(world: &mut World, remote: &str) -> TransferId {
    let id = world.upload(&noise(30_000), remote, Options::default());
    world.run_until(|world| world.transfer(id).transferred > 5000);
    world.rules.set_down(true);
    let ticket = world.act(id, Action::Cancel);
    world.reply(ticket).unwrap();
    world.wait(Duration::from_secs(3));
    assert_eq!(world.transfer(id).state, TransferState::Cancelled);
    assert!(!world.names_left().is_empty());
    assert!(!world.stored().chores.is_empty());
    id
}

/// Waits until no name and no chore is left.
fn until_done(world: &mut World, limit: Duration) {
    world.run_within(limit, |world| {
        world.names_left().is_empty() && world.stored().chores.is_empty()
    });
}

#[test]
fn a_server_that_is_gone_for_hours_is_tried_less_and_less_often() {
    let mut world = World::online();
    let mark = world.mark();
    leave_name(&mut world, "a");
    world.wait(HOUR * 5);
    let opens = |line: &&str| line.starts_with("AT+QFTPOPEN");
    let opened = world.sent_since(mark).into_iter().filter(opens).count();
    assert!((6..=16).contains(&opened), "{opened} logins");
    world.rules.set_down(false);
    until_done(&mut world, HOUR + MINUTE);
}

#[test]
fn a_server_that_is_gone_is_tried_once_for_all_its_names() {
    let mut world = World::online();
    for remote in ["a", "b", "c", "d", "e"] {
        world.rules.set_down(false);
        leave_name(&mut world, remote);
    }
    let mark = world.mark();
    world.wait(HOUR * 5);
    let opens = |line: &&str| line.starts_with("AT+QFTPOPEN");
    let opened = world.sent_since(mark).into_iter().filter(opens).count();
    assert!(opened <= 16, "{opened} logins");
    world.rules.set_down(false);
    until_done(&mut world, HOUR + MINUTE);
}

#[test]
fn chores_survive_restarts() {
    let mut world = World::online();
    leave_name(&mut world, "a");
    for _ in 0..3 {
        world.rough().restart_daemon();
        world.wait(MINUTE * 5);
    }
    world.rules.set_down(false);
    until_done(&mut world, HOUR + MINUTE);
}

#[test]
fn a_name_that_is_gone_is_done() {
    let mut world = World::online();
    leave_name(&mut world, "a");
    let name = world.names_left().pop().unwrap();
    world.rename_on_server(&name, "/elsewhere");
    world.rules.set_down(false);
    until_done(&mut world, HOUR + MINUTE);
    assert_eq!(world.server.paths(), ["/elsewhere"]);
}

#[test]
fn a_server_that_is_removed_from_the_configuration_keeps_its_names() {
    let mut world = World::online();
    world.may_leave_names("their server is no longer configured");
    leave_name(&mut world, "a");
    let mut settings = world.settings.clone();
    settings.servers.remove(0);
    let ticket = world.request(Request::Reload(Box::new(settings)));
    world.reply(ticket).unwrap();
    world.run_within(HOUR, |world| world.stored().chores.is_empty());
    world.rules.set_down(false);
    world.put(b"new", "b");
}

#[test]
fn a_retry_takes_the_name_over() {
    let mut world = World::online();
    let id = leave_name(&mut world, "a");
    world.wait(MINUTE * 5);
    world.rules.set_down(false);
    let ticket = world.act(id, Action::Retry);
    world.reply(ticket).unwrap();
    assert_eq!(world.finish(id).state, TransferState::Done);
    world.wait(HOUR * 2);
    assert!(world.stored().chores.is_empty());
    assert!(!world.has_sent("AT+QFTPDEL"), "nothing was to be removed");
    assert_eq!(world.server.paths(), ["/a"]);
}

/// An upload is cut between its two renames and cancelled then: the file that was to be replaced
/// bears its backup name.
fn leave_backup(world: &mut World) {
    world.rules.refuse_existing();
    world.server.put("/a", b"old");
    world.when("< +QFTPRENAME: 0,0", |world| world.rules.set_down(true));
    let id = world.upload(b"new!", "a", Options::default());
    world.run_until(|world| world.transfer(id).state == TransferState::Waiting);
    assert_eq!(world.server.get("/a"), None);
    let ticket = world.act(id, Action::Cancel);
    world.reply(ticket).unwrap();
    assert_eq!(world.names_left().len(), 2);
}

#[test]
fn a_backup_gets_its_name_back() {
    for kill in [false, true] {
        let mut world = World::online();
        leave_backup(&mut world);
        if kill {
            world.rough().restart_daemon();
        }
        world.wait(MINUTE * 5);
        world.rules.set_down(false);
        until_done(&mut world, HOUR + MINUTE);
        assert_eq!(world.server.get("/a").unwrap(), b"old");
        assert_eq!(world.server.paths(), ["/a"]);
    }
}

#[test]
fn a_backup_whose_name_is_taken_is_removed() {
    let mut world = World::online();
    leave_backup(&mut world);
    world.server.put("/a", b"of somebody else");
    world.rules.set_down(false);
    until_done(&mut world, HOUR + MINUTE);
    assert_eq!(world.server.get("/a").unwrap(), b"of somebody else");
    assert_eq!(world.server.paths(), ["/a"]);
}

/// In ASCII type servers refuse SIZE with the 550 that otherwise means that there is no such file.
#[test]
fn a_backup_is_not_renamed_onto_a_file_whose_size_is_not_told() {
    let mut world = World::online();
    leave_backup(&mut world);
    world.server.put("/a", b"of somebody else");
    let mut settings = world.settings.clone();
    settings.servers[0].binary = false;
    let ticket = world.request(Request::Reload(Box::new(settings)));
    world.reply(ticket).unwrap();
    for _ in 0..4 {
        world.fault("fail=QFTPSIZE:627,550");
    }
    world.rules.set_down(false);
    until_done(&mut world, HOUR + MINUTE);
    assert_eq!(world.server.get("/a").unwrap(), b"of somebody else");
}

#[test]
fn a_chore_is_given_up_after_30_days() {
    let mut world = World::online();
    world.may_leave_names("it was given up");
    leave_name(&mut world, "a");
    world.wait(DAY * 29);
    assert_eq!(world.stored().chores.len(), 1);
    world.wait(DAY * 2);
    assert!(world.stored().chores.is_empty());
}

#[test]
fn a_clock_that_is_set_gives_no_chore_up() {
    let mut world = World::online();
    leave_name(&mut world, "a");
    world.clock = 3600 * 24 * 365;
    world.wait(HOUR);
    assert_eq!(world.stored().chores.len(), 1);
    world.rules.set_down(false);
    until_done(&mut world, HOUR + MINUTE);
}

/// A server that takes files and deletes none: each upload that is cancelled leaves a name.
fn leave_names(world: &mut World, count: usize) {
    world.server.refuse("DELE", 550);
    for number in 0..count {
        let remote = format!("f{number}");
        let id = world.upload(&noise(30_000), &remote, Options::default());
        world.run_until(|world| world.transfer(id).transferred > 5000);
        let ticket = world.act(id, Action::Cancel);
        world.reply(ticket).unwrap();
    }
    world.run_until(World::is_stored);
}

#[test]
fn a_server_that_refuses_to_delete_has_its_oldest_names_given_up() {
    let mut world = World::online();
    world.may_leave_names("too many were left, and the oldest were given up");
    leave_names(&mut world, MOST_PER_SERVER + 10);
    assert_eq!(world.names_left().len(), MOST_PER_SERVER + 10);
    let kept = |world: &World| -> Vec<_> {
        let chores = world.stored().chores.into_iter();
        chores.map(|chore| chore.path).collect()
    };
    let before = kept(&world);
    assert_eq!(before.len(), MOST_PER_SERVER);
    assert!(before[0].starts_with("f10."), "{before:?}");
    // A restart changes nothing about that.
    world.rough().restart_daemon();
    world.wait(MINUTE);
    assert_eq!(kept(&world), before);
    // The others are removed when the server allows it.
    world.server.refuse_nothing();
    world.run_within(HOUR * 3, |world| world.stored().chores.is_empty());
    let left = world.names_left();
    assert_eq!(left.len(), 10, "{left:?}");
    world.put(b"new", "b");
}

#[test]
fn other_servers_keep_their_names_and_transfers_go_on() {
    let mut world = World::online();
    world.may_leave_names("too many were left, and the oldest were given up");
    leave_names(&mut world, MOST_PER_SERVER + 1);
    let mark = world.mark();
    world.wait(HOUR * 10);
    world.put(b"new", "b");
    // Each is tried some times in the first hour, and then once an hour.
    let deletes = |line: &&str| line.starts_with("AT+QFTPDEL");
    let tries = world.sent_since(mark).into_iter().filter(deletes).count();
    assert!(tries <= MOST_PER_SERVER * 20, "{tries} tries in ten hours");
}
