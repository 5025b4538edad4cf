//! An FTP server in memory, for virtual time: it answers every request after a settable latency,
//! never blocks, and can be told to fail.

mod connection;
mod manners;
mod tree;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Failure;
pub use connection::MemoryRemote;
pub use manners::LateType;
pub use tree::Tree;

/// The server; a test may inspect and change it while a module uses it. Clones share one server.
#[derive(Debug, Clone, Default)]
pub struct MemoryServer(Arc<Mutex<ServerState>>);

/// What the server does with a start position of an upload (REST before STOR).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StartPosition {
    /// It writes from there on, over what stands there.
    InPlace,
    /// It cuts the file there and writes on.
    #[default]
    Cuts,
    /// It appends to the file, wherever that ends.
    Appends,
    /// It makes the file anew, with zeros up to there.
    ZeroFills,
    /// It makes the file anew and begins at 0.
    Ignored,
    /// It answers REST with 502.
    Refused,
}

#[derive(Debug, Default)]
struct ServerState {
    accounts: Vec<(String, String)>,
    tree: Tree,
    latency: Duration,
    failures: VecDeque<Failure>,
    broken_data: Option<Failure>,
    frozen: bool,
    /// Bytes of a piece of a download, and the time that each piece of a transfer takes.
    trickle: Option<(usize, Duration)>,
    /// Host names under which no data connection can be opened.
    blocked: Vec<String>,
    logins: u32,
    start_position: StartPosition,
    sizes_of_folders: bool,
    /// Bytes of the next listings of each kind, whatever there is.
    listings: Vec<(&'static str, Vec<u8>)>,
    ignores_paths: bool,
    modified: Option<String>,
    uploaded: u64,
    downloaded: u64,
    manners: manners::Manners,
}

impl MemoryServer {
    /// A server with one account and an empty root folder.
    pub fn new(user: &str, password: &str) -> Self {
        let server = Self::default();
        server
            .state()
            .accounts
            .push((user.to_owned(), password.to_owned()));
        server
    }

    fn state(&self) -> MutexGuard<'_, ServerState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Delays every response by this time.
    pub fn set_latency(&self, latency: Duration) {
        self.state().latency = latency;
    }

    /// A frozen server sends no responses.
    pub fn set_frozen(&self, frozen: bool) {
        self.state().frozen = frozen;
    }

    /// Downloads and listings come in pieces of this size. Each, and each piece of an upload, takes this
    /// time.
    pub fn set_trickle(&self, piece: usize, time: Duration) {
        self.state().trickle = Some((piece, time));
    }

    /// Makes the next login, command, start or end of a transfer fail; several calls are queued.
    pub fn fail_next(&self, failure: Failure) {
        self.state().failures.push_back(failure);
    }

    /// Makes the next piece of an upload or download end the transfer with this failure.
    pub fn break_data(&self, failure: Failure) {
        self.state().broken_data = Some(failure);
    }

    /// No data connection can be opened by sessions with this host name.
    pub fn block_data(&self, host: &str) {
        self.state().blocked.push(host.to_owned());
    }

    /// Sets what the server does with a start position of an upload.
    pub fn set_start_position(&self, start: StartPosition) {
        self.state().start_position = start;
    }

    /// SIZE answers for folders, too, as that of some servers does.
    pub fn set_sizes_of_folders(&self, answers: bool) {
        self.state().sizes_of_folders = answers;
    }

    /// LIST, NLST and MLSD list the working directory, whatever path they have.
    pub fn set_ignores_paths(&self, ignores: bool) {
        self.state().ignores_paths = ignores;
    }

    /// From now on `verb` (LIST, NLST or MLSD) answers with these bytes, in every directory.
    pub fn set_listing(&self, verb: &'static str, bytes: &[u8]) {
        let mut state = self.state();
        state.listings.retain(|(other, _)| *other != verb);
        state.listings.push((verb, bytes.to_vec()));
    }

    /// Sets the modification time of every file (YYYYMMDDhhmmss).
    pub fn set_modified(&self, time: &str) {
        self.state().modified = Some(time.to_owned());
    }

    /// Bytes of all uploads so far, whatever became of them.
    pub fn uploaded(&self) -> u64 {
        self.state().uploaded
    }

    /// Bytes of all downloads and listings so far.
    pub fn downloaded(&self) -> u64 {
        self.state().downloaded
    }

    /// Creates or replaces a file, and the folders above it.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        self.state().tree.put(path.as_bytes(), bytes);
    }

    /// The content of a file.
    pub fn get(&self, path: &str) -> Option<Vec<u8>> {
        self.state().tree.get(path.as_bytes()).cloned()
    }

    /// All paths; folders end with a slash.
    pub fn paths(&self) -> Vec<String> {
        self.state().tree.paths()
    }

    /// The number of successful logins.
    pub fn logins(&self) -> u32 {
        self.state().logins
    }

    /// A connection for one module.
    pub fn connect(&self) -> MemoryRemote {
        MemoryRemote::new(self.clone())
    }
}
