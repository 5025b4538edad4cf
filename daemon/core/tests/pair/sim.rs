//! The SIM: its PIN is sent once, and only while all attempts are left; its PUK is never sent.

use std::time::Duration;

use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::status::ModemState;
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::module::{Injection, SimState};

use crate::world::{PIN, Setup, World};

fn locked(pin: &str, configured: Option<&str>) -> Setup {
    Setup::default().with(|setup| {
        setup.config.sim_pin = Some(pin.into());
        setup.settings.modem.sim_pin = configured.map(|pin| Secret::new(pin.into()));
    })
}

/// Checks that the state stays `locked` for this reason for hours, and that `pins` PINs were sent.
fn check_locked(world: &mut World, reason: &str, pins: usize) {
    world.until_state(ModemState::Locked);
    let shown = world.modem().state_reason.clone();
    assert!(shown.contains(reason), "{shown}");
    let failure = world.call(Operation::Connect).expect_err("locked");
    assert_eq!(failure.name, ErrorName::SimNotReady);
    world.wait(Duration::from_secs(3 * 3600));
    assert_eq!(world.sent("AT+CPIN=").len(), pins);
    assert_ne!(world.state(), ModemState::Online);
}

#[test]
fn the_pin_is_entered_after_every_module_start() {
    let mut world = locked(PIN, Some(PIN)).online();
    assert_eq!(world.sent("AT+CPIN=").len(), 1);
    assert!(world.has_sent("AT+QPINC?"), "the tries are asked first");
    world.inject(Injection::Reset);
    world.run_until(|world| world.sent("AT+CPIN=").len() == 2);
    world.until_online();
}

#[test]
fn without_a_configured_pin_the_state_is_locked() {
    let mut world = locked(PIN, None).start();
    check_locked(&mut world, "sim_pin_file", 0);
}

#[test]
fn a_wrong_pin_is_sent_only_once() {
    let mut world = locked("9999", Some(PIN)).start();
    check_locked(&mut world, "PIN", 1);
    assert!(world.showed(ModemState::Locked, "refused the configured PIN"));
    assert!(world.showed(ModemState::Locked, "2 PIN tries left"));
}

#[test]
fn restarted_daemons_do_not_use_up_the_pin_attempts() {
    let mut world = locked("9999", Some(PIN)).start();
    for _ in 0..4 {
        world.until_state(ModemState::Locked);
        world.wait(Duration::from_secs(100));
        world.close_line("gone");
        world.restart_daemon();
    }
    world.wait(Duration::from_secs(100));
    assert_eq!(world.sent("AT+CPIN=").len(), 1);
}

#[test]
fn a_puk_is_never_sent() {
    let mut world = locked(PIN, Some(PIN)).start();
    world.inject(Injection::Sim(SimState::Puk));
    check_locked(&mut world, "PUK", 0);
}

#[test]
fn a_missing_sim_is_waited_for() {
    let mut world = Setup::default().start();
    world.inject(Injection::Sim(SimState::Absent));
    check_locked(&mut world, "SIM", 0);
    world.inject(Injection::Sim(SimState::Ready));
    world.run_within(Duration::from_secs(120), |world| {
        world.state() == ModemState::Online
    });
}

#[test]
fn a_sim_that_is_removed_and_inserted_again() {
    let mut world = World::online();
    world.put(b"1", "a");
    world.inject(Injection::Sim(SimState::Absent));
    world.until_state(ModemState::Locked);
    world.after(Duration::from_secs(300), |world| {
        world.inject(Injection::Sim(SimState::Ready));
    });
    world.wait(Duration::from_secs(300));
    world.run_within(Duration::from_secs(120), |world| {
        world.state() == ModemState::Online
    });
    world.put(b"2", "b");
}

#[test]
fn unexpected_sim_urcs_are_tolerated() {
    for text in [
        "+CPIN: NOT READY",
        "+CPIN: READY",
        "+QUSIM: 1",
        "+CPIN: SIM PIN",
    ] {
        let mut world = World::online();
        world.put(b"1", "a");
        world.inject(Injection::Urc(text.into()));
        world.wait(Duration::from_secs(200));
        world.until_online();
        world.put(b"2", "b");
    }
}
