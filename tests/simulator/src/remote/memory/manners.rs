//! What a server refuses, and other habits of servers in the field.

use super::super::{DataCommand, Failure, FtpCommand};
use super::{MemoryServer, tree};

/// SIZE before the first transfer of a file in a session, and after a listing: where the client sets
/// the type only for the transfer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LateType {
    /// The type is in force from the login on.
    #[default]
    Never,
    /// SIZE is refused with 550.
    Refuses,
    /// SIZE counts so many bytes more.
    Counts(usize),
}

impl LateType {
    /// How many bytes more SIZE counts.
    pub(super) fn surplus(self, typed: bool) -> Result<usize, Failure> {
        match self {
            Self::Refuses if !typed => Err(Failure::Reply(550)),
            Self::Counts(more) if !typed => Ok(more),
            _ => Ok(0),
        }
    }
}

/// A command that is refused.
#[derive(Debug)]
struct Refusal {
    verb: String,
    /// Only with this path.
    path: Option<Vec<u8>>,
    reply: u16,
}

/// The habits of a server.
#[derive(Debug, Default)]
pub(super) struct Manners {
    refusals: Vec<Refusal>,
    /// A file is taken away as soon as it was stored.
    pub(super) takes_files: bool,
    /// STOR makes an empty file before its data connection is opened.
    pub(super) stores_early: bool,
    pub(super) late_type: LateType,
    /// A listing by the path of a file is empty.
    lists_no_file: bool,
}

impl Manners {
    fn refusal(&self, verb: &str, path: &[u8]) -> Result<(), Failure> {
        let mut all = self.refusals.iter();
        let refusal = all.find(|it| {
            it.verb == verb && it.path.as_ref().is_none_or(|only| only.as_slice() == path)
        });
        refusal.map_or(Ok(()), |it| Err(Failure::Reply(it.reply)))
    }

    /// What becomes of a command; paths are absolute.
    pub(super) fn of_command(&self, command: &FtpCommand, cwd: &[u8]) -> Result<(), Failure> {
        let at = |path: &[u8]| tree::resolve(cwd, path);
        let (verb, path) = match command {
            FtpCommand::ChangeDirectory(path) => ("CWD", path),
            FtpCommand::PrintDirectory => return self.refusal("PWD", b""),
            FtpCommand::Size(path) => ("SIZE", path),
            FtpCommand::ModificationTime(path) => ("MDTM", path),
            FtpCommand::Delete(path) => ("DELE", path),
            FtpCommand::MakeDirectory(path) => ("MKD", path),
            FtpCommand::RemoveDirectory(path) => ("RMD", path),
            FtpCommand::Rename(from, to) => {
                self.refusal("RNFR", &at(from))?;
                return self.refusal("RNTO", &at(to));
            }
        };
        self.refusal(verb, &at(path))
    }

    /// The same for a command with a data connection.
    pub(super) fn of_data(&self, command: &DataCommand, cwd: &[u8]) -> Result<(), Failure> {
        let at = |path: &[u8]| tree::resolve(cwd, path);
        let (verb, path) = match command {
            DataCommand::Store(path, _) => ("STOR", path),
            DataCommand::Retrieve(path, _) => ("RETR", path),
            DataCommand::List(path) => ("LIST", path),
            DataCommand::Names(path) => ("NLST", path),
            DataCommand::Machine(path) => ("MLSD", path),
        };
        self.refusal(verb, &at(path))
    }

    /// What becomes of a login.
    pub(super) fn of_login(&self) -> Result<(), Failure> {
        self.refusal("PASS", b"")
    }
}

impl MemoryServer {
    /// From now on this command (`SIZE`, `STOR`, `PASS`, …) is refused with this reply.
    pub fn refuse(&self, verb: &str, reply: u16) {
        self.refuse_only(verb, None, reply);
    }

    /// The same with this path only.
    pub fn refuse_path(&self, verb: &str, path: &str, reply: u16) {
        self.refuse_only(verb, Some(path.as_bytes().to_vec()), reply);
    }

    fn refuse_only(&self, verb: &str, path: Option<Vec<u8>>, reply: u16) {
        let verb = verb.to_owned();
        let refusal = Refusal { verb, path, reply };
        self.state().manners.refusals.push(refusal);
    }

    /// Nothing is refused any more.
    pub fn refuse_nothing(&self) {
        self.state().manners.refusals.clear();
    }

    /// What a listing command answers with.
    pub(super) fn listing(
        &self,
        verb: &str,
        cwd: &[u8],
        path: &[u8],
        line: tree::Line,
    ) -> Option<Vec<u8>> {
        let state = self.state();
        if let Some((_, bytes)) = state.listings.iter().find(|(of, _)| *of == verb) {
            return Some(bytes.clone());
        }
        let path: &[u8] = if state.ignores_paths { b"." } else { path };
        let path = tree::resolve(cwd, path);
        if state.manners.lists_no_file && state.tree.get(&path).is_some() {
            return Some(Vec::new());
        }
        state.tree.listing(&path, line)
    }

    /// A file is taken away as soon as it was stored.
    pub fn set_takes_files(&self, takes: bool) {
        self.state().manners.takes_files = takes;
    }

    /// STOR makes an empty file before its data connection is opened, so that the file stays when
    /// that cannot be opened.
    pub fn set_stores_early(&self, early: bool) {
        self.state().manners.stores_early = early;
    }

    /// Listing commands with the path of a file bring nothing.
    pub fn set_lists_no_file(&self, lists_none: bool) {
        self.state().manners.lists_no_file = lists_none;
    }

    /// Sets what SIZE does before the type of a session is in force.
    pub fn set_late_type(&self, late: LateType) {
        self.state().manners.late_type = late;
    }
}
