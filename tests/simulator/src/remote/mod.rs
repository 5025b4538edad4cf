//! The far side of the module's FTP client: what the module asks for and what it is told, as plain
//! values. [`memory`] answers from a server in memory, [`session`] from a real one over TCP and TLS.

pub mod memory;
pub mod session;
mod tls;

use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, Instant};

pub use crate::secret::Secret;

/// Something that carries out the module's requests.
pub trait Remote: Send {
    /// Takes a request. Its answer comes by [`Remote::poll`], never from within.
    fn request(&mut self, now: Instant, request: Request);

    /// The next answer that is there at `now`.
    fn poll(&mut self, now: Instant) -> Option<Event>;

    /// When [`Remote::poll`] will have something, if that is known; other answers announce themselves
    /// by whatever wake-up the implementation was given.
    fn deadline(&self) -> Option<Instant>;
}

/// How a session is protected (`ssltype`, docs/module/at-ftp.md §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Plain FTP.
    None,
    /// TLS from the first byte.
    Implicit,
    /// AUTH TLS on the ordinary port.
    Explicit,
}

/// What is verified in a handshake (`seclevel`, docs/module/at-ssl.md §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verify {
    /// Nothing.
    None,
    /// The server's certificate.
    Server,
    /// The server's certificate, and our own is presented when asked for.
    Mutual,
}

/// The SSL context of a session, its files read from the module's storage.
#[derive(Clone)]
pub struct TlsSettings {
    /// Whether TLS 1.2 is allowed (`sslversion` 3 or 4); nothing older is spoken here.
    pub version_allowed: bool,
    /// Suite code of docs/module/at-ssl.md §3; 0xFFFF is all.
    pub suite: u16,
    /// What is verified.
    pub verify: Verify,
    /// PEM text of the trusted authority, if the file was there.
    pub ca: Option<Vec<u8>>,
    /// PEM text of our certificate, if the file was there.
    pub certificate: Option<Vec<u8>>,
    /// PEM text of our key, if the file was there.
    pub key: Option<Vec<u8>>,
    /// The module's own clock in Unix seconds if validity dates are to be checked.
    pub clock: Option<u64>,
    /// Longest time of one handshake.
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

/// All a login needs.
#[derive(Debug, Clone)]
pub struct Login {
    /// Name or address.
    pub host: String,
    /// Control port.
    pub port: u16,
    /// Account.
    pub user: String,
    /// Its password.
    pub password: Secret,
    /// Kind of protection.
    pub security: Security,
    /// The SSL context, for the two protected kinds.
    pub tls: Option<TlsSettings>,
    /// Passive (`transmode` 1) or active data connections.
    pub passive: bool,
    /// Replace the address a server announces by that of the control connection (`data_address` 1).
    pub control_address: bool,
    /// TYPE A instead of TYPE I (`filetype` 1).
    pub ascii: bool,
    /// `rsptimeout`.
    pub timeout: Duration,
}

/// A command on the control connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
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

/// A command with a data connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transfer {
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

/// What the module asks for. At most one is unanswered, but [`Request::Send`] may be repeated, and
/// [`Request::End`], [`Request::Drop`] may come at any time.
#[derive(Debug)]
pub enum Request {
    /// Connect and log in → [`Answer::Opened`]. Numbers the session.
    Open(u32, Box<Login>),
    /// → [`Answer::Replied`]
    Command(Verb),
    /// Open a data connection → [`Answer::Started`].
    Transfer(Transfer),
    /// The next piece of a download → [`Answer::Data`], or [`Answer::Ended`] at its end.
    Fetch,
    /// A piece of an upload → [`Answer::Sent`], or [`Answer::Ended`] if the server gave up.
    Send(Vec<u8>),
    /// Close the data connection, whatever moved so far → [`Answer::Ended`].
    End,
    /// QUIT → [`Answer::Closed`]
    Close,
    /// Cut all connections now; nothing is answered.
    Drop,
    /// Look a name up, outside any session → [`Answer::Resolved`].
    Resolve(String),
}

/// Why something did not work, before the module turns it into a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The server's own reply code.
    Reply(u16),
    /// The name has no address.
    Dns,
    /// No way to the host.
    Network,
    /// Nobody listens on the port.
    Refused,
    /// No answer in time.
    Timeout,
    /// The control connection was closed.
    ControlClosed,
    /// The data connection could not be opened.
    DataOpen,
    /// The data connection broke.
    DataClosed,
    /// The TLS handshake failed.
    Tls,
    /// The server said something that is not FTP.
    Nonsense,
}

/// What the module is told.
#[derive(Debug)]
pub struct Event {
    /// The session it belongs to; 0 for lookups.
    pub session: u32,
    /// What happened.
    pub answer: Answer,
}

/// The answers to [`Request`].
#[derive(Debug)]
pub enum Answer {
    /// Logged in, or not.
    Opened(Result<(), Failure>),
    /// The text a command is about: a path, a size, a time; empty for the rest.
    Replied(Result<Vec<u8>, Failure>),
    /// The data connection is open, or not.
    Started(Result<(), Failure>),
    /// Bytes of a download.
    Data(Vec<u8>),
    /// So many bytes of an upload left for the server.
    Sent(usize),
    /// The data connection is closed and the server has said what it thinks of the transfer.
    Ended(Result<(), Failure>),
    /// The session is over.
    Closed(Result<(), Failure>),
    /// Addresses of a name.
    Resolved(Result<Vec<IpAddr>, Failure>),
}
