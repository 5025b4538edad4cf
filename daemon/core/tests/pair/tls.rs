//! FTPS: every setting of the SSL context is sent before every open, certificates are written to
//! UFS once, and the module's clock is set if validity dates are checked.

use std::time::Duration;

use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::settings::{Security, Server};
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::remote::Failure;

use crate::world::{Setup, World, pem};

const CA: &str =
    "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUauthority\n-----END CERTIFICATE-----\n";
const OWN: &str =
    "-----BEGIN CERTIFICATE-----\nMIIBtDCCAVqgAwIBAgIUclient\n-----END CERTIFICATE-----\n";
const KEY: &str =
    "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49key\n-----END PRIVATE KEY-----\n";

fn mutual(server: &mut Server) {
    server.security = Security::Explicit;
    server.tls.context = 2;
    server.tls.cipher = 0xC02F;
    server.tls.verify = 2;
    server.tls.check_time = true;
    server.tls.ca = Some(pem("0000ca0", CA));
    server.tls.certificate = Some(pem("0000ce0", OWN));
    server.tls.key = Some(pem("0000e10", KEY));
}

fn secure() -> Setup {
    Setup::default().server(mutual)
}

fn connect(world: &mut World) {
    world
        .call(Operation::Connect)
        .unwrap_or_else(|failure| panic!("{failure}, {}", world.dialogue()));
}

fn reconnect(world: &mut World) {
    world.disconnect().unwrap();
    connect(world);
}

fn uploads(world: &World) -> usize {
    world.sent("AT+QFUPL=").len()
}

#[test]
fn every_setting_is_sent_before_every_open() {
    let mut world = secure().online();
    for round in 1..=2 {
        reconnect(&mut world);
        for setting in [
            "\"sslversion\",2,3",
            "\"ciphersuite\",2,0XC02F",
            "\"seclevel\",2,2",
            "\"ignorelocaltime\",2,0",
            "\"negotiatetime\",2,120",
            "\"cacert\",2,\"m0000ca0.pem\"",
            "\"clientcert\",2,\"m0000ce0.pem\"",
            "\"clientkey\",2,\"m0000e10.pem\"",
        ] {
            let line = format!("AT+QSSLCFG={setting}");
            assert_eq!(
                world.sent(&line).len(),
                round,
                "{line}, {}",
                world.dialogue()
            );
        }
        assert_eq!(world.sent("AT+QFTPCFG=\"ssltype\",2").len(), round);
        assert_eq!(world.sent("AT+QFTPCFG=\"sslctxid\",2").len(), round);
    }
    world.put(b"12345", "a");
    assert_eq!(world.get("a"), b"12345");
}

#[test]
fn implicit_tls_without_verification_needs_no_files() {
    let mut world = Setup::default()
        .server(|server| {
            server.security = Security::Implicit;
            server.port = 990;
        })
        .online();
    connect(&mut world);
    assert!(world.has_sent("AT+QFTPCFG=\"ssltype\",1"));
    assert!(world.has_sent("AT+QFTPOPEN=\"plant.example.net\",990"));
    assert_eq!(uploads(&world), 0);
    assert!(!world.has_sent("AT+CCLK"));
}

#[test]
fn certificates_are_written_once_and_reused_after_a_daemon_restart() {
    let mut world = secure().online();
    reconnect(&mut world);
    reconnect(&mut world);
    assert_eq!(uploads(&world), 3);
    assert_eq!(world.files.get("m0000ca0.pem").unwrap(), CA.as_bytes());
    assert_eq!(world.files.get("m0000ce0.pem").unwrap(), OWN.as_bytes());
    assert_eq!(world.files.get("m0000e10.pem").unwrap(), KEY.as_bytes());
    let compared = world.sent("AT+QFDWL=").len();
    world.close_line("gone");
    world.restart_daemon();
    world.until_online();
    connect(&mut world);
    reconnect(&mut world);
    assert_eq!(uploads(&world), 3, "flash wears");
    assert_eq!(
        world.sent("AT+QFDWL=").len(),
        compared + 3,
        "compared once per daemon"
    );
}

#[test]
fn a_damaged_certificate_is_replaced() {
    for damaged in [
        CA.replace("authority", "authorIty"),
        CA[1..].to_owned(),
        String::new(),
    ] {
        let setup = secure();
        setup.files.put("m0000ca0.pem", damaged.as_bytes());
        let mut world = setup.online();
        connect(&mut world);
        assert_eq!(world.files.get("m0000ca0.pem").unwrap(), CA.as_bytes());
        assert_eq!(world.sent("AT+QFDEL=\"m0000ca0.pem\"").len(), 1);
    }
}

