//! Results that go to another port of the module (docs/module/quirks.md F18): found out and mended; written
//! only then, for it goes to the module's memory.

use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::ModemState;

use crate::world::{Setup, World};

/// A module whose results go to that port.
fn aside(port: &str) -> World {
    let mut world = World::online();
    let set = world.raw(&format!("AT+QURCCFG=\"urcport\",\"{port}\""));
    assert!(matches!(set, Ok(Reply::Text(_))), "{set:?}");
    world.close_line("gone");
    world.restart_daemon();
    world.until_online();
    world
}

fn writes(world: &World) -> usize {
    world.sent("AT+QURCCFG=\"urcport\",").len()
}

#[test]
fn a_port_that_is_right_is_not_written() {
    let mut world = World::online();
    world.put(b"1", "a");
    world.inject(virtual_bg96::module::Injection::Reset);
    world.wait(std::time::Duration::from_secs(30));
    world.put(b"2", "b");
    assert_eq!(writes(&world), 0);
}

#[test]
fn a_port_that_is_wrong_is_found_out_and_set() {
    for (port, turns) in [("usbmodem", 1), ("usbat", 2)] {
        let mut world = aside(port);
        assert_eq!(writes(&world), 1, "{port}: our own preparation");
        world.put(b"1", "a");
        assert_eq!(writes(&world), 1 + turns, "{port}");
        world.put(b"2", "b");
        world.call(Operation::WorkingDirectory).unwrap();
        assert_eq!(writes(&world), 1 + turns, "{port}");
    }
}

#[test]
fn results_that_come_nowhere_do_not_wear_the_memory() {
    let mut world = Setup::default().fault("no-urc").online();
    for _ in 0..10 {
        let _ = world.call(Operation::Connect);
        world.until_state(ModemState::Online);
    }
    assert!(writes(&world) <= 3, "{} writes", writes(&world));
    world.heal("no-urc");
    world.put(b"1", "a");
}
