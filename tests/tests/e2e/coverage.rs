//! Every FTP command of the manual is really sent by some verb.

use crate::bench::{Bench, payload};

/// The eighteen of the manual's chapter 2, each with the verb that sends it here.
const COMMANDS: [(&str, &str); 18] = [
    ("QFTPCFG", "connect"),
    ("QFTPOPEN", "connect"),
    ("QFTPCWD", "cd"),
    ("QFTPPWD", "pwd"),
    ("QFTPPUT", "put"),
    ("QFTPGET", "get"),
    ("QFTPSIZE", "stat"),
    ("QFTPDEL", "rm"),
    ("QFTPMKDIR", "mkdir"),
    ("QFTPRMDIR", "rmdir"),
    ("QFTPLIST", "ls --raw"),
    ("QFTPNLST", "ls -1"),
    ("QFTPMLSD", "ls"),
    ("QFTPMDTM", "stat"),
    ("QFTPRENAME", "mv"),
    ("QFTPLEN", "put --via ufs"),
    ("QFTPSTAT", "connect"),
    ("QFTPCLOSE", "disconnect"),
];

#[test]
fn every_command_of_the_manual_is_sent() {
    let bench = Bench::plain();
    bench.local("file", &payload(5000));
    bench.ok(&["connect"]);
    // A late result leaves the time to ask how far a transfer through the module's files is.
    bench.modem.control("fault late-urc=2500").unwrap();
    bench.ok(&["put", "--via", "ufs", "file"]);
    bench.modem.control("clear late-urc").unwrap();
    for verb in [
        &["get", "file", "back"][..],
        &["stat", "file"],
        &["mkdir", "folder"],
        &["cd", "folder"],
        &["pwd"],
        &["cd", "/"],
        &["rmdir", "folder"],
        &["ls"],
        &["ls", "-1"],
        &["ls", "--raw"],
        &["mv", "file", "other"],
        &["rm", "other"],
        &["status"],
        &["disconnect"],
    ] {
        bench.ok(verb);
    }
    let missing: Vec<_> = COMMANDS
        .iter()
        .filter(|(command, _)| bench.modem.written(&format!("AT+{command}")).is_empty())
        .collect();
    assert!(missing.is_empty(), "never sent: {missing:?}");
}
