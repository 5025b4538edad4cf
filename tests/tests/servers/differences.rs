//! The differences between the five servers.

use crate::client::{refusal, server, session};
use modem_ftp_tests::{FtpServer, Kind, Options, on_servers, payload};
use std::fs;
use std::io::Cursor;
use std::time::Duration;
use suppaftp::Status;

/// What REST and STOR do with a file that is longer than the end of the new bytes.
#[derive(Debug, PartialEq)]
enum Restart {
    /// The rest of the old file is kept.
    InPlace,
    /// The file is truncated after the new bytes.
    Truncates,
}

on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib,
libunftp = Libunftp, hostile = Hostile => differ }

mod full {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib
    => super::full_disk }
}

fn differ(kind: Kind) {
    let Some(server) = server(kind, Options::default()) else {
        return;
    };
    let restart = match kind {
        Kind::Vsftpd | Kind::Proftpd | Kind::Pyftpdlib => Restart::InPlace,
        Kind::PureFtpd | Kind::Libunftp | Kind::Hostile => Restart::Truncates,
    };
    assert_eq!(restarted_store(&server), restart);
    restarted_fetch(&server);
    append(&server);
    active_mode(&server);
    names_of_a_folder(&server);
    read_only(kind);
}

fn restarted_store(server: &FtpServer) -> Restart {
    let mut ftp = session(server);
    ftp.put_file("restart", &mut Cursor::new(b"0123456789"))
        .unwrap();
    ftp.resume_transfer(2).unwrap();
    ftp.put_file("restart", &mut Cursor::new(b"xyz")).unwrap();
    match fs::read(server.root().join("restart")).unwrap().as_slice() {
        b"01xyz56789" => Restart::InPlace,
        b"01xyz" => Restart::Truncates,
        other => panic!(
            "{:?} stored {:?}",
            server.kind(),
            String::from_utf8_lossy(other)
        ),
    }
}

fn restarted_fetch(server: &FtpServer) {
    let mut ftp = session(server);
    ftp.put_file("fetch", &mut Cursor::new(b"0123456789"))
        .unwrap();
    ftp.resume_transfer(7).unwrap();
    assert_eq!(ftp.retr_as_buffer("fetch").unwrap().into_inner(), b"789");
}

fn append(server: &FtpServer) {
    let mut ftp = session(server);
    ftp.put_file("append", &mut Cursor::new(b"one")).unwrap();
    ftp.append_file("append", &mut Cursor::new(b"two")).unwrap();
    assert_eq!(fs::read(server.root().join("append")).unwrap(), b"onetwo");
}

/// Active mode; in libunftp it is off by default.
fn active_mode(server: &FtpServer) {
    let mut ftp = session(server).active_mode(Duration::from_secs(10));
    let bytes = payload(5000);
    let stored = ftp.put_file("active", &mut Cursor::new(&bytes));
    if server.kind() == Kind::Libunftp {
        assert_eq!(refusal(stored), 502);
    } else {
        assert_eq!(stored.unwrap(), 5000);
        assert!(ftp.retr_as_buffer("active").unwrap().into_inner() == bytes);
    }
}

/// NLST: some servers prefix the folder, pure-ftpd also lists `.` and `..`.
fn names_of_a_folder(server: &FtpServer) {
    let mut ftp = session(server);
    ftp.mkdir("names").unwrap();
    ftp.put_file("names/one", &mut Cursor::new(b"1")).unwrap();
    let mut names = ftp.nlst(Some("names")).unwrap();
    names.sort();
    let expected: &[&str] = match server.kind() {
        Kind::Vsftpd | Kind::Proftpd => &["names/one"],
        Kind::PureFtpd => &["names/.", "names/..", "names/one"],
        Kind::Pyftpdlib | Kind::Libunftp | Kind::Hostile => &["one"],
    };
    assert_eq!(names, expected);

    let missing = ftp.nlst(Some("nowhere"));
    match server.kind() {
        Kind::Vsftpd => assert_eq!(missing.unwrap(), [""; 0]),
        _ => assert!((450..=550).contains(&refusal(missing))),
    }
}

fn read_only(kind: Kind) {
    if matches!(kind, Kind::Libunftp | Kind::Hostile) {
        return; // their storage has no permissions
    }
    let options = Options {
        read_only: true,
        ..Options::default()
    };
    let Some(server) = server(kind, options) else {
        return;
    };
    let mut ftp = session(&server);
    let code = refusal(ftp.put_file("refused", &mut Cursor::new(b"x")));
    assert!(code == 550 || code == 553, "{kind:?} answered {code}");
    assert!(ftp.list(None).is_ok());
    assert_eq!(fs::read_dir(server.root()).unwrap().count(), 0);
    ftp.custom_command("NOOP", &[Status::CommandOk]).unwrap();
}

/// A disk that is full: the reply codes, and the incomplete file that stays.
fn full_disk(kind: Kind) {
    let options = Options {
        disk: Some(256 * 1024),
        ..Options::default()
    };
    let Some(server) = server(kind, options) else {
        return;
    };
    let mut ftp = session(&server);
    let small = payload(1000);
    ftp.put_file("small", &mut Cursor::new(&small)).unwrap();
    assert!(fs::read(server.root().join("small")).unwrap() == small);

    let large = payload(1024 * 1024);
    let answer = ftp.put_file("large", &mut Cursor::new(&large));
    // A server may close the data connection before the client has sent all.
    if !matches!(answer, Err(suppaftp::FtpError::ConnectionError(_))) {
        let code = refusal(answer);
        let expected = [426, 451, 452, 552];
        assert!(expected.contains(&code), "{kind:?} answered {code}");
    }
    let kept = fs::metadata(server.root().join("large")).map_or(0, |file| file.len());
    assert!(kept < large.len() as u64, "{kind:?} kept all of it");
}
