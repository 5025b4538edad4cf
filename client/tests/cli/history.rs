//! `history`: the filter that is asked for, the pages, what is printed.

use serde_json::json;

use crate::fake::Fake;

#[test]
fn a_receipt_is_one_row_of_a_table() {
    let fake = Fake::start();
    fake.run(&["history"]).expect(0, "");
    assert_eq!(fake.run(&["history"]).text(), "");
    fake.script.set_receipts(10);
    let text = fake.run(&["history", "--limit", "2"]).expect(0, "");
    let expected = "\
FINISHED                   N  DIRECTION  STATE      TRIES       SIZE       LINE        AIR  REMOTE
2024-05-01 12:51:40Z      10  upload     failed         2          -    13.0 kB    12.4 kB  plant:/in/10\\u{1b}.csv  (no space)
2024-05-01 12:51:39Z       9  upload     done           2    12.3 kB    13.0 kB    12.4 kB  plant:/in/9\\u{1b}.csv
";
    assert_eq!(text.text(), expected);
}

#[test]
fn json_is_one_object_a_line_with_the_same_keys() {
    let fake = Fake::start();
    fake.script.set_receipts(10);
    let lines = fake.run(&["history", "--json"]).expect(0, "").json();
    assert_eq!(lines.len(), 10);
    let failed = json!({
        "transfer": 10, "direction": "upload", "server": "plant", "local": "",
        "remote": "/in/10\u{1b}.csv", "user_id": 1000, "state": "failed",
        "error": { "name": "org.example.ModemFtp.Error.RemoteFull", "text": "no space" },
        "size": null, "sha256": null, "attempts": 2, "created": 1_714_567_000,
        "finished": 1_714_567_900, "line_bytes": 13_000, "air_bytes": 12_400, "listing_bytes": 7,
    });
    assert_eq!(lines[0], failed);
    let done = &lines[1];
    assert_eq!(
        (&done["error"], &done["size"], &done["sha256"]),
        (&json!(null), &json!(12_345), &json!("00ff"))
    );
    let keys = |n: usize| lines[n].as_object().unwrap().keys().collect::<Vec<_>>();
    assert_eq!(keys(0), keys(1));
}

#[test]
fn all_pages_are_fetched_up_to_the_limit() {
    let fake = Fake::start();
    fake.script.set_receipts(2500);
    let count = |arguments: &[&str]| {
        let lines = fake.run(arguments).expect(0, "").json();
        let numbers: Vec<_> = lines
            .iter()
            .map(|line| line["transfer"].as_u64().unwrap())
            .collect();
        assert!(numbers.is_sorted_by(|one, next| one > next));
        lines.len()
    };
    assert_eq!(count(&["history", "--json"]), 2500);
    assert_eq!(
        fake.script.calls(),
        [
            "History(limit=uint32 1000)",
            "History(before=uint64 1501 limit=uint32 1000)",
            "History(before=uint64 501 limit=uint32 1000)",
            "History(before=uint64 1 limit=uint32 1000)",
        ]
    );
    assert_eq!(count(&["history", "--json", "--limit", "1700"]), 1700);
    let last = fake.script.calls().pop().unwrap();
    assert_eq!(last, "History(before=uint64 1501 limit=uint32 700)");
    assert_eq!(count(&["history", "--json", "--failed"]), 250);
    assert_eq!(count(&["history", "--json", "--since", "@1714570387"]), 4);
}

#[test]
fn the_options_become_the_filter() {
    let fake = Fake::start();
    let since = "2024-05-01T12:51:30Z";
    fake.run(&[
        "history", "--server", "x", "--failed", "--since", since, "--limit", "5",
    ])
    .expect(0, "");
    fake.run(&["history", "--since", "1970-01-02"])
        .expect(0, "");
    assert_eq!(
        fake.script.calls(),
        [
            "History(failed=true limit=uint32 5 server=\"x\" since=int64 1714567890)",
            "History(limit=uint32 1000 since=int64 86400)",
        ]
    );
    fake.run(&["history", "--since", "7d"]).expect(0, "");
    for wrong in [
        &["history", "--since", "yesterday"][..],
        &["history", "--limit", "0"],
    ] {
        assert_eq!(fake.run(wrong).exit, 2, "{wrong:?}");
    }
    fake.script
        .refuse("History", "LocalIo", "the database cannot be read");
    fake.run(&["history"])
        .expect(7, "the database cannot be read");
}
