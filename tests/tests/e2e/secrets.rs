//! No password, PIN, key or certificate is readable on the bus, in the log or in an error, even
//! with every log target at trace level.

use modem_ftp_dbus::names;
use modem_ftp_tests::{Bench, Certificates, Config, Identity, Kind, Options, Security};
use std::fs;
use zbus::fdo::{IntrospectableProxy, ObjectManagerProxy, PropertiesProxy};
use zbus::names::InterfaceName;

const FTP_PASSWORD: &str = "Tr0ub4dor-and-3";
const APN_PASSWORD: &str = "c0rrect-h0rse";
/// Eight digits, the longest PIN: too many to occur in a log by chance.
const PIN: &str = "47110815";
const WRONG_PIN: &str = "15081174";

/// Everything that must not be shown, with a name for the failure message.
fn secrets() -> Vec<(String, String)> {
    let mut secrets = vec![
        ("FTP password".to_owned(), FTP_PASSWORD.to_owned()),
        ("APN password".to_owned(), APN_PASSWORD.to_owned()),
        ("SIM PIN".to_owned(), PIN.to_owned()),
    ];
    let certificates = Certificates::shared().unwrap();
    let Identity { certificate, key } = &certificates.client;
    for (name, pem) in [
        ("private key", key),
        ("client certificate", certificate),
        ("CA certificate", &certificates.authority.certificate),
    ] {
        let lines = pem.lines().filter(|line| !line.starts_with("-----"));
        // A line of a PEM file has 64 characters; the last one may be too short to be unique.
        let lines = lines.filter(|line| line.len() >= 16);
        secrets.extend(lines.map(|line| (name.to_owned(), line.to_owned())));
    }
    secrets
}

/// The names of the secrets that `text` shows: as text, as a list of byte values (how `Debug`
/// prints bytes) or in hexadecimal digits.
fn leaks(text: &str) -> Vec<String> {
    let decimal = |secret: &str| {
        let bytes: Vec<String> = secret.bytes().map(|byte| byte.to_string()).collect();
        bytes.join(", ")
    };
    let hexadecimal = |secret: &str| -> String {
        let digits = secret.bytes().map(|byte| format!("{byte:02x}"));
        digits.collect()
    };
    let lower = text.to_lowercase();
    let mut found: Vec<String> = secrets()
        .into_iter()
        .filter(|(_, secret)| {
            text.contains(secret)
                || text.contains(&decimal(secret))
                || lower.contains(&hexadecimal(secret))
        })
        .map(|(name, _)| name)
        .collect();
    found.dedup();
    found
}

/// Fails the test if `text`, which is `what`, shows a secret.
#[track_caller]
fn hides(what: &str, text: &str) {
    let leaks = leaks(text);
    assert!(leaks.is_empty(), "{leaks:?} in {what}:\n{text}");
}

/// Everything that can be read on the bus: all properties of all objects, and the introspection.
fn readable(bench: &Bench) -> String {
    let connection = bench.daemon.connection();
    zbus::block_on(async {
        let manager = ObjectManagerProxy::builder(connection)
            .destination(names::BUS_NAME)
            .path(names::ROOT_PATH)
            .build()
            .await?;
        let objects = manager.get_managed_objects().await?;
        let mut text = format!("{objects:?}");
        let front = PropertiesProxy::builder(connection)
            .destination(names::BUS_NAME)
            .path(names::ROOT_PATH)
            .build()
            .await?;
        let interface = InterfaceName::try_from(names::FRONT_INTERFACE)?;
        text.push_str(&format!("{:?}", front.get_all(interface).await?));
        for path in objects.keys().map(ToString::to_string) {
            let object = IntrospectableProxy::builder(connection)
                .destination(names::BUS_NAME)
                .path(path)
                .build()
                .await?;
            text.push_str(&object.introspect().await?);
        }
        Ok::<_, zbus::Error>(text)
    })
    .unwrap()
}

/// What `modem-ftp` prints, for people and as JSON.
fn printed(bench: &Bench) -> String {
    let verbs = ["status", "settings", "transfers"];
    let plain = verbs.map(|verb| bench.ok(&[verb]));
    let json = verbs.map(|verb| bench.ok(&["--json", verb]));
    [plain.concat(), json.concat()].concat()
}

fn reload(bench: &Bench) -> zbus::Result<()> {
    zbus::block_on(async { bench.daemon.front().await?.reload().await })
}

