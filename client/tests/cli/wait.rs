//! `wait`: the ends of transfers that others have started.

use nix::sys::signal::Signal;
use serde_json::json;

use crate::fake::Fake;
use crate::fake::run::json_lines;

#[test]
fn wait_tells_how_each_transfer_ended_and_exits_as_the_first_that_failed() {
    let fake = Fake::start();
    fake.local("a", b"abc");
    for remote in ["x", "fail", "y"] {
        fake.run(&["put", "a", remote, "--detach"]).expect(0, "");
    }
    let all = fake.run(&["wait", "1", "2", "/org/example/ModemFtp/transfer/3", "7"]);
    assert_eq!(all.exit, 6, "{all:?}");
    assert_eq!(
        all.text(),
        "transfer 1 done\ntransfer 2 failed\ntransfer 3 done\n"
    );
    let errors: Vec<_> = all.err.lines().collect();
    assert_eq!(errors.len(), 3, "{all:?}");
    assert!(errors[0].starts_with("modem-ftp: transfer 2: "), "{all:?}");
    assert!(errors[1].contains("there is no transfer 7"), "{all:?}");
    assert_eq!(errors[2], "modem-ftp: 2 of 4 failed");

    fake.run(&["put", "a", "fail", "--detach"]).expect(0, "");
    let one = fake.run(&["wait", "4", "--json"]);
    assert_eq!(one.exit, 6, "{one:?}");
    let name = "org.example.ModemFtp.Error.RemoteFull";
    let ended = &one.json()[0];
    assert_eq!(
        (&ended["transfer"], &ended["state"]),
        (&json!(4), &json!("failed"))
    );
    assert_eq!(ended["error"]["name"], name);
    assert_eq!(json_lines(&one.err)[0]["error"]["name"], name);
    fake.run(&["wait"]).expect_usage("<N>");
    fake.run(&["wait", "seven"])
        .expect_usage("a transfer is a number");
}

#[test]
fn an_interrupted_wait_leaves_the_transfer_alone() {
    let fake = Fake::start();
    fake.local("a", b"abc");
    fake.run(&["put", "a", "hold", "--detach"]).expect(0, "");
    let waiting = fake.spawn(&["wait", "1"]);
    fake.wait_for_call("Wait(1)");
    waiting.signal(Signal::SIGINT);
    waiting.end();
    let waiting = fake.spawn(&["wait", "1", "--json"]);
    fake.wait_for_calls("Wait(1)", 2);
    assert!(!fake.script.calls().contains(&"Cancel(1)".to_owned()));
    fake.run(&["cancel", "1"]).expect(0, "");
    let (exit, out, _) = waiting.end();
    assert_eq!(exit, 8);
    assert_eq!(json_lines(&out)[0]["state"], "cancelled");
}
