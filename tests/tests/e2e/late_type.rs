//! A module that sets the type only for a transfer: before, servers refuse SIZE, or count the bytes of the
//! ASCII type. What SIZE says then is not believed.

use modem_ftp_tests::{Bench, Kind, Options, on_servers};
use std::fs;

on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib,
libunftp = Libunftp => late_type }

fn late_type(kind: Kind) {
    let module = ["--fault", "late-type"];
    let Some(bench) = Bench::configured(kind, Options::default(), &module, |_| {}) else {
        return;
    };
    // Counted in ASCII type, each of its lines has one byte more.
    let lines = b"line\n".repeat(2_000);
    fs::write(bench.server.root().join("lines"), &lines).unwrap();
    let stat = bench.ok(&["stat", "lines"]);
    assert!(stat.contains("10000"), "{stat}");
    for _ in 0..2 {
        bench.ok(&["get", "lines", "back"]);
        assert!(fs::read(bench.folder.join("back")).unwrap() == lines);
        bench.ok(&["put", "back", "--to", "copy"]);
        assert!(bench.remote("copy") == lines);
        bench.ok(&["ls"]);
        let said = bench.fails(&["put", "--if-exists", "fail", "back", "--to", "copy"], 6);
        assert!(said.contains("is on the server already"), "{said}");
        bench.ok(&["disconnect"]);
    }
    assert_eq!(bench.remote_names(), ["copy", "lines"]);
}