/// A daemon that has every secret there is and logs everything.
fn bench(pin: &str) -> Option<Bench> {
    let options = Options {
        security: Security::Explicit,
        client_certificate: true,
        password: FTP_PASSWORD.to_owned(),
        ..Options::default()
    };
    let secret = |config: &mut Config, key: &str, text: &str| {
        let path = config.scratch().write_secret(key, text).unwrap();
        config.set(key, path.display().to_string());
    };
    Bench::started(Kind::Libunftp, options, &["--sim-pin", PIN], |config| {
        secret(config, "modem.sim_pin_file", pin);
        secret(config, "network.password_file", APN_PASSWORD);
        config
            .set("network.user", "sim-user")
            .set("network.authentication", "pap")
            .set("modem.allow_raw_commands", true)
            .set_log_filter("trace");
    })
}

#[test]
fn every_secret_is_recognised_in_a_text() {
    for (name, secret) in secrets() {
        for text in [
            format!("before {secret} after"),
            format!("before {:?} after", secret.as_bytes()),
        ] {
            assert!(leaks(&text).contains(&name), "{name} in {text}");
        }
    }
    assert_eq!(leaks("AT+CPIN=\"***\""), [""; 0]);
}

#[test]
fn nothing_secret_is_shown_at_trace_level() {
    let Some(mut bench) = bench(PIN) else { return };
    bench.daemon.wait_for_state("online").unwrap();
    bench.local("file", b"x");
    bench.ok(&["put", "file"]);
    hides("what the client prints", &printed(&bench));
    hides("what can be read on the bus", &readable(&bench));

    // Raw commands whose answers hold secrets: the caller gets them, the log does not.
    let answer = bench.ok(&["at", "AT+QICSGP=1"]);
    assert!(answer.contains(APN_PASSWORD), "{answer}");
    bench.ok(&["at", "AT+QFTPCFG=\"account\""]);
    let line = format!("AT+QICSGP=2,1,\"other\",\"\",\"{APN_PASSWORD}\",1");
    bench.ok(&["at", &line]);
    let refused = format!("AT+CPIN=\"{PIN}\"");
    let outcome = bench.cli.run(&["at", &refused]).unwrap();
    hides("the error of a raw command", &outcome.errors);

    // A password that the server refuses, one that no AT line can hold, a key that is none.
    let folder = bench.daemon.config().scratch();
    bench.ok(&["disconnect"]);
    folder
        .write("plant.password", format!("{FTP_PASSWORD}-wrong"))
        .unwrap();
    reload(&bench).unwrap();
    hides("the error of a login", &bench.fails(&["connect"], 5));
    folder
        .write("plant.password", format!("{FTP_PASSWORD}\"quoted"))
        .unwrap();
    let error = reload(&bench).unwrap_err().to_string();
    assert!(error.contains("InvalidConfig"), "{error}");
    hides("the error of a reload", &error);
    folder.write("plant.password", FTP_PASSWORD).unwrap();
    let key = fs::read_to_string(folder.join("plant.key")).unwrap();
    folder
        .write("plant.key", key.replace("PRIVATE KEY", "KEY"))
        .unwrap();
    reload(&bench).unwrap();
    hides("the error of a login", &bench.fails(&["connect"], 5));
    hides("what can be read on the bus", &readable(&bench));
    hides("what the client prints", &printed(&bench));

    // The log has the commands with their secrets masked, and nothing is missing from it.
    let log = bench.daemon.log();
    for line in [
        "debug: > AT+CPIN=\"***\"",
        "debug: > AT+QICSGP=1,1,\"iot.example\",\"sim-user\",\"***\",1",
        "debug: > AT+QFTPCFG=\"account\",\"gw17\",\"***\"",
        "debug: > AT+QFUPL=",
        "debug: > AT+QICSGP=***",
        "debug: < ",
    ] {
        assert!(log.contains(line), "{line:?} is not in the log:\n{log}");
    }
    hides("the daemon's log", &log);
    hides("the module's dialogue", &bench.modem.dialogue());
}

#[test]
fn a_pin_that_the_sim_refuses_is_not_shown() {
    let Some(mut bench) = bench(WRONG_PIN) else {
        return;
    };
    bench.daemon.wait_for_state("locked").unwrap();
    let log = bench.daemon.log();
    assert!(log.contains("> AT+CPIN=\"***\""), "{log}");
    let errors = bench.fails(&["connect"], 4);
    for text in [log, errors, printed(&bench), readable(&bench)] {
        assert!(!text.contains(WRONG_PIN), "the PIN is in {text}");
        hides("the log, an error, a print or the bus", &text);
    }
}
