//! Certificates and session reuse: which connections are accepted and which are refused.

use crate::client::{Tls, login, refusal, server};
use modem_ftp_tests::{Certificates, Kind, Options, Security, need, on_servers, payload};
use std::io::Cursor;

mod explicit {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib,
    libunftp = Libunftp => super::refused_by_the_client_explicit }
}

mod implicit {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pyftpdlib = Pyftpdlib => super::refused_by_the_client_implicit }
}

mod mutual {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pyftpdlib = Pyftpdlib, libunftp = Libunftp => super::mutual }
}

mod reuse {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd => super::reuse }
}

fn explicit() -> Options {
    Options {
        security: Security::Explicit,
        ..Options::default()
    }
}

fn refused_by_the_client_explicit(kind: Kind) {
    refused_by_the_client(kind, Security::Explicit);
}

fn refused_by_the_client_implicit(kind: Kind) {
    refused_by_the_client(kind, Security::Implicit);
}

/// The client refuses a certificate of an authority that is not trusted, and an expired one.
fn refused_by_the_client(kind: Kind, security: Security) {
    let Some(certificates) = need(Certificates::shared()) else {
        return;
    };
    let options = Options {
        security,
        ..Options::default()
    };
    let Some(good) = server(kind, options.clone()) else {
        return;
    };
    let Some(expired) = server(
        kind,
        Options {
            expired: true,
            ..options
        },
    ) else {
        return;
    };

    let ours = Tls::trusting();
    let stranger = Tls {
        authority: Some(certificates.stranger.clone()),
        ..Tls::trusting()
    };
    assert!(login(&good, &ours).is_ok());
    let error = login(&good, &stranger).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("UnknownIssuer"), "{error}");
    let error = login(&expired, &ours).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("xpired"), "{error}");
}

/// The server refuses a client without a certificate, and one with a certificate of another
/// authority.
fn mutual(kind: Kind) {
    let Some(certificates) = need(Certificates::shared()) else {
        return;
    };
    let options = Options {
        client_certificate: true,
        ..explicit()
    };
    let Some(server) = server(kind, options) else {
        return;
    };
    let nobody = Tls::trusting();
    let friend = Tls {
        client: Some(certificates.client.clone()),
        ..Tls::trusting()
    };
    let intruder = Tls {
        client: Some(certificates.intruder.clone()),
        ..Tls::trusting()
    };

    let mut ftp =
        login(&server, &friend).unwrap_or_else(|error| panic!("{error}\n{}", server.log()));
    let bytes = payload(3000);
    ftp.put_file("mutual", &mut Cursor::new(&bytes)).unwrap();
    assert!(ftp.retr_as_buffer("mutual").unwrap().into_inner() == bytes);
    for (who, stranger) in [("nobody", &nobody), ("an intruder", &intruder)] {
        let error = login(&server, stranger)
            .map(|_| ())
            .expect_err(who)
            .to_string()
            .to_lowercase();
        let refused = ["alert", "reset", "closed", "eof"]
            .iter()
            .any(|word| error.contains(word));
        assert!(refused, "{kind:?} refused {who} with {error}");
    }
    assert!(
        login(&server, &friend).is_ok(),
        "{kind:?} refuses the right certificate afterwards"
    );
}

/// A server that requires session reuse accepts data connections that resume the session and
/// refuses others; a server that does not require it accepts both.
fn reuse(kind: Kind) {
    let demanding = Options {
        session_reuse: true,
        ..explicit()
    };
    let (Some(demanding), Some(lenient)) = (server(kind, demanding), server(kind, explicit()))
    else {
        return;
    };
    let resumes = Tls::trusting();
    let forgets = Tls {
        resume: false,
        ..Tls::trusting()
    };
    for (server, tls) in [
        (&demanding, &resumes),
        (&lenient, &resumes),
        (&lenient, &forgets),
    ] {
        let mut ftp = login(server, tls).unwrap();
        // More data connections than a TLS 1.3 client would have session tickets for.
        for round in 0..12 {
            let bytes = payload(round * 100);
            ftp.put_file("reuse", &mut Cursor::new(&bytes)).unwrap();
            assert!(ftp.retr_as_buffer("reuse").unwrap().into_inner() == bytes);
        }
    }
    let mut ftp = login(&demanding, &forgets).unwrap();
    let expected = if kind == Kind::Vsftpd { 522 } else { 425 };
    assert_eq!(
        refusal(ftp.put_file("refused", &mut Cursor::new(b"x"))),
        expected
    );
}
