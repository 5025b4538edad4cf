//! What the module says of itself, its card, its network and its address becomes what `Modem1` shows only
//! where it can be that.

use std::time::Duration;

use modem_ftp_core::api::settings::PdpType;
use modem_ftp_core::api::status::ModemState;

use crate::world::{Setup, World};

fn with(fault: &str) -> World {
    Setup::default().fault(fault).online()
}

/// Manufacturer, model and revision.
fn identity(world: &World) -> [String; 3] {
    let modem = world.modem();
    [&modem.manufacturer, &modem.model, &modem.revision].map(String::clone)
}

#[test]
fn lines_of_other_commands_are_no_identity() {
    let right = identity(&World::online());
    assert_eq!(right[1], "BG96");
    for urc in [
        "+CSQ: 20,99",
        "^HCSQ: \"LTE\",1",
        "+QGPS1: 3",
        "+QNEW 1",
        "^SYSSTART",
        "SMS Ready",
    ] {
        let world = Setup::default()
            .fault(&format!("urc-between={urc}"))
            .online();
        assert_eq!(identity(&world), right, "{urc}");
        assert_eq!(world.modem().imei.len(), 15, "{urc}");
    }
}

#[test]
fn the_commands_own_prefix_is_no_part_of_an_identity() {
    let (right, found) = (World::online(), with("prefixed-identity"));
    let (right, found) = (right.modem(), found.modem());
    assert_eq!(found.manufacturer, right.manufacturer);
    assert_eq!(found.model, right.model);
    assert_eq!(found.imei, right.imei);
}

#[test]
fn an_operator_in_hexadecimal_digits_is_decoded() {
    let right = World::online().modem().operator.clone();
    assert!(!right.is_empty());
    assert_eq!(with("ucs2").modem().operator, right);
}

#[test]
fn an_iccid_has_no_filler() {
    for (told, shown) in [
        ("8986011730000000000F", "8986011730000000000"),
        ("898601173000000000FF", "898601173000000000"),
        ("89860117300000000001", "89860117300000000001"),
    ] {
        assert_eq!(with(&format!("iccid={told}")).modem().iccid, shown);
    }
}

#[test]
fn a_context_without_an_address_is_not_up() {
    for address in ["zero", "none"] {
        let mut world = Setup::default()
            .fault(&format!("address={address}"))
            .start();
        world.run_until(|world| world.has_sent("AT+QIACT=1"));
        world.wait(Duration::from_secs(5));
        assert_ne!(world.state(), ModemState::Online, "{address}");
        assert_eq!(world.modem().address, "", "{address}");
        world.run_until(|world| world.sent("AT+QIDEACT=1").len() >= 2);
        world.heal("address");
        world.until_online();
        assert_eq!(world.modem().address, "10.7.157.1");
        world.put(b"1", "a");
    }
}

#[test]
fn a_context_with_an_ipv6_address_only_is_named() {
    for address in ["ipv6", "ipv6-cgpaddr"] {
        let mut world = with(&format!("address={address}"));
        assert_eq!(world.modem().address, "2001:db8::17:1", "{address}");
        let reason = world.modem().state_reason.clone();
        assert!(reason.contains("IPv6 address only"), "{reason}");
        world.put(b"1", "a");
    }
    assert_eq!(World::online().modem().state_reason, "");
}

#[test]
fn the_type_of_the_context_is_configured() {
    let set = |pdp_type| {
        let setup = Setup::default();
        let world = setup
            .with(|setup| setup.settings.network.pdp_type = pdp_type)
            .online();
        world
            .sent("AT+QICSGP=1,")
            .first()
            .map(|line| line.to_string())
    };
    assert!(set(PdpType::Ipv4).unwrap().starts_with("AT+QICSGP=1,1,"));
    assert!(set(PdpType::Ipv6).unwrap().starts_with("AT+QICSGP=1,2,"));
    // A module that does not have the type is named with what it was told.
    let mut world = Setup::default()
        .with(|setup| setup.settings.network.pdp_type = PdpType::Ipv4v6)
        .start();
    world.until_state(ModemState::Failed);
    let reason = world.modem().state_reason.clone();
    assert!(reason.contains("QICSGP"), "{reason}");
}
