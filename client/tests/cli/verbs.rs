//! Verbs other than `put` and `get`: the D-Bus calls they make, what they print as text and as
//! JSON.

use serde_json::json;

use crate::fake::Fake;

#[test]
fn each_verb_makes_its_call() {
    let fake = Fake::start();
    for (verb, call) in [
        (&["rm", "a", "b"][..], "Delete(,b)"),
        (&["mv", "a", "b"], "Rename(,a,b)"),
        (&["mkdir", "d"], "MakeDirectory(,d)"),
        (&["rmdir", "d"], "RemoveDirectory(,d)"),
        (&["connect"], "Connect()"),
        (&["disconnect"], "Disconnect()"),
        (&["reload"], "Reload()"),
        (&["reset"], "Reset()"),
        (&["--server", "plant", "connect"], "Connect(plant)"),
        (&["rm", "--server", "plant", "--", "-x"], "Delete(plant,-x)"),
    ] {
        let silent = fake.run(verb).expect(0, "");
        assert!(silent.out.is_empty(), "{verb:?}: {silent:?}");
        assert_eq!(fake.script.calls().last().map(String::as_str), Some(call));
        let json = fake.run(&[&["--json"], verb].concat()).expect(0, "").json();
        assert_eq!(json, [json!({ "ok": true })]);
    }
}

#[test]
fn ls_is_sorted_and_safe_for_a_terminal() {
    let fake = Fake::start();
    assert_eq!(
        fake.run(&["ls"]).expect(0, "").text(),
        "bad\\u{1b}[2J\nin\nzebra.csv\n"
    );
    assert_eq!(
        fake.run(&["ls", "-l", "d"]).expect(0, "").text(),
        "other          -  -                     bad\\u{1b}[2J\n\
         directory      -  -                     in\n\
         file       12345  2024-05-01 12:51:30Z  zebra.csv\n"
    );
    assert_eq!(fake.run(&["ls", "-1"]).expect(0, "").text(), "a\nb\\n\n");
    let raw = fake.run(&["ls", "--raw", "d"]).expect(0, "");
    assert_eq!(raw.out, b"-rw-r--r-- 1 x x 5 May 1 a\xff\x1b\r\n");
    assert_eq!(
        fake.script.calls(),
        ["List(,)", "List(,d)", "ListNames(,)", "ListFd(,d)"]
    );

    let json = fake.run(&["ls", "--json"]).expect(0, "").json();
    assert_eq!(json[0], json!({ "name": "bad\u{1b}[2J", "type": "other" }));
    assert_eq!(
        json[2],
        json!({ "name": "zebra.csv", "type": "file", "size": 12345, "modified": 1_714_567_890, "perm": "adfr" })
    );
    let names = fake.run(&["ls", "-1", "--json"]).expect(0, "").json();
    assert_eq!(names, [json!({ "name": "a" }), json!({ "name": "b\n" })]);
}

#[test]
fn stat_and_pwd_print_their_results() {
    let fake = Fake::start();
    let stat = fake.run(&["stat", "a"]).expect(0, "");
    assert_eq!(
        stat.text(),
        "Path      a\nSize      5\nModified  2024-05-01 12:51:30Z\n"
    );
    let json = fake.run(&["stat", "a", "--json"]).expect(0, "").json();
    assert_eq!(
        json,
        [json!({ "path": "a", "size": 5, "modified": 1_714_567_890 })]
    );
    assert_eq!(fake.run(&["pwd"]).expect(0, "").text(), "/readings\n");
    let json = fake.run(&["pwd", "--json"]).expect(0, "").json();
    assert_eq!(json, [json!({ "path": "/readings" })]);
}

#[test]
fn status_prints_what_is_wrong_and_what_happens_next() {
    let fake = Fake::start();
    fake.local("a", b"x");
    fake.run(&["put", "a", "--detach"]).expect(0, "");
    let status = fake.run(&["status"]).expect(0, "");
    for line in [
        "State      searching",
        "Module     Quectel BG96 BG96MAR02A07M1G",
        "Port       /dev/ttyUSB2",
        "IMEI       866425030000000",
        "SIM        8949020000000000000",
        "Operator   Op\\u{1b}]0;x\\u{7}",
        "Technology eMTC",
        "Signal     -71 dBm (good)",
        "Address    not known",
        "Session    closed",
        "Traffic    12.3 kB sent, 0 B received",
        "Transfers  0 active, 1 waiting",
        "Daemon     modem-ftpd 1.2.3",
        "Problem    +CEREG: 2, not registered",
        "Next       the module keeps searching for a network; transfers wait",
    ] {
        assert!(
            status.text().lines().any(|found| found == line),
            "{line:?} not in\n{}",
            status.text()
        );
    }
    assert!(!status.text().contains("Warning"), "{}", status.text());
    let warning = "the database was damaged\x1b and set aside";
    *fake.script.warnings.lock().unwrap() = vec![warning.into(), "no state directory".into()];
    let status = fake.run(&["status"]).expect(0, "");
    for line in [
        "Warning    the database was damaged\\u{1b} and set aside",
        "Warning    no state directory",
    ] {
        assert!(status.text().lines().any(|found| found == line), "{line}");
    }
    let json = &fake.run(&["--json", "status"]).expect(0, "").json()[0];
    assert_eq!(json["state"], "searching");
    assert_eq!(json["signal_dbm"], -71);
    assert_eq!(json["daemon"]["version"], "1.2.3");
    assert_eq!(
        json["daemon"]["warnings"],
        json!([warning, "no state directory"])
    );
    assert_eq!(json["transfers"], json!({ "active": 0, "waiting": 1 }));
    assert!(json["next"].is_string());
}

