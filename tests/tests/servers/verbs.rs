//! Every FTP command of the module, on every server, without TLS, with explicit and implicit TLS.

use crate::client::{Tls, connect, login, refusal, server, session};
use modem_ftp_tests::{FtpServer, Kind, Options, Security, on_servers, payload};
use std::fs;
use std::io::Cursor;

mod plain {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib,
    libunftp = Libunftp, hostile = Hostile => super::plain_verbs }
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
    if let Some(server) = server(kind, Options::default()) {
        every_verb(&server);
        wrong_password(&server);
    }
}

fn explicit_verbs(kind: Kind) {
    let options = Options {
        security: Security::Explicit,
        ..Options::default()
    };
    if let Some(server) = server(kind, options) {
        every_verb(&server);
        unprotected_is_refused(&server);
    }
}

fn implicit_verbs(kind: Kind) {
    let options = Options {
        security: Security::Implicit,
        ..Options::default()
    };
    if let Some(server) = server(kind, options) {
        every_verb(&server);
    }
}

fn every_verb(server: &FtpServer) {
    let mut ftp = session(server);
    assert_eq!(ftp.pwd().unwrap(), "/");

    // STOR and RETR, of an empty file too.
    for length in [0, 1, 100_000] {
        let bytes = payload(length);
        assert_eq!(
            ftp.put_file("data.bin", &mut Cursor::new(&bytes)).unwrap(),
            length as u64
        );
        assert!(
            fs::read(server.root().join("data.bin")).unwrap() == bytes,
            "{length} bytes stored"
        );
        assert!(
            ftp.retr_as_buffer("data.bin").unwrap().into_inner() == bytes,
            "{length} bytes back"
        );
        assert_eq!(ftp.size("data.bin").unwrap(), length);
    }
    ftp.mdtm("data.bin").unwrap();

    // Folders.
    ftp.mkdir("sub folder").unwrap();
    ftp.cwd("sub folder").unwrap();
    assert_eq!(ftp.pwd().unwrap(), "/sub folder");
    ftp.put_file("naïve, with blanks.txt", &mut Cursor::new(b"x"))
        .unwrap();
    ftp.cwd("/").unwrap();

    // Listings.
    let lines = ftp.list(None).unwrap();
    assert!(
        lines.iter().any(|line| line.ends_with(" data.bin")),
        "{lines:?}"
    );
    let names = ftp.nlst(Some("sub folder")).unwrap();
    assert!(
        names
            .iter()
            .any(|name| name.ends_with("naïve, with blanks.txt")),
        "{names:?}"
    );
    if server.kind().has_mlsd() {
        let facts = ftp.mlsd(None).unwrap();
        assert!(
            facts.iter().any(|fact| fact.ends_with("; data.bin")),
            "{facts:?}"
        );
    } else {
        let code = refusal(ftp.mlsd(None));
        assert!((500..=502).contains(&code), "MLSD answered {code}");
    }

    // Renaming, also to an existing name, and deleting.
    ftp.rename("data.bin", "final.bin").unwrap();
    ftp.put_file("data.part", &mut Cursor::new(b"newer"))
        .unwrap();
    ftp.rename("data.part", "final.bin").unwrap();
    assert_eq!(fs::read(server.root().join("final.bin")).unwrap(), b"newer");
    ftp.rm("final.bin").unwrap();
    assert_eq!(refusal(ftp.size("final.bin")), 550);
    assert_eq!(refusal(ftp.retr_as_buffer("final.bin")), 550);
    ftp.rm("sub folder/naïve, with blanks.txt").unwrap();
    ftp.rmdir("sub folder").unwrap();
    assert_eq!(fs::read_dir(server.root()).unwrap().count(), 0);
    ftp.quit().unwrap();
}

fn wrong_password(server: &FtpServer) {
    let mut ftp = connect(server, &Tls::trusting()).unwrap();
    assert_eq!(
        refusal(ftp.login(server.options().user.as_str(), "wrong")),
        530
    );
}

fn unprotected_is_refused(server: &FtpServer) {
    let mut ftp = suppaftp::FtpStream::connect(server.address()).unwrap();
    let options = server.options();
    let refused = ftp
        .login(options.user.as_str(), options.password.as_str())
        .is_err()
        || ftp.list(None).is_err();
    assert!(refused, "{:?} accepted a client without TLS", server.kind());
    assert!(login(server, &Tls::trusting()).is_ok());
}
