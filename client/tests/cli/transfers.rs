//! What `put` and `get` have in common: `--detach`, `--json`, a daemon or a bus that goes away.

use serde_json::json;

use crate::fake::Fake;
use crate::fake::run::json_lines;

#[test]
fn detached_transfers_are_left_to_the_daemon() {
    let fake = Fake::start();
    fake.script.set_file("a", b"content");
    fake.local("b", b"x");
    let put = fake.run(&["put", "b", "--detach"]).expect(0, "");
    assert_eq!(put.text(), "/org/example/ModemFtp/transfer/1\n");
    let put = fake
        .run(&["put", "b", "--detach", "--json"])
        .expect(0, "")
        .json();
    assert_eq!(
        put,
        [json!({ "transfer": 2, "path": "/org/example/ModemFtp/transfer/2" })]
    );
    let get = fake.run(&["get", "a", "new", "--detach"]).expect(0, "");
    assert_eq!(get.text(), "/org/example/ModemFtp/transfer/3\n");
    let last = fake.script.calls().pop().unwrap();
    assert_eq!(
        last,
        format!("Download(,a,{}/new,)", fake.folder().display())
    );
    fake.run(&["get", "a", "-", "--detach"])
        .expect(2, "--detach");
}

#[test]
fn json_is_one_line_for_each_change_and_for_the_result() {
    let fake = Fake::start();
    fake.local("a", b"abcd");
    let lines = fake.run(&["put", "a", "--json"]).expect(0, "").json();
    assert_eq!(
        lines[0],
        json!({ "transfer": 1, "state": "queued", "transferred": 0, "size": 4 })
    );
    assert!(
        lines.iter().any(|line| line["transferred"] == 250),
        "{lines:?}"
    );
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["state"], &last["from"], &last["to"]),
        (&json!("done"), &json!("a"), &json!("a"))
    );
    assert_eq!(
        (&last["transferred"], &last["error"]),
        (&json!(4), &json!(null))
    );
    assert!(last["seconds"].as_f64().unwrap() > 0.0);

    let failed = fake.run(&["put", "a", "fail", "--json"]);
    assert_eq!(failed.exit, 6);
    assert_eq!(
        json_lines(&failed.err)[0]["error"]["name"],
        "org.example.ModemFtp.Error.RemoteFull"
    );
}

#[test]
fn a_daemon_that_goes_away_is_reported_and_no_file_is_left() {
    let fake = Fake::start();
    fake.script.set_file("vanish", b"content");
    fake.run(&["get", "vanish", "new"])
        .expect(3, "modem-ftpd went away");
    assert_eq!(fake.names(), [""; 0]);
}

#[test]
fn a_bus_that_goes_away_is_reported_and_no_file_is_left() {
    let Some(mut fake) = Fake::start_on_dbus_daemon() else {
        return;
    };
    let get = fake.spawn(&["get", "hold", "new"]);
    fake.wait_for_call("Wait(1)");
    fake.bus.end();
    let (exit, _, err) = get.end();
    assert_eq!((exit, err.lines().count()), (3, 1), "{err}");
    assert_eq!(fake.names(), [""; 0]);
}
