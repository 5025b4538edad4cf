//! Every verb of the client on every server, without TLS, with explicit and with implicit TLS.

use modem_ftp_tests::{Bench, Kind, Options, Security, on_servers, payload};
use serde_json::Value;
use std::fs;

mod plain {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib,
    libunftp = Libunftp => super::plain_verbs }
}

mod explicit {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib,
    libunftp = Libunftp => super::explicit_verbs }
}

mod implicit {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pyftpdlib = Pyftpdlib => super::implicit_verbs }
}

fn plain_verbs(kind: Kind) {
    verbs(kind, Security::None);
}

fn explicit_verbs(kind: Kind) {
    verbs(kind, Security::Explicit);
}

fn implicit_verbs(kind: Kind) {
    verbs(kind, Security::Implicit);
}

fn verbs(kind: Kind, security: Security) {
    let options = Options {
        security,
        ..Options::default()
    };
    let Some(bench) = Bench::with(kind, options) else {
        return;
    };
    files(&bench);
    folders(&bench);
    session(&bench);
    assert_eq!(
        bench.remote_names(),
        [""; 0],
        "files are left on the server"
    );
}

fn files(bench: &Bench) {
    let bytes = payload(20_000);
    bench.local("report.bin", &bytes);

    // With its own name and with another.
    bench.ok(&["put", "report.bin"]);
    assert!(bench.remote("report.bin") == bytes);
    bench.ok(&["put", "report.bin", "other.bin"]);
    assert!(bench.remote("other.bin") == bytes);
    assert_eq!(
        bench.remote_names(),
        ["other.bin", "report.bin"],
        "other names than the final ones are left"
    );

    // All forms of the listing.
    assert_eq!(bench.ok(&["ls"]), "other.bin\nreport.bin\n");
    assert_eq!(names(&bench.ok(&["ls", "-1"])), ["other.bin", "report.bin"]);
    let long = bench.ok(&["ls", "-l"]);
    let row = long
        .lines()
        .find(|line| line.ends_with("report.bin"))
        .expect("the file is not listed");
    assert!(row.contains("20000"), "{row}");
    assert!(bench.ok(&["ls", "--raw"]).contains("report.bin"));
    let rows: Vec<Value> = bench
        .ok(&["--json", "ls"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1]["name"], "report.bin");
    assert_eq!(rows[1]["type"], "file");
    assert_eq!(rows[1]["size"], 20_000);

    let stat: Value = serde_json::from_str(&bench.ok(&["--json", "stat", "report.bin"])).unwrap();
    assert_eq!(stat["size"], 20_000);
    let modified = stat["modified"].as_i64().expect("a modification time");
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() as i64;
    assert!(
        (now - modified).abs() < 120,
        "modified at {modified}, now {now}"
    );

    // Fetched: under its own name, under another, and to standard output.
    fs::remove_file(bench.folder.join("report.bin")).unwrap();
    bench.ok(&["get", "report.bin"]);
    assert!(fs::read(bench.folder.join("report.bin")).unwrap() == bytes);
    bench.ok(&["get", "report.bin", "copy.bin"]);
    assert!(fs::read(bench.folder.join("copy.bin")).unwrap() == bytes);
    let outcome = bench.cli.run(&["get", "report.bin", "-"]).unwrap();
    assert!(outcome.code == Some(0) && outcome.output == bytes);

    // Overwritten, renamed, deleted.
    bench.local("report.bin", b"newer");
    bench.ok(&["put", "report.bin"]);
    assert_eq!(bench.remote("report.bin"), b"newer");
    bench.ok(&["mv", "report.bin", "archived.bin"]);
    assert_eq!(bench.remote_names(), ["archived.bin", "other.bin"]);
    bench.ok(&["rm", "archived.bin", "other.bin"]);
    assert_eq!(bench.remote_names(), [""; 0]);
}

fn folders(bench: &Bench) {
    bench.ok(&["mkdir", "inbox"]);
    assert!(bench.server.root().join("inbox").is_dir());
    bench.local("one", b"1");
    bench.local("two", b"22");
    bench.ok(&["put", "one", "two", "inbox/"]);
    assert_eq!(bench.remote("inbox/two"), b"22");
    let inbox = bench.ok(&["ls", "inbox"]);
    assert_eq!(inbox, "one\ntwo\n");
    assert_eq!(bench.ok(&["ls"]).trim_end_matches(['\n', '/']), "inbox");

    bench.ok(&["cd", "inbox"]);
    assert_eq!(bench.ok(&["pwd"]), "/inbox\n");
    bench.ok(&["get", "two", "two.back"]);
    assert_eq!(fs::read(bench.folder.join("two.back")).unwrap(), b"22");
    bench.ok(&["rm", "one", "two"]);
    bench.ok(&["cd", "/"]);
    bench.ok(&["rmdir", "inbox"]);
    assert!(!bench.server.root().join("inbox").exists());
}

fn session(bench: &Bench) {
    bench.ok(&["connect"]);
    let status = bench.ok(&["status"]);
    assert!(status.contains("plant"), "{status}");
    let settings = bench.ok(&["settings"]);
    assert!(settings.contains("gw17"), "{settings}");
    bench.ok(&["disconnect"]);
    let rows = bench.ok(&["--json", "transfers"]);
    let states: Vec<Value> = rows
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(states.len() >= 7, "{rows}");
    assert!(
        states.iter().all(|transfer| transfer["state"] == "done"),
        "{rows}"
    );
}

fn names(listing: &str) -> Vec<&str> {
    let mut names: Vec<&str> = listing
        .lines()
        .filter(|name| !matches!(*name, "." | ".."))
        .collect();
    names.sort_unstable();
    names
}
