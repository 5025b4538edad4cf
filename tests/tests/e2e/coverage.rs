//! Every FTP and FILE command of docs/at-commands.md is sent by some verb, and that table has every
//! command of the Quectel BG96 FTP AT Commands Manual V1.0.

use modem_ftp_tests::{Bench, Kind, Options, Security, payload};

const TABLE: &str = include_str!("../../../docs/at-commands.md");

/// The commands of the Quectel BG96 FTP AT Commands Manual V1.0, chapter 2.
const MANUAL: [&str; 18] = [
    "QFTPCFG",
    "QFTPOPEN",
    "QFTPCWD",
    "QFTPPWD",
    "QFTPPUT",
    "QFTPGET",
    "QFTPSIZE",
    "QFTPDEL",
    "QFTPMKDIR",
    "QFTPRMDIR",
    "QFTPLIST",
    "QFTPNLST",
    "QFTPMLSD",
    "QFTPMDTM",
    "QFTPRENAME",
    "QFTPLEN",
    "QFTPSTAT",
    "QFTPCLOSE",
];

/// The commands in the first column of the tables below the heading `section`.
fn named(section: &str) -> Vec<String> {
    let (_, rest) = TABLE.split_once(&format!("## {section}\n")).expect(section);
    let part = rest.split("\n## ").next().unwrap();
    let cells = part
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let commands = cells
        .flat_map(|cell| cell.split('`'))
        .filter_map(|text| text.strip_prefix("AT+"));
    commands.map(str::to_owned).collect()
}

#[test]
fn the_table_has_every_command_of_the_manual() {
    let named = named("FTP(S)");
    let missing: Vec<_> = MANUAL
        .iter()
        .filter(|name| !named.contains(&(**name).to_owned()))
        .collect();
    assert!(
        missing.is_empty(),
        "not in docs/at-commands.md: {missing:?}"
    );
}

#[test]
fn every_command_of_the_table_is_sent() {
    let options = Options {
        security: Security::Explicit,
        ..Options::default()
    };
    let Some(bench) = Bench::with(Kind::Libunftp, options) else {
        return;
    };
    bench.local("file", &payload(5000));
    bench.ok(&["connect"]);
    // With a late final URC there is time for AT+QFTPLEN, the progress of a transfer via UFS.
    bench.modem.control("fault late-urc=2500").unwrap();
    bench.ok(&["put", "--via", "ufs", "file"]);
    bench.modem.control("clear late-urc").unwrap();
    for verb in [
        &["get", "file", "back"][..],
        &["get", "--via", "ufs", "file", "back"],
        &[
            "get", "--via", "ufs", "--verify", "checksum", "file", "back",
        ],
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
        &["disconnect"],
    ] {
        bench.ok(verb);
    }
    let mut all = named("FTP(S)");
    all.extend(named("The module's files"));
    assert!(all.len() >= MANUAL.len() + 6, "{all:?}");
    let missing: Vec<_> = all
        .iter()
        .filter(|command| bench.modem.written(&format!("AT+{command}")).is_empty())
        .collect();
    assert!(missing.is_empty(), "never sent: {missing:?}");
}
