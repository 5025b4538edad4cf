//! `modem-ftp history` with the daemon's own receipts.

use modem_ftp_tests::Bench;
use serde_json::{Value, json};

fn objects(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn history_lists_what_has_ended() {
    let mut bench = Bench::plain();
    assert_eq!(bench.ok(&["history"]), "");
    bench.local("file", b"abc");
    bench.ok(&["put", "file"]);
    bench.fails(&["get", "missing"], 6);
    bench.ok(&["forget", "1"]);
    bench.daemon.crash().unwrap();

    let receipts = objects(&bench.ok(&["--json", "history"]));
    let [failed, done] = receipts.as_slice() else {
        panic!("{receipts:?}");
    };
    assert_eq!(
        (&failed["transfer"], &failed["state"]),
        (&json!(2), &json!("failed"))
    );
    assert_eq!(
        failed["error"]["name"],
        "org.example.ModemFtp.Error.RemoteNotFound"
    );
    assert_eq!(failed["size"], Value::Null);
    assert_eq!((&done["transfer"], &done["size"]), (&json!(1), &json!(3)));
    // The example of FIPS 180-2, appendix B.1.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(done["sha256"], abc);
    assert_eq!(
        (&done["server"], &done["remote"]),
        (&json!("plant"), &json!("file"))
    );
    assert!(done["line_bytes"].as_u64().unwrap() >= 3, "{done}");
    let keys = |of: &Value| of.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(failed), keys(done));

    let table = bench.ok(&["history"]);
    let rows: Vec<_> = table.lines().collect();
    assert_eq!(rows.len(), 3, "{table}");
    assert!(rows[0].starts_with("FINISHED"), "{table}");
    assert!(rows[2].ends_with("  plant:file"), "{table}");

    let numbers = |options: &[&str]| {
        let arguments = [&["--json", "history"], options].concat();
        let receipts = objects(&bench.ok(&arguments)).into_iter();
        receipts
            .map(|receipt| receipt["transfer"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(&["--failed"]), [2]);
    assert_eq!(numbers(&["--limit", "1"]), [2]);
    assert_eq!(numbers(&["--since", "1h"]), [2, 1]);
    assert_eq!(numbers(&["--since", "2100-01-01"]), [0; 0]);
    assert_eq!(numbers(&["--server", "plant"]), [2, 1]);
    assert_eq!(numbers(&["--server", "other"]), [0; 0]);
}
