//! `+QFTP…` URCs that go to another port of the module (docs/module/quirks.md F18): detected and
//! corrected. The setting is written only then, because it is stored in NVRAM.

use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::ModemState;

use crate::world::{Setup, World};

/// A module whose URCs go to that port.
fn with_urc_port(port: &str) -> World {
    let mut world = World::online();
    let set = world.raw(&format!("AT+QURCCFG=\"urcport\",\"{port}\""));
    assert!(matches!(set, Ok(Reply::Text(_))), "{set:?}");
    world.close_line("gone");
    world.restart_daemon();
    world.until_online();
    world
}

fn urc_port_writes(world: &World) -> usize {
    world.sent("AT+QURCCFG=\"urcport\",").len()
}

#[test]
fn a_correct_urc_port_is_not_written() {
    let mut world = World::online();
    world.put(b"1", "a");
    world.inject(virtual_bg96::module::Injection::Reset);
    world.wait(std::time::Duration::from_secs(30));
    world.put(b"2", "b");
    assert_eq!(urc_port_writes(&world), 0);
}

#[test]
fn a_wrong_urc_port_is_detected_and_set() {
    for (port, turns) in [("usbmodem", 1), ("usbat", 2)] {
        let mut world = with_urc_port(port);
        assert_eq!(urc_port_writes(&world), 1, "{port}: our own preparation");
        world.put(b"1", "a");
        assert_eq!(urc_port_writes(&world), 1 + turns, "{port}");
        world.put(b"2", "b");
        world.call(Operation::WorkingDirectory).unwrap();
        assert_eq!(urc_port_writes(&world), 1 + turns, "{port}");
    }
}

#[test]
fn missing_results_do_not_cause_repeated_nvram_writes() {
    let mut world = Setup::default().fault("no-urc").online();
    for _ in 0..10 {
        let _ = world.call(Operation::Connect);
        world.until_state(ModemState::Online);
    }
    assert!(
        urc_port_writes(&world) <= 3,
        "{} writes",
        urc_port_writes(&world)
    );
    world.heal("no-urc");
    world.put(b"1", "a");
}
