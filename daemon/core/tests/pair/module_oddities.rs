//! Responses of modules that differ from the manual: RDY behind noise, PDP contexts without an
//! address, unusual formats of what is only published.

use std::time::Duration;

use modem_ftp_core::api::status::ModemState;
use virtual_bg96::module::Injection;

use crate::world::{Setup, World};

/// An idle module restarts, and this arrives instead of `RDY`.
fn restarts_as(heard: &[u8]) {
    let mut world = World::online();
    world.put(b"1", "a");
    world.wait(Duration::from_secs(3600));
    world.rough();
    world.replace(b"\r\nRDY\r\n", heard, 1);
    let mark = world.mark();
    world.inject(Injection::Reset);
    world.wait(Duration::from_secs(30));
    let sent = world.sent_since(mark);
    for line in ["ATE0", "AT+CMEE=1", "AT+IFC=2,2", "AT&D1", "AT+CEREG=2"] {
        assert!(sent.contains(&line), "{line}: {sent:?}");
    }
    world.until_online();
    world.put(b"2", "b");
}

#[test]
fn a_restart_is_noticed_by_its_rdy() {
    restarts_as(b"\r\nRDY\r\n");
}

#[test]
fn a_restart_is_noticed_by_an_rdy_with_noise_before_it() {
    restarts_as(b"\xFF\xFERDY\r\n");
}

#[test]
fn a_context_without_an_address_is_not_online() {
    let mut world = Setup::default().start();
    world.replace("\"10.7.157.1\"", "\"0.0.0.0\"", usize::MAX);
    world.run_until(|world| world.has_sent("AT+QIACT=1"));
    world.wait(Duration::from_secs(5));
    assert_ne!(world.state(), ModemState::Online);
    world.run_until(|world| world.sent("AT+QIDEACT=1").len() >= 2);
    world.line.replacements.clear();
    world.until_online();
    assert_eq!(world.modem().address, "10.7.157.1");
    world.put(b"1", "a");
}

/// The module comes online with this answer instead of that one.
fn online_with(said: &str, heard: &str) -> World {
    let mut world = Setup::default().start();
    world.replace(said, heard, usize::MAX);
    world.run_within(Duration::from_secs(60), |world| {
        world.modem_is(ModemState::Online)
    });
    assert!(world.was_replaced(), "{said} was never said");
    world.put(b"12345", "a");
    assert_eq!(world.get("a"), b"12345");
    world
}

#[test]
fn a_context_with_two_addresses() {
    let said = "+QIACT: 1,1,1,\"10.7.157.1\"";
    for heard in [
        "+QIACT: 1,1,3,\"10.7.157.1\",\"2001:DB8::1\"",
        "+QIACT: 1,1,3,\"10.7.157.1,2001:DB8::1\"",
    ] {
        let world = online_with(said, heard);
        assert!(world.modem().address.starts_with("10.7.157.1"), "{heard}");
    }
}

#[test]
fn directories_among_the_modules_files() {
    let setup = Setup::default();
    setup.files.put("00000007.mft", b"left over");
    setup.files.put("data.txt", b"of somebody else");
    let mut world = setup.start();
    world.replace("+QFLST: \"data.txt\",16", "+QFLST: \"datacall/\",0", 9);
    world.until_online();
    assert!(world.was_replaced(), "no list was asked for");
    assert!(world.files.get("00000007.mft").is_none());
    world.put(b"1", "a");
    assert!(world.files.get("data.txt").is_some());
}

#[test]
fn domains_that_deny_while_eps_is_registered() {
    for domain in ["CGREG", "CREG"] {
        let world = online_with(&format!("+{domain}: 2,1,"), &format!("+{domain}: 2,3,"));
        assert_eq!(world.state(), ModemState::Online);
    }
}

#[test]
fn network_information_without_quotes() {
    let said = "+QNWINFO: \"Cat-M1\",\"00101\",\"LTE BAND 20\",6300";
    for heard in [
        "+QNWINFO: Cat-M1,00101,LTE BAND 20,6300",
        "+QNWINFO: No Service",
    ] {
        online_with(said, heard);
    }
}

#[test]
fn a_signal_that_is_not_known() {
    let world = online_with("+CSQ: 20,99", "+CSQ: 99,99");
    assert_eq!(world.modem().signal_dbm, None);
}
