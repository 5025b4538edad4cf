//! Probing for the module: silence, other baud rates, echo, noise.

use std::time::Duration;

use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::ModemState;
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::module::Injection;

use crate::world::{Setup, World};

#[test]
fn a_booting_module_is_found_and_its_identity_published() {
    let world = World::online();
    let modem = world.modem();
    assert_eq!(modem.state_reason, "");
    assert_eq!(modem.manufacturer, "Quectel");
    assert_eq!(modem.model, "BG96");
    assert!(modem.revision.starts_with("BG96"), "{}", modem.revision);
    assert_eq!(modem.imei.len(), 15);
    assert!(modem.iccid.starts_with("89"));
    assert_eq!(modem.operator, "Virtual Network");
    assert!(!modem.access_technology.is_empty());
    assert_eq!(modem.signal_dbm, Some(-73));
    assert_eq!(modem.address, "10.7.157.1");
    assert_eq!(modem.device, "/dev/modem");
}

#[test]
fn volatile_settings_are_sent_and_nothing_is_written_to_nvram() {
    let world = World::online();
    for line in [
        "ATE0",
        "AT+CMEE=1",
        "AT+IFC=2,2",
        "AT&D1",
        "AT&C1",
        "ATX0",
        "AT+QSCLK=0",
        "AT+CEREG=",
        "AT+CGREG=",
        "AT+CREG=",
    ] {
        assert!(world.has_sent(line), "{line}");
    }
    for line in [
        "AT&W",
        "AT+QCFG",
        "AT+QURCCFG=\"urcport\",",
        "AT+CGACT",
        "AT+IPR=",
        "AT+COPS=",
    ] {
        assert!(!world.has_sent(line), "{line}");
    }
    assert!(!world.seen.dialogue.iter().any(|line| line.contains("&W")));

    let world = Setup::default()
        .with(|setup| setup.settings.modem.hardware_flow_control = false)
        .without_dtr()
        .online();
    assert!(world.has_sent("AT+IFC=0,0") && world.has_sent("AT&D0"));
}

#[test]
fn a_silent_module_is_absent_with_a_reason_until_it_answers() {
    let mut world = Setup::default().fault("mute").start();
    world.until_state(ModemState::Absent);
    assert!(
        world
            .modem()
            .state_reason
            .contains("no module answers on /dev/modem")
    );
    let failure = world.call(Operation::Connect).expect_err("no module");
    assert_eq!(failure.name, ErrorName::ModemUnavailable);
    world.wait(Duration::from_secs(3600));
    assert_eq!(world.state(), ModemState::Absent);
    world.heal("mute");
    world.run_within(Duration::from_secs(120), |world| {
        world.state() == ModemState::Online
    });
}

#[test]
fn a_silent_module_is_power_cycled_if_configured() {
    let mut world = Setup::default()
        .with(|setup| setup.settings.modem.power_cycle = true)
        .fault("mute")
        .start();
    world.until_online();
    assert_eq!(world.seen.power_cycles, 1);
}

#[test]
fn another_baud_rate_is_probed_and_changed() {
    for (rate, wanted) in [(9600, 115_200), (921_600, 115_200), (115_200, 921_600)] {
        let world = Setup::default()
            .with(|setup| {
                setup.config.line_rate = rate;
                setup.settings.modem.baud = wanted;
            })
            .fault("strict-baud")
            .online();
        assert!(world.has_sent(&format!("AT+IPR={wanted}")));
        assert_eq!(world.line.rate, wanted);
        assert_eq!(world.line.module_rate, wanted);
        assert!(!world.seen.dialogue.iter().any(|line| line.contains("&W")));
    }
}

#[test]
fn the_baud_rate_is_probed_again_after_a_reset() {
    let mut world = Setup::default()
        .with(|setup| {
            setup.config.line_rate = 115_200;
            setup.settings.modem.baud = 460_800;
        })
        .fault("strict-baud")
        .online();
    world.inject(Injection::Reset);
    // RDY came at the other baud rate: only the next command detects the restart.
    world.wait(Duration::from_secs(30));
    assert_eq!(world.line.module_rate, 115_200);
    world.put(b"1", "a");
    assert_eq!(world.line.rate, 460_800);
}

/// A search that is broken off while another rate is tried leaves the port at that rate.
#[test]
fn the_wanted_rate_is_tried_first_wherever_the_port_was_left() {
    for left_at in [921_600, 460_800, 9600] {
        let mut world = Setup::default().fault("mute").start();
        world.run_within(Duration::from_secs(60), |world| world.line.rate == left_at);
        world.inject(Injection::Urc("RDY".into()));
        world.settle();
        world.heal("mute");
        world.fault("strict-baud");
        world.run_within(Duration::from_secs(2), |world| world.has_sent("ATE0"));
        assert_eq!(world.line.rate, 115_200, "{left_at}");
        world.until_online();
        world.put(b"1", "a");
    }
}

#[test]
fn echo_noise_and_interleaved_urcs_are_tolerated() {
    for fault in [
        "garbage",
        "garbage=300",
        "echo-on-boot",
        "app-rdy",
        "urc-between=+QIND: \"csq\",20,99",
        "urc-between=+QSCRUB: \"START\"",
        "urc-between=+CTZV: \"+32\"",
        "fragment",
        "fragment=3",
        "slow=20",
        "connect-text",
        "stat-first",
        "sim-late=15000",
    ] {
        let mut world = Setup::default().fault(fault).start();
        world.run_within(Duration::from_secs(60), |world| {
            assert!(
                world.passed() < Duration::from_secs(50),
                "{fault}: {:?}",
                world.seen.modem
            );
            world.state() == ModemState::Online
        });
        world.put(b"12345", "a");
        assert_eq!(world.get("a"), b"12345", "{fault}");
    }
}

#[test]
fn a_port_that_is_unplugged_and_plugged_in_again() {
    let mut world = World::online();
    world.close_line("the device was unplugged");
    world.settle();
    assert_eq!(world.state(), ModemState::Absent);
    assert_eq!(world.modem().state_reason, "the device was unplugged");
    let failure = world.call(Operation::Connect).expect_err("no port");
    assert_eq!(failure.name, ErrorName::ModemUnavailable);
    assert_eq!(failure.text, "the device was unplugged");
    assert!(
        world.is_at_rest(),
        "nothing is polled while the port is closed"
    );
    world.open_line();
    world.until_online();
    world.put(b"1", "a");
}
