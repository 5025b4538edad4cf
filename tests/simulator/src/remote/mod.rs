//! The network side of the module's FTP client: the module's requests and the responses to them.
//! [`memory`] implements it with a server in memory, [`session`] with a real server over TCP and
//! TLS.

pub mod memory;
pub mod session;
mod tls;

use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, Instant};

pub use crate::secret::Secret;

/// Executes the module's requests.
pub trait Remote: Send {
    /// Starts a request. Its response is returned by [`Remote::poll`].
    fn request(&mut self, now: Instant, request: Request);

    /// The next response that is available at `now`.
    fn poll(&mut self, now: Instant) -> Option<Event>;

    /// When [`Remote::poll`] must be called next, if that is known. Responses at other times are
    /// announced by the wake-up function that the implementation was given.
    fn deadline(&self) -> Option<Instant>;
}

/// How a session is protected (`ssltype`, docs/module/at-ftp.md §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Plain FTP.
    None,
    /// FTPS with TLS from the first byte.
    Implicit,
    /// FTPS with AUTH TLS on the plain FTP port.
    Explicit,
}

/// What is verified in a TLS handshake (`seclevel`, docs/module/at-ssl.md §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verify {
    /// Nothing.
    None,
    /// The server's certificate.
    Server,
    /// The server's certificate; the client certificate is presented when the server requests it.
    Mutual,
}

/// The SSL context of a session, with its files read from the UFS.
#[derive(Clone)]
pub struct TlsSettings {
    /// Whether TLS 1.2 is allowed (`sslversion` 3 or 4); older versions are not implemented.
    pub version_allowed: bool,
    /// Cipher suite code of docs/module/at-ssl.md §3; 0xFFFF is all.
    pub suite: u16,
    /// What is verified.
    pub verify: Verify,
    /// PEM text of the trusted CA, if the file exists.
    pub ca: Option<Vec<u8>>,
    /// PEM text of the client certificate, if the file exists.
    pub certificate: Option<Vec<u8>>,
    /// PEM text of the client key, if the file exists.
    pub key: Option<Vec<u8>>,
    /// The module's clock in Unix seconds if validity dates are to be checked.
    pub clock: Option<u64>,
    /// Time limit of one handshake.
    pub handshake_timeout: Duration,
}

impl fmt::Debug for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "TlsSettings {{ suite: {:#06X}, verify: {:?} }}",
            self.suite, self.verify
        )
    }
}

/// The parameters of a login.
#[derive(Debug, Clone)]
pub struct Login {
    /// Host name or address.
    pub host: String,
    /// Control port.
    pub port: u16,
    /// User name.
    pub user: String,
    /// Password.
    pub password: Secret,
    /// Whether and how the session uses TLS.
    pub security: Security,
    /// The SSL context, if the session uses TLS.
    pub tls: Option<TlsSettings>,
    /// Passive (`transmode` 1) or active data connections.
    pub passive: bool,
    /// Connect to the control connection's address instead of the one in the server's PASV reply
    /// (`data_address` 1).
    pub control_address: bool,
    /// TYPE A instead of TYPE I (`filetype` 1).
    pub ascii: bool,
    /// TYPE is sent before each transfer instead of at the login; TYPE A before each listing.
    pub late_type: bool,
    /// `rsptimeout`.
    pub timeout: Duration,
}

/// An FTP command without a data connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FtpCommand {
    /// CWD
    ChangeDirectory(Vec<u8>),
    /// PWD
    PrintDirectory,
    /// SIZE
    Size(Vec<u8>),
    /// MDTM
    ModificationTime(Vec<u8>),
    /// DELE
    Delete(Vec<u8>),
    /// MKD
    MakeDirectory(Vec<u8>),
    /// RMD
    RemoveDirectory(Vec<u8>),
    /// RNFR and RNTO
    Rename(Vec<u8>, Vec<u8>),
}

/// An FTP command with a data connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataCommand {
    /// STOR, after REST if the offset is not 0.
    Store(Vec<u8>, u64),
    /// RETR, after REST if the offset is not 0.
    Retrieve(Vec<u8>, u64),
    /// LIST
    List(Vec<u8>),
    /// NLST
    Names(Vec<u8>),
    /// MLSD
    Machine(Vec<u8>),
}

/// A request of the module. At most one is unanswered at a time, except that [`Request::Send`] may
/// be repeated, and [`Request::End`] and [`Request::Drop`] may come at any time.
#[derive(Debug)]
pub enum Request {
    /// Connect and log in → [`Response::Opened`]. The number identifies the session.
    Open(u32, Box<Login>),
    /// → [`Response::Replied`]
    Command(FtpCommand),
    /// Open a data connection → [`Response::Started`].
    Transfer(DataCommand),
    /// Read the next piece of a download → [`Response::Data`], or [`Response::Ended`] at its end.
    Fetch,
    /// Send a piece of an upload → [`Response::Sent`], or [`Response::Ended`] if the server closed
    /// the data connection.
    Send(Vec<u8>),
    /// Close the data connection at any point of the transfer → [`Response::Ended`].
    End,
    /// QUIT → [`Response::Closed`]
    Close,
    /// Close all connections at once, without QUIT and without a response.
    Drop,
    /// Look up a name, independently of any session → [`Response::Resolved`].
    Resolve(String),
}

/// Why a request failed; the module translates it into an `<err>` code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The server's reply code.
    Reply(u16),
    /// The name has no address.
    Dns,
    /// The host cannot be reached.
    Network,
    /// The port is closed.
    Refused,
    /// No answer in time.
    Timeout,
    /// The control connection was closed.
    ControlClosed,
    /// The data connection could not be opened.
    DataOpen,
    /// The data connection was interrupted.
    DataClosed,
    /// The TLS handshake failed.
    Tls,
    /// The server's reply is not valid FTP.
    InvalidReply,
}

/// A response with its session.
#[derive(Debug)]
pub struct Event {
    /// The session to which it belongs; 0 for lookups.
    pub session: u32,
    /// The response.
    pub response: Response,
}

/// The responses to a [`Request`].
#[derive(Debug)]
pub enum Response {
    /// Result of the login.
    Opened(Result<(), Failure>),
    /// Result of a command: a path, a size or a time; empty for other commands.
    Replied(Result<Vec<u8>, Failure>),
    /// Result of opening the data connection.
    Started(Result<(), Failure>),
    /// Bytes of a download.
    Data(Vec<u8>),
    /// This many bytes of an upload have been sent to the server.
    Sent(usize),
    /// The data connection is closed; the server's result of the transfer.
    Ended(Result<(), Failure>),
    /// The session is closed; the server's answer to QUIT.
    Closed(Result<(), Failure>),
    /// The addresses of a name.
    Resolved(Result<Vec<IpAddr>, Failure>),
}
