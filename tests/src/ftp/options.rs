//! Which server, and its options.

use std::path::PathBuf;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// vsftpd 3: no MLSD; requires TLS session reuse by default.
    Vsftpd,
    /// ProFTPD 1.3 with mod_tls.
    Proftpd,
    /// Pure-FTPd 1.0.
    PureFtpd,
    /// pyftpdlib 2 with pyOpenSSL.
    Pyftpdlib,
    /// libunftp, inside this process.
    Libunftp,
    /// Not a real server: it answers as the test says, [`crate::hostile`], inside this process.
    Hostile,
}

impl Kind {
    /// All real ones.
    pub const ALL: [Self; 5] = [
        Self::Vsftpd,
        Self::Proftpd,
        Self::PureFtpd,
        Self::Pyftpdlib,
        Self::Libunftp,
    ];

    /// Whether it supports MLSD.
    #[must_use]
    pub fn has_mlsd(self) -> bool {
        self != Self::Vsftpd
    }

    /// Whether it supports implicit TLS (from the first byte).
    #[must_use]
    pub fn has_implicit_tls(self) -> bool {
        matches!(self, Self::Vsftpd | Self::Proftpd | Self::Pyftpdlib)
    }

    /// Whether it can require that data connections resume the TLS session of the control
    /// connection.
    #[must_use]
    pub fn can_require_session_reuse(self) -> bool {
        matches!(self, Self::Vsftpd | Self::Proftpd)
    }
}

/// How the connections are protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// Plain FTP.
    #[default]
    None,
    /// AUTH TLS on the plain port; both channels must be protected.
    Explicit,
    /// TLS from the first byte.
    Implicit,
}

/// The options of a server. The default is plain FTP with one account.
#[derive(Clone, Debug)]
pub struct Options {
    /// How the connections are protected.
    pub security: Security,
    /// Whether data connections must resume the TLS session of the control connection.
    pub session_reuse: bool,
    /// Whether the client must present a certificate of the trusted authority.
    pub client_certificate: bool,
    /// Whether the server presents the expired certificate.
    pub expired: bool,
    /// The account's name.
    pub user: String,
    /// The account's password.
    pub password: String,
    /// Whether the account may only read.
    pub read_only: bool,
    /// Whether RNTO to a name that exists is refused; only pyftpdlib can do that.
    pub never_replace: bool,
    /// The size in bytes of a disk mounted at the root folder, if there is to be one.
    pub disk: Option<u64>,
    /// Its port on 127.0.0.1; a free one if `None`.
    pub port: Option<u16>,
    /// The folder to serve; a temporary one if `None`.
    pub root: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            security: Security::None,
            session_reuse: false,
            client_certificate: false,
            expired: false,
            user: "gw17".to_owned(),
            password: "s3cret-Pa55".to_owned(),
            read_only: false,
            never_replace: false,
            disk: None,
            port: None,
            root: None,
        }
    }
}

/// Makes a test of the function `$body` for each of the named servers, [`crate::Kind`]:
/// `on_servers! { vsftpd = Vsftpd, proftpd = Proftpd => round_trip }`.
#[macro_export]
macro_rules! on_servers {
    ($($name:ident = $kind:ident),* $(,)? => $body:path) => {
        $(#[test]
        fn $name() {
            $body($crate::Kind::$kind);
        })*
    };
}
