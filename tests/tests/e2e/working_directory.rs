//! The working directory belongs to who set it: a connection to the bus, or a login session of the
//! client. What is gone on the server fails, and no other file is touched.

use modem_ftp_dbus::proxies::ModemFtpProxy;
use modem_ftp_tests::{Bench, Error, Kind, Options, binary, connect, installed, need, on_servers};
use std::fs;
use std::process::{Command, Output};
use zbus::{Connection, Variant};

on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib,
libunftp = Libunftp => gone }

fn gone(kind: Kind) {
    let Some(bench) = Bench::with(kind, Options::default()) else {
        return;
    };
    bench.ok(&["mkdir", "readings"]);
    bench.local("victim", b"content");
    bench.ok(&["put", "victim"]);
    bench.ok(&["cd", "readings"]);
    bench.ok(&["put", "victim", "file"]);
    assert_eq!(bench.ok(&["ls"]), "file\n");
    assert_eq!(bench.ok(&["ls", "-1"]), "file\n");
    assert_eq!(bench.ok(&["pwd"]), "/readings\n");
    bench.ok(&["rm", "file"]);
    assert_eq!(bench.ok(&["ls"]), "");
    assert_eq!(bench.ok(&["ls", "-1"]), "");
    bench.ok(&["rmdir", "/readings"]);
    for new_login in [false, true] {
        if new_login {
            bench.ok(&["disconnect"]);
        }
        for verb in [
            &["rm", "victim"][..],
            &["stat", "victim"],
            &["mv", "victim", "other"],
            &["get", "victim", "back"],
            &["put", "victim"],
            &["mkdir", "folder"],
            &["ls"],
            &["ls", "-1"],
            &["ls", "--raw"],
            &["cd", "folder"],
        ] {
            bench.fails(verb, 6);
        }
    }
    let failure = bench.fails(&["rm", "victim"], 6);
    assert!(failure.contains("/readings/victim"), "{failure}");
    assert_eq!(bench.remote_names(), ["victim"]);
    assert_eq!(bench.remote("victim"), b"content");
    assert_eq!(bench.ok(&["pwd"]), "/readings\n");
    bench.ok(&["cd", "/"]);
    bench.ok(&["rm", "victim"]);
}

on_servers! { quoted_by_vsftpd = Vsftpd, quoted_by_proftpd = Proftpd, quoted_by_pure_ftpd = PureFtpd,
quoted_by_pyftpdlib = Pyftpdlib, quoted_by_libunftp = Libunftp => quoted }

/// A server may call a directory something that cannot be sent back to it.
fn quoted(kind: Kind) {
    let Some(bench) = Bench::with(kind, Options::default()) else {
        return;
    };
    let folder = bench.server.root().join("a\"b");
    let plain = fs::metadata(bench.server.root()).unwrap();
    fs::create_dir(&folder).unwrap();
    // The server's user owns it, as it owns the root.
    use std::os::unix::fs::MetadataExt as _;
    std::os::unix::fs::chown(&folder, Some(plain.uid()), Some(plain.gid())).unwrap();
    std::os::unix::fs::symlink("a\"b", bench.server.root().join("link")).unwrap();
    bench.local("file", b"content");
    let changed = bench.cli.run(&["cd", "link"]).unwrap();
    match changed.code {
        // The server resolves the link.
        Some(6) => {
            assert!(changed.errors.contains("cannot"), "{}", changed.errors);
            assert_eq!(bench.ok(&["pwd"]), "/\n");
            bench.ok(&["put", "file"]);
            assert_eq!(bench.remote("file"), b"content");
        }
        // It keeps the name by which it was asked.
        Some(0) => {
            assert_eq!(bench.ok(&["pwd"]), "/link\n");
            bench.ok(&["put", "file"]);
            assert_eq!(bench.remote("a\"b/file"), b"content");
        }
        other => panic!("{other:?}: {}", changed.errors),
    }
}

async fn front(connection: &Connection) -> zbus::Result<ModemFtpProxy<'_>> {
    let builder = ModemFtpProxy::builder(connection);
    let builder = builder.cache_properties(zbus::proxy::CacheProperties::No);
    builder.build().await
}