#[test]
fn a_certificate_damaged_during_upload_is_detected() {
    let mut world = secure().fault("corrupt-file=1").online();
    let failure = world.call(Operation::Connect).expect_err("damaged");
    assert_eq!(failure.name, ErrorName::TlsFailed, "{failure}");
    connect(&mut world);
    for (name, content) in [
        ("m0000ca0.pem", CA),
        ("m0000ce0.pem", OWN),
        ("m0000e10.pem", KEY),
    ] {
        assert_eq!(world.files.get(name).unwrap(), content.as_bytes());
    }
}

#[test]
fn outdated_certificates_of_ours_are_removed_and_other_files_kept() {
    let setup = secure();
    for name in ["m1234567.pem", "cacert.pem", "m1234567.key", "data.txt"] {
        setup.files.put(name, b"x");
    }
    let mut world = setup.online();
    connect(&mut world);
    assert!(world.files.get("m1234567.pem").is_none());
    for name in ["cacert.pem", "m1234567.key", "data.txt"] {
        assert!(world.files.get(name).is_some(), "{name}");
    }
    assert!(!world.has_sent("AT+QFDEL=\"*\""));
}

#[test]
fn the_clock_is_set_only_if_it_is_wrong_and_validity_is_checked() {
    let mut world = secure().online();
    connect(&mut world);
    assert!(world.has_sent("AT+CCLK?"));
    assert!(!world.has_sent("AT+CCLK="));

    let mut world = secure()
        .with(|setup| setup.config.network_time = false)
        .online();
    connect(&mut world);
    assert_eq!(
        world.sent("AT+CCLK=\"26/03/01,12:00:").len(),
        1,
        "{}",
        world.dialogue()
    );
    reconnect(&mut world);
    assert_eq!(world.sent("AT+CCLK=").len(), 1);

    let mut world = Setup::default()
        .server(|server| {
            mutual(server);
            server.tls.check_time = false;
        })
        .with(|setup| setup.config.network_time = false)
        .online();
    connect(&mut world);
    assert!(!world.has_sent("AT+CCLK="), "dates do not count");
    assert!(world.has_sent("AT+QSSLCFG=\"ignorelocaltime\",2,1"));
}

#[test]
fn a_clock_that_the_network_set_is_left_alone() {
    let mut world = secure().online();
    world.set_clock(5 * 86_400);
    connect(&mut world);
    assert!(world.has_sent("AT+QLTS"));
    assert!(!world.has_sent("AT+CCLK="), "the host may be wrong");
}

#[test]
fn a_host_without_the_time_sets_no_clock_and_the_failure_says_so() {
    let mut world = secure()
        .with(|setup| setup.config.network_time = false)
        .fault("tls-fails")
        .online();
    // The host has no battery either: it is 1970.
    let unix = world.now().unix;
    world.set_clock(1000 - unix);
    let failure = world.call(Operation::Connect).expect_err("no handshake");
    assert_eq!(failure.name, ErrorName::TlsFailed);
    assert!(failure.text.contains("neither"), "{failure}");
    assert!(!world.has_sent("AT+CCLK="), "1970 is no time to set");
    // Then it has got the time.
    world.set_clock(unix - 1000);
    world.heal("tls-fails");
    connect(&mut world);
    assert_eq!(world.sent("AT+CCLK=\"26/03/01").len(), 1);
}

#[test]
fn a_failed_handshake_names_the_likely_causes() {
    let mut world = secure().fault("tls-fails").online();
    let failure = world.call(Operation::Connect).expect_err("no handshake");
    assert_eq!(failure.name, ErrorName::TlsFailed);
    assert!(failure.text.contains("631"), "{failure}");
    assert!(failure.text.contains("client certificate"), "{failure}");
    world.heal("tls-fails");
    connect(&mut world);
}

#[test]
fn no_password_goes_to_a_server_that_was_not_verified() {
    let mut world = secure().online();
    // The first handshake fails; one without verification would work.
    world.server.fail_next(Failure::Tls);
    let failure = world.call(Operation::Connect).expect_err("no handshake");
    assert_eq!(failure.name, ErrorName::TlsFailed);
    assert_eq!(world.server.logins(), 0);
    assert_eq!(world.port.condition().ftp, 4);
    connect(&mut world);
    assert_eq!(world.server.logins(), 1);
    world.wait(Duration::from_secs(40));
    assert!(world.is_at_rest());
}

#[test]
fn a_full_ufs_fails_tls_with_a_reason() {
    let mut world = secure().fault("ufs-full").online();
    let failure = world.call(Operation::Connect).expect_err("no room");
    assert_eq!(failure.name, ErrorName::TlsFailed);
    assert!(failure.text.contains("QFUPL"), "{failure}");
}
