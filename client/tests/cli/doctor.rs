//! `doctor`: one line per check, and an exit code that a script can use.

use serde_json::json;

use crate::fake::Fake;

#[test]
fn doctor_tells_at_which_check_bring_up_is_and_what_to_do() {
    let fake = Fake::start();
    let searching = fake.run(&["doctor"]).expect(4, "no transfer is possible");
    let lines: Vec<_> = searching.text().lines().collect();
    assert_eq!(
        lines,
        [
            "ok       daemon     modem-ftpd 1.2.3",
            "ok       servers    plant",
            "ok       port       /dev/ttyUSB2",
            "ok       module     Quectel BG96 BG96MAR02A07M1G",
            "ok       SIM        8949020000000000000",
            "bad      network    +CEREG: 2, not registered: check the antenna and the coverage",
            "ok       signal     -71 dBm",
        ]
    );
    for (state, bad) in [
        ("absent", "port"),
        ("starting", "module"),
        ("failed", "module"),
        ("locked", "SIM"),
        ("registered", "network"),
        ("unheard-of", "module"),
    ] {
        fake.set_module(state, "");
        let found = fake.run(&["doctor", "--json"]);
        assert_eq!(found.exit, 4, "{found:?}");
        let checks = found.json();
        let of = |verdict| {
            let names = checks.iter().filter(move |c| c["verdict"] == verdict);
            names.map(|c| c["check"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(of("bad"), [json!(bad)], "{state}");
        // What comes after it cannot be told.
        let bad_at = checks.iter().position(|c| c["check"] == bad).unwrap();
        assert_eq!(of("unknown").len(), 5 - bad_at, "{state}");
    }
}

#[test]
fn doctor_exits_0_when_all_is_well_and_1_with_warnings() {
    let fake = Fake::start();
    fake.set_module("online", "");
    let good = fake.run(&["doctor"]).expect(0, "");
    assert!(
        good.text().lines().all(|line| line.starts_with("ok ")),
        "{good:?}"
    );
    let network = "ok       network    Op\\u{1b}]0;x\\u{7} eMTC\n";
    assert!(good.text().contains(network), "{good:?}");

    fake.script
        .warnings
        .lock()
        .unwrap()
        .push("the database was set aside".into());
    let warned = fake.run(&["doctor"]).expect(1, "warnings: 1");
    let last = warned.text().lines().last();
    assert_eq!(last, Some("warning  warning    the database was set aside"));
}
