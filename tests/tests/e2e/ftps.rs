//! FTPS through the module: accepted and refused certificates, and the causes that errors name.

use modem_ftp_tests::{
    Bench, Certificates, Config, Kind, Options, Security, need, on_servers, payload,
};
use std::fs;

const MODES: [Security; 2] = [Security::Explicit, Security::Implicit];

mod trusted {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd => super::trusted }
}

mod refused {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd => super::refused }
}

mod session_reuse {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd => super::session_reuse }
}

#[track_caller]
fn round_trip(bench: &Bench) {
    let bytes = payload(30_000);
    bench.local("there", &bytes);
    bench.ok(&["put", "there", "file"]);
    assert!(bench.remote("file") == bytes);
    bench.ok(&["get", "file", "back"]);
    assert!(fs::read(bench.folder.join("back")).unwrap() == bytes);
    bench.ok(&["rm", "file"]);
}

/// verify = none, server and mutual, explicit and implicit.
fn trusted(kind: Kind) {
    for security in MODES {
        for (verify, client_certificate) in [("none", false), ("server", false), ("mutual", true)] {
            let options = Options {
                security,
                client_certificate,
                ..Options::default()
            };
            let bench = Bench::configured(kind, options, &[], |config| {
                config.set("server.plant.tls.verify", verify);
            });
            let Some(bench) = bench else { return };
            round_trip(&bench);
            // The second login uses the files of the first: every upload wears the flash.
            let written = bench.modem.written("AT+QFUPL").len();
            bench.ok(&["disconnect"]);
            bench.ok(&["connect"]);
            assert_eq!(
                bench.modem.written("AT+QFUPL").len(),
                written,
                "verify {verify}"
            );
            assert_eq!(
                written,
                match verify {
                    "none" => 0,
                    "server" => 1,
                    _ => 3,
                }
            );
        }
    }
}

/// Checks that a login fails with TlsFailed and that the error names the cause.
#[track_caller]
fn tls_fails(
    kind: Kind,
    options: Options,
    module: &[&str],
    change: impl FnOnce(&mut Config),
    cause: &str,
) {
    let Some(bench) = Bench::configured(kind, options, module, change) else {
        return;
    };
    let outcome = bench.cli.run(&["--json", "connect"]).unwrap();
    assert_eq!(outcome.code, Some(5), "{}", outcome.errors);
    for part in ["TlsFailed", cause] {
        assert!(
            outcome.errors.contains(part),
            "no {part:?} in {}",
            outcome.errors
        );
    }
}

fn refused(kind: Kind) {
    let Some(certificates) = need(Certificates::shared()) else {
        return;
    };
    let untrusted = &certificates.stranger;
    for security in MODES {
        let options = Options {
            security,
            ..Options::default()
        };
        let wrong_ca = |config: &mut Config| {
            let ca = config
                .scratch()
                .write("untrusted", &untrusted.certificate)
                .unwrap();
            config.set("server.plant.tls.ca", ca.display().to_string());
        };
        tls_fails(
            kind,
            options.clone(),
            &[],
            wrong_ca,
            "not signed by the configured CA",
        );
        let expired = Options {
            expired: true,
            ..options.clone()
        };
        tls_fails(
            kind,
            expired,
            &[],
            |_| {},
            "has expired or is not valid yet",
        );
        let mutual = Options {
            client_certificate: true,
            ..options
        };
        let without = |config: &mut Config| {
            config.set("server.plant.tls.verify", "server");
        };
        tls_fails(kind, mutual, &[], without, "wants a client certificate");
    }
}

/// A module whose clock starts in 1980 gets the host's time before certificate dates are checked.
#[test]
fn a_wrong_clock_is_set_to_the_hosts_time() {
    let options = Options {
        security: Security::Explicit,
        ..Options::default()
    };
    let bench = Bench::configured(Kind::Libunftp, options, &["--clock", "cold"], |_| {});
    let Some(bench) = bench else { return };
    round_trip(&bench);
    assert_eq!(bench.modem.written("AT+CCLK=").len(), 1);
}

/// If the module refuses to set its clock, the error names the clock.
#[test]
fn a_clock_that_cannot_be_set_is_named_as_the_cause() {
    let options = Options {
        security: Security::Explicit,
        ..Options::default()
    };
    let module = ["--clock", "cold", "--fault", "refuse=CCLK:4"];
    tls_fails(Kind::Libunftp, options, &module, |_| {}, "clock is wrong");
}

/// The module supports FTPS in passive mode only: the configuration check refuses active mode.
#[test]
fn active_ftps_is_a_configuration_error() {
    let mut config = Config::new(std::path::Path::new("/dev/ttyUSB2")).unwrap();
    config
        .set("server.plant.host", "ftp.example.net")
        .set("server.plant.user", "gw17");
    config
        .set("server.plant.security", "explicit")
        .set("server.plant.mode", "active");
    let path = config.write().unwrap();
    let output = std::process::Command::new(modem_ftp_tests::binary("modem-ftpd").unwrap())
        .arg("--check")
        .arg("--config")
        .arg(&path)
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("mode") && text.contains("active"), "{text}");
}

/// The module does not resume TLS sessions: with a server that requires it of data connections, the
/// error names the server's option to change.
fn session_reuse(kind: Kind) {
    let options = Options {
        security: Security::Explicit,
        session_reuse: true,
        ..Options::default()
    };
    let Some(bench) = Bench::with(kind, options) else {
        return;
    };
    bench.local("there", &payload(2000));
    let error = bench.fails(&["put", "--retries", "0", "there", "file"], 5);
    let switch = match kind {
        Kind::Vsftpd => "require_ssl_reuse",
        _ => "NoSessionReuseRequired",
    };
    assert!(error.contains(switch), "{error}");
    assert!(!bench.remote_names().contains(&"file".to_owned()));
}
