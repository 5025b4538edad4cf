//! Which server, and what a test may want of it.

use std::path::PathBuf;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// vsftpd 3: no MLSD; TLS session reuse required unless told otherwise.
    Vsftpd,
    /// ProFTPD 1.3 with mod_tls.
    Proftpd,
    /// Pure-FTPd 1.0.
    PureFtpd,
    /// pyftpdlib 2 with pyOpenSSL.
    Pyftpdlib,
    /// libunftp, inside this process.
    Libunftp,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Vsftpd,
        Self::Proftpd,
        Self::PureFtpd,
        Self::Pyftpdlib,
        Self::Libunftp,
    ];

    /// Whether it knows MLSD.
    #[must_use]
    pub fn has_mlsd(self) -> bool {
        self != Self::Vsftpd
    }

    /// Whether it can speak TLS from the first byte.
    #[must_use]
    pub fn has_implicit_tls(self) -> bool {
        matches!(self, Self::Vsftpd | Self::Proftpd | Self::Pyftpdlib)
    }

    /// Whether it can demand that data connections resume the control connection's TLS session.
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
    /// AUTH TLS on the plain port, and both channels must be protected.
    Explicit,
    /// TLS from the first byte.
    Implicit,
}

/// What a test may want of its server. The default is a plain server with one account.
#[derive(Clone, Debug)]
pub struct Options {
    /// How the connections are protected.
    pub security: Security,
    /// Whether data connections must resume the control connection's TLS session.
    pub session_reuse: bool,
    /// Whether the client must show a certificate of our authority.
    pub client_certificate: bool,
    /// Whether the server shows the certificate that is over.
    pub expired: bool,
    /// The account's name.
    pub user: String,
    /// The account's password.
    pub password: String,
    /// Whether the account may only read.
    pub read_only: bool,
    /// The size of the disk behind the root folder in bytes, if it is to fill up.
    pub disk: Option<u64>,
    /// Its port on 127.0.0.1, if any will not do.
    pub port: Option<u16>,
    /// The folder to serve, if not a temporary one.
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
            disk: None,
            port: None,
            root: None,
        }
    }
}