#[test]
fn connections_to_the_bus_do_not_share_it() {
    let bench = Bench::plain();
    for (folder, content) in [("a", "1"), ("b", "22")] {
        fs::create_dir(bench.server.root().join(folder)).unwrap();
        fs::write(bench.server.root().join(folder).join("x"), content).unwrap();
    }
    let (anna, bert) = (
        connect(bench.bus.address()).unwrap(),
        connect(bench.bus.address()).unwrap(),
    );
    zbus::block_on(async {
        let (anna, bert) = (front(&anna).await?, front(&bert).await?);
        anna.change_directory("", "a").await?;
        bert.change_directory("plant", "b").await?;
        assert_eq!(anna.working_directory("plant").await?, "/a");
        assert_eq!(bert.working_directory("").await?, "/b");
        for (front, size) in [(&anna, 1), (&bert, 2)] {
            let stat = front.stat("", "x").await?;
            assert_eq!(*stat["Size"], Variant::U64(size));
        }
        anna.disconnect().await?;
        assert_eq!(anna.working_directory("").await?, "/");
        assert_eq!(bert.working_directory("").await?, "/b");
        assert_eq!(bert.list_names("", "").await?, ["x"]);
        let refused = bert.change_directory("", "none").await;
        assert!(refused.is_err());
        assert_eq!(bert.working_directory("").await?, "/b");
        bert.delete("", "x").await?;
        Ok::<_, zbus::Error>(())
    })
    .unwrap();
    assert!(bench.server.root().join("a/x").exists());
    assert!(!bench.server.root().join("b/x").exists());
}

/// More connections of one user than may have one at the same time.
#[test]
fn a_closed_connection_takes_up_no_room() {
    let bench = Bench::plain();
    fs::create_dir(bench.server.root().join("a")).unwrap();
    let first = connect(bench.bus.address()).unwrap();
    let change = |connection: &Connection| {
        zbus::block_on(async { front(connection).await?.change_directory("", "/a").await })
    };
    change(&first).unwrap();
    for number in 0..210 {
        let connection = connect(bench.bus.address()).unwrap();
        change(&connection).unwrap_or_else(|error| panic!("{number}: {error}"));
    }
    let own = zbus::block_on(async { front(&first).await?.working_directory("").await });
    assert_eq!(own.unwrap(), "/a");
}

#[test]
fn login_sessions_do_not_share_it() {
    let setsid = installed("setsid").ok_or_else(|| Error::missing("the program setsid"));
    let Some(setsid) = need(setsid) else {
        return;
    };
    let bench = Bench::plain();
    fs::create_dir(bench.server.root().join("a")).unwrap();
    bench.local("file", b"content");
    let client = binary("modem-ftp").unwrap();
    // A job of cron or a second terminal: a session of its own, of the same user.
    let elsewhere = |script: &str| -> Output {
        let output = Command::new(&setsid)
            .args(["--wait", "sh", "-euc", script])
            .current_dir(bench.folder.path())
            .env("FTP", &client)
            .env("BUS", bench.bus.address())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        output
    };
    bench.ok(&["cd", "a"]);
    let pwd = elsewhere(r#""$FTP" --bus "$BUS" pwd"#);
    assert_eq!(pwd.stdout, b"/\n");
    elsewhere(r#""$FTP" --bus "$BUS" put file nightly"#);
    assert_eq!(bench.remote("nightly"), b"content");
    // Two verbs of one session do; the first does not change this one.
    let pwd = elsewhere(r#""$FTP" --bus "$BUS" cd / && "$FTP" --bus "$BUS" pwd"#);
    assert_eq!(pwd.stdout, b"/\n");
    assert_eq!(bench.ok(&["pwd"]), "/a\n");
    bench.ok(&["put", "file"]);
    assert_eq!(bench.remote("a/file"), b"content");
    // Nor does its login.
    bench.ok(&["disconnect"]);
    bench.ok(&["rm", "file"]);
    assert_eq!(bench.remote_names(), ["a", "nightly"]);
}