#[test]
fn settings_have_the_modules_own_names() {
    let fake = Fake::start();
    let settings = fake.run(&["settings"]).expect(0, "");
    assert_eq!(settings.text(), "account        gw17\nrsptimeout     90\n");
    let json = fake.run(&["settings", "--json"]).expect(0, "").json();
    assert_eq!(json, [json!({ "account": "gw17", "rsptimeout": 90 })]);
}

#[test]
fn at_prints_the_answer_and_fails_with_the_final_result_code() {
    let fake = Fake::start();
    assert_eq!(
        fake.run(&["at", "AT+CSQ"]).expect(0, "").text(),
        "+CSQ: 20,99\nOK\n"
    );
    let json = fake
        .run(&["at", "AT+CSQ", "--timeout", "5", "--json"])
        .expect(0, "")
        .json();
    assert_eq!(
        json,
        [json!({ "line": "AT+CSQ", "answer": ["+CSQ: 20,99", "OK"] })]
    );
    assert_eq!(
        fake.script.calls(),
        ["Command(AT+CSQ,60000)", "Command(AT+CSQ,5000)"]
    );
    assert_eq!(fake.run(&["at", "AT"]).expect(0, "").text(), "OK\n");
    // An error shows no parameters: they may be a PIN or a password.
    for (line, shown, result) in [
        ("AT+NO", "AT+NO", "ERROR"),
        ("AT+NO=?", "AT+NO=?", "ERROR"),
        ("AT+CPIN=1", "AT+CPIN=***", "+CME ERROR: 16"),
        ("ATH", "ATH", "NO CARRIER"),
    ] {
        let outcome = fake.run(&["at", line]);
        let text = outcome.expect(4, &format!(": {shown}: the module answered {result}"));
        assert_eq!(text.text(), format!("{result}\n"));
    }
    fake.script
        .refuse("Command", "NotAuthorized", "allow_raw_commands is false");
    fake.run(&["at", "AT"]).expect(3, "allow_raw_commands");
}

#[test]
fn transfers_are_listed_shown_and_changed() {
    let fake = Fake::start();
    fake.local("a", b"abc");
    assert_eq!(fake.run(&["transfers"]).expect(0, "").text(), "");
    fake.run(&["put", "a", "x", "--detach"]).expect(0, "");
    fake.run(&["put", "a", "y", "--detach"]).expect(0, "");
    let list = fake.run(&["transfers"]).expect(0, "");
    assert_eq!(
        list.text(),
        "    1  queued     upload        0 % of 3 B  x\n    2  queued     upload        0 % of 3 B  y\n"
    );
    let json = fake.run(&["transfers", "--json"]).expect(0, "").json();
    assert_eq!(
        json[1],
        json!({
            "transfer": 2, "direction": "upload", "server": "", "local": "", "remote": "y",
            "user_id": 1000, "state": "queued", "error": null, "size": 3, "transferred": 0,
            "attempts": 1, "created": 1_714_567_890, "started": 1_714_567_891, "finished": null,
        })
    );
    assert_eq!(
        fake.run(&["show", "2", "--json"]).expect(0, "").json(),
        [json[1].clone()]
    );
    let show = fake
        .run(&["show", "/org/example/ModemFtp/transfer/1"])
        .expect(0, "");
    for line in [
        "Transfer     1",
        "Remote       x",
        "Created      2024-05-01 12:51:30Z",
        "Finished     -",
    ] {
        assert!(
            show.text().lines().any(|found| found == line),
            "{line:?} not in\n{}",
            show.text()
        );
    }
    for (verb, call) in [
        ("cancel", "Cancel(1)"),
        ("pause", "Pause(1)"),
        ("resume", "Resume(1)"),
        ("retry", "Retry(1)"),
        ("forget", "Forget(1)"),
    ] {
        assert!(fake.run(&[verb, "1"]).expect(0, "").out.is_empty());
        assert_eq!(fake.script.calls().last().map(String::as_str), Some(call));
        fake.run(&[verb, "7"]).expect(1, "there is no transfer 7");
        fake.run(&[verb, "seven"])
            .expect_usage("a transfer is a number");
    }
    fake.run(&["show", "7"]).expect(1, "there is no transfer 7");
}

#[test]
fn watch_prints_the_present_state_and_changes() {
    let fake = Fake::start();
    fake.local("a", b"abc");
    let mut text = fake.spawn(&["watch"]);
    let mut json = fake.spawn(&["watch", "--json"]);
    let first = text.line();
    assert!(
        first.starts_with("modem  AccessTechnology eMTC, "),
        "{first}"
    );
    assert!(!first.contains("Address"), "{first}");
    assert_eq!(
        crate::fake::run::json_lines(&json.line())[0]["modem"]["state"],
        "searching"
    );

    fake.run(&["connect"]).expect(0, "");
    assert_eq!(text.line(), "modem  Session idle\n");
    assert_eq!(
        crate::fake::run::json_lines(&json.line()),
        [json!({ "modem": { "session": "idle" } })]
    );

    fake.run(&["put", "a", "x"]).expect(0, "");
    text.line_with("1  queued");
    text.line_with("1  active");
    let changed = json.line_with("\"transferred\":250");
    assert_eq!(crate::fake::run::json_lines(&changed)[0]["remote"], "x");

    text.signal(nix::sys::signal::Signal::SIGINT);
    assert_eq!(text.end().0, 0);
    fake.script.stop.notify(usize::MAX);
    let (exit, _, err) = json.end();
    assert_eq!(exit, 3);
    assert!(err.contains("modem-ftpd went away"), "{err}");
}
