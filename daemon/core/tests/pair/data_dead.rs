//! Control connections work and no data connection does (docs/module/quirks.md F2): cured by the
//! smallest means, and never for a server that fails alone.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::{ModemState, TransferId, TransferState};

use virtual_bg96::remote::Failure;

use crate::transfers::noise;
use crate::world::{Setup, World};

fn many_retries() -> Options {
    Options {
        retries: 60,
        ..Options::default()
    }
}

/// A module whose data connections worked and work no more, and a transfer that needs one.
fn data_dead(cured_by: &str, power: bool) -> (World, TransferId) {
    let mut world = Setup::default()
        .with(|setup| setup.settings.modem.power_cycle = power)
        .online();
    world.put(b"works", "first");
    world.fault(&format!("data-dead={cured_by}"));
    let id = world.upload(&noise(3000), "a", many_retries());
    (world, id)
}

#[test]
fn dead_data_connections_are_cured_by_the_smallest_means() {
    let (mut world, id) = data_dead("context", true);
    let mark = world.mark();
    assert_eq!(world.finish(id).state, TransferState::Done);
    let sent = world.sent_since(mark);
    assert_eq!(
        sent.iter().filter(|line| **line == "AT+QIDEACT=1").count(),
        1
    );
    assert!(!world.has_sent("AT+CFUN=1,1"));
    let asked = sent
        .iter()
        .any(|line| line.starts_with("AT+QFTPOPEN=\"other."));
    assert!(asked, "another server was asked first");

    let (mut world, id) = data_dead("restart", true);
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.sent("AT+CFUN=1,1").len(), 1);
    assert_eq!(world.seen.power_cycles, 0);
    let cause = "data connections in a row failed (with other, plant)";
    assert!(
        world.showed(ModemState::Failed, cause),
        "{}",
        world.dialogue()
    );

    let (mut world, id) = data_dead("power", true);
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.sent("AT+CFUN=1,1").len(), 1);
    assert_eq!(world.seen.power_cycles, 1);
}

#[test]
fn restarts_against_dead_data_connections_become_rarer() {
    let (mut world, _) = data_dead("power", false);
    world.wait(Duration::from_secs(4 * 3600));
    let restarts = world.sent("AT+CFUN=1,1").len();
    assert!((4..=9).contains(&restarts), "{restarts}");
    // The control connection is of use meanwhile.
    world.until_online();
    let reply = world.call(Operation::WorkingDirectory);
    assert!(reply.is_ok(), "{reply:?}");
}

#[test]
fn data_connections_that_fail_with_one_server_only_restart_nothing() {
    // The passive ports of one server are blocked; the other one works.
    let mut world = Setup::default()
        .with(|setup| setup.settings.modem.power_cycle = true)
        .online();
    world.server.block_data("plant.example.net");
    world.upload(&noise(3000), "a", many_retries());
    let mark = world.mark();
    world.wait(Duration::from_secs(3 * 3600));
    let other = world.upload_to("other", b"1", "b", Options::default());
    assert_eq!(world.finish(other).state, TransferState::Done);
    assert!(!world.has_sent("AT+CFUN=1,1"));
    assert_eq!(world.seen.power_cycles, 0);
    let sent = world.sent_since(mark);
    assert!(!sent.contains(&"AT+QIDEACT=1"), "the context stays");
    let tried = world.sent("AT+QFTPOPEN=\"plant.").len();
    assert!((10..100).contains(&tried), "{tried}");

    // There is no other server, and the host answers.
    let mut world = Setup::default()
        .with(|setup| {
            setup.settings.modem.power_cycle = true;
            setup.settings.servers.truncate(1);
        })
        .fault("data-refused")
        .online();
    world.upload(&noise(3000), "a", many_retries());
    world.wait(Duration::from_secs(3 * 3600));
    assert!(world.has_sent("AT+QPING="));
    assert!(!world.has_sent("AT+CFUN=1,1"));
    assert_eq!(world.seen.power_cycles, 0);
}

#[test]
fn without_anybody_else_to_ask_the_module_is_suspected() {
    let mut world = Setup::default()
        .with(|setup| setup.settings.servers.truncate(1))
        .fault("data-dead=restart")
        .online();
    let id = world.upload(&noise(3000), "a", many_retries());
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.sent("AT+CFUN=1,1").len(), 1);
}

/// The server makes the file before it finds that its data connection cannot be opened.
#[test]
fn no_empty_file_is_left_behind() {
    for atomic in [true, false] {
        let mut world = World::online();
        world.server.put("/was-empty", b"");
        world.server.block_data("plant.example.net");
        world.server.set_stores_early(true);
        let options = || Options {
            atomic,
            retries: 1,
            ..Options::default()
        };
        for name in ["new", "was-empty"] {
            let id = world.upload(&noise(3000), name, options());
            let status = world.finish(id);
            assert_eq!(status.state, TransferState::Failed, "{status:?}");
        }
        world.wait(Duration::from_secs(20));
        assert_eq!(world.server.paths(), ["/was-empty"], "atomic {atomic}");
        let (id, handle) = world.download("was-empty", options());
        world.finish(id);
        assert!(!world.is_staged(handle));
    }
}

/// Whether the context was given up since then.
fn rebuilds(world: &World, mark: usize) -> bool {
    world.sent_since(mark).contains(&"AT+QIDEACT=1")
}

/// Opened and closed before a byte went through, again and again: no data connection works.
#[test]
fn data_connections_that_break_before_any_byte_count_as_dead() {
    let mut world = Setup::default()
        .with(|setup| setup.settings.servers.truncate(1))
        .fault("ping-lost")
        .online();
    world.server.put("/a", &noise(3000));
    let once = || Options {
        retries: 0,
        ..Options::default()
    };
    let mark = world.mark();
    for count in 1..=3 {
        assert!(!rebuilds(&world, mark), "{count}");
        world.server.break_data(Failure::Reply(426));
        let (id, _) = world.download("a", once());
        assert_eq!(world.finish(id).state, TransferState::Failed);
    }
    world.run_within(Duration::from_secs(60), |world| rebuilds(world, mark));
    world.until_online();
    assert_eq!(world.get("a"), noise(3000));
}

/// A server that ends every upload in the middle has working data connections.
#[test]
fn data_connections_that_carry_bytes_are_not_dead() {
    let mut world = Setup::default()
        .with(|setup| setup.settings.servers.truncate(1))
        .fault("ping-lost")
        .online();
    world.server.put("/a", &noise(3000));
    let mark = world.mark();
    for _ in 0..5 {
        world.fault("fail=QFTPGET:616,426");
    }
    let (id, _) = world.download("a", many_retries());
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert!(!rebuilds(&world, mark));
}
