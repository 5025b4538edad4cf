//! A disk that fills up behind a server: what it answers, and that what it kept is short.

use crate::client::{payload, refusal, server, session};
use modem_ftp_tests::{Kind, Options, on_servers};
use std::fs;
use std::io::Cursor;

on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib => full_disk }

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
    // A server may close the data connection before the client has sent everything.
    if !matches!(answer, Err(suppaftp::FtpError::ConnectionError(_))) {
        let code = refusal(answer);
        let expected = [426, 451, 452, 552];
        assert!(expected.contains(&code), "{kind:?} answered {code}");
    }
    let kept = fs::metadata(server.root().join("large")).map_or(0, |file| file.len());
    assert!(kept < large.len() as u64, "{kind:?} kept all of it");
}
