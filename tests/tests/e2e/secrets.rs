//! No password, PIN or key is readable: not on the bus, not in a log, not in an error.

use crate::bench::Bench;
use modem_ftp_tests::{Certificates, Kind, Options, Security};

#[test]
fn nothing_secret_is_ever_shown() {
    let password = "Tr0ub4dor-and-3";
    let pin = "4711";
    let options = Options {
        security: Security::Explicit,
        client_certificate: true,
        password: password.to_owned(),
        ..Options::default()
    };
    let bench = Bench::configured(Kind::Libunftp, options, &["--sim-pin", pin], |config| {
        let pin = config.scratch().write_secret("pin", pin).unwrap();
        config.set("modem.sim_pin_file", pin.display().to_string());
        config.set("modem.allow_raw_commands", true);
    });
    let Some(bench) = bench else { return };
    bench.local("file", b"x");
    bench.ok(&["put", "file"]);
    bench.ok(&["at", "AT+QFTPCFG=\"account\""]);

    let mut seen = vec![
        bench.ok(&["status"]),
        bench.ok(&["settings"]),
        bench.ok(&["--json", "settings"]),
        bench.ok(&["--json", "status"]),
        bench.ok(&["--json", "transfers"]),
    ];
    // A login that fails quotes a lot.
    let config = bench.daemon.config().scratch();
    config
        .write("plant.password", format!("{password}-wrong"))
        .unwrap();
    zbus::block_on(async { bench.daemon.front().await.unwrap().reload().await.unwrap() });
    bench.ok(&["disconnect"]);
    seen.push(bench.fails(&["connect"], 5));
    seen.push(bench.daemon.log());

    let key = &Certificates::shared().unwrap().client.key;
    let key_line = key.lines().nth(3).unwrap();
    for text in &seen {
        assert!(!text.contains(password), "the password is in {text}");
        assert!(!text.contains(key_line), "the key is in {text}");
    }
    let log = bench.daemon.log();
    assert!(
        !log.contains(&format!("\"{pin}\"")) && !log.contains(&format!("={pin}")),
        "the PIN is in {log}"
    );
}
