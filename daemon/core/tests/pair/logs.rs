//! The log at its most talkative: no password, PIN, PEM content or answer to a raw command is in
//! it.

use std::sync::{Arc, Mutex};

use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::settings::{Authentication, Security};

use crate::world::{APN_PASSWORD, Log, PASSWORD, PIN, Setup, World, pem};

const CERTIFICATE: &str = "MIIBtDCCAVqgAwIBAgIUclient";
const KEY: &str = "MIGHAgEAMBMGByqGSM49key";

/// A module with a locked SIM, an access point with a password and a server that wants TLS with a
/// client certificate: every secret there is goes over the line.
fn with_all_secrets() -> Setup {
    let file =
        |kind: &str, body: &str| format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n");
    Setup::default()
        .with(|setup| {
            setup.config.sim_pin = Some(PIN.into());
            setup.settings.modem.sim_pin = Some(Secret::new(PIN.into()));
            let network = &mut setup.settings.network;
            network.user = "apn-user".into();
            network.password = Secret::new(APN_PASSWORD.into());
            network.authentication = Authentication::Pap;
        })
        .server(|server| {
            server.security = Security::Explicit;
            server.tls.verify = 2;
            server.tls.ca = Some(pem("0000ca0", &file("CERTIFICATE", CERTIFICATE)));
            server.tls.certificate = Some(pem("0000ce0", &file("CERTIFICATE", CERTIFICATE)));
            server.tls.key = Some(pem("0000e10", &file("PRIVATE KEY", KEY)));
        })
}

/// Runs `scenario` and returns the lines it logged.
fn logged(scenario: impl FnOnce()) -> Vec<String> {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Log::new({
        let lines = Arc::clone(&lines);
        move |line: &str| lines.lock().unwrap().push(line.to_owned())
    });
    tracing::subscriber::with_default(log, scenario);
    std::mem::take(&mut *lines.lock().unwrap())
}

#[test]
fn no_secret_is_logged() {
    let lines = logged(|| {
        let mut world = with_all_secrets().online();
        world.put(b"1", "a");
        for sent in [
            "AT+CPIN=",
            "AT+QICSGP=1,1,",
            "AT+QFTPCFG=\"account\"",
            "AT+QFUPL=",
        ] {
            assert!(world.has_sent(sent), "{sent}: the secret was never needed");
        }
    });
    // The commands that carry one are there, and show none.
    for command in ["AT+CPIN=", "AT+QICSGP=", "\"account\"", "AT+QFUPL="] {
        let shown = lines.iter().any(|line| line.contains(command));
        assert!(shown, "{command} is not in the log");
    }
    for secret in [PASSWORD, APN_PASSWORD, PIN, CERTIFICATE, KEY] {
        let line = lines.iter().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}

#[test]
fn failures_show_no_secret() {
    for fault in [
        "refuse=QICSGP:50",
        "refuse=QFTPCFG:610",
        "corrupt-file",
        "tls-fails",
    ] {
        let lines = logged(|| {
            let mut world = with_all_secrets().start();
            world.run_until(|world| world.has_sent("AT+CEREG?"));
            world.fault(fault);
            let result = world.call(Operation::Connect);
            if fault != "refuse=QICSGP:50" {
                result.expect_err(fault);
            }
        });
        for secret in [PASSWORD, APN_PASSWORD, PIN, CERTIFICATE, KEY] {
            let line = lines.iter().find(|line| line.contains(secret));
            assert_eq!(line, None, "{fault}: {secret}");
        }
    }
}

#[test]
fn raw_commands_and_their_answers_are_not_logged() {
    let lines = logged(|| {
        let mut world = World::online();
        world.raw(&format!("AT+CPIN={PIN}")).unwrap();
    });
    let log = lines.join("\n");
    assert!(log.contains("> AT+CPIN=***"), "{log}");
    assert!(log.contains("< AT line: 1 lines"), "{log}");
    assert!(!log.contains(PIN), "{PIN} in {log}");

    let mut imei = String::new();
    let mut world = World::online();
    let lines = logged(|| {
        world.raw("AT+CGSN").unwrap();
        imei = world.modem().imei.clone();
    });
    let log = lines.join("\n");
    assert!(log.contains("< AT line: 2 lines Ok"), "{log}");
    assert!(!log.contains(&imei), "{imei} in {log}");
}

/// The check that all scenarios run under must be able to fail.
#[test]
#[should_panic(expected = "a secret is shown")]
fn a_secret_in_the_log_fails_a_scenario() {
    let _world = with_all_secrets().start();
    tracing::debug!("the key is {KEY}");
}
