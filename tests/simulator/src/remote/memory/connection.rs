//! A module's connection to a [`MemoryServer`]: the session, its working directory and its data
//! connection.

mod payload;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::super::{DataCommand, Event, Failure, FtpCommand, Remote, Request, Response};
use super::{LateType, MemoryServer, StartPosition, tree};

/// Bytes of one piece of a download.
const PIECE: usize = 4096;

/// An open data connection.
#[derive(Debug)]
enum DataConnection {
    Up { path: Vec<u8>, offset: usize },
    Down { bytes: Vec<u8>, sent: usize },
}

/// The module's end of a [`MemoryServer`].
#[derive(Debug)]
pub struct MemoryRemote {
    server: MemoryServer,
    session: u32,
    host: String,
    cwd: Vec<u8>,
    data: Option<DataConnection>,
    /// Whether a file was transferred since the login or the last listing.
    typed: bool,
    /// Whether the client sets it for each transfer.
    late_type: bool,
    responses: VecDeque<(Instant, Event)>,
}

impl MemoryRemote {
    pub(super) fn new(server: MemoryServer) -> Self {
        Self {
            server,
            session: 0,
            host: String::new(),
            cwd: b"/".to_vec(),
            data: None,
            typed: false,
            late_type: false,
            responses: VecDeque::new(),
        }
    }

    fn respond(&mut self, now: Instant, response: Response) {
        let state = self.server.state();
        if state.frozen {
            return;
        }
        let slow = match (&response, state.trickle) {
            (Response::Data(_) | Response::Sent(_), Some((_, time))) => time,
            _ => Duration::ZERO,
        };
        let due = now + state.latency + slow;
        drop(state);
        self.responses.push_back((
            due,
            Event {
                session: self.session,
                response,
            },
        ));
    }

    fn is_blocked(&self) -> bool {
        self.server.state().blocked.contains(&self.host)
    }

    fn next_failure(&self) -> Option<Failure> {
        self.server.state().failures.pop_front()
    }

    fn command(&mut self, command: &FtpCommand) -> Result<Vec<u8>, Failure> {
        let mut state = self.server.state();
        state.manners.of_command(command, &self.cwd)?;
        let late_type = match state.manners.late_type {
            LateType::Never if self.late_type => LateType::Refuses,
            late_type => late_type,
        };
        let surplus = late_type.surplus(self.typed);
        let (sizes_of_folders, modified) = (state.sizes_of_folders, state.modified.clone());
        let tree = &mut state.tree;
        let at = |path: &[u8]| tree::resolve(&self.cwd, path);
        let missing = Failure::Reply(550);
        match command {
            FtpCommand::ChangeDirectory(path) => {
                let path = at(path);
                if !tree.is_folder(&path) {
                    return Err(missing);
                }
                drop(state);
                self.cwd = path;
                Ok(Vec::new())
            }
            FtpCommand::PrintDirectory => Ok(self.cwd.clone()),
            FtpCommand::Size(path) => {
                let (path, more) = (at(path), surplus?);
                let size = tree.get(&path).map(Vec::len);
                let size = size.or((sizes_of_folders && tree.is_folder(&path)).then_some(4096));
                size.map(|size| (size + more).to_string().into_bytes())
                    .ok_or(missing)
            }
            FtpCommand::ModificationTime(path) => tree
                .get(&at(path))
                .map(|_| modified.map_or_else(|| tree::MODIFIED.into(), String::into_bytes))
                .ok_or(missing),
            FtpCommand::Delete(path) => tree.delete(&at(path)).then(Vec::new).ok_or(missing),
            FtpCommand::MakeDirectory(path) => {
                tree.make_folder(&at(path)).then(Vec::new).ok_or(missing)
            }
            FtpCommand::RemoveDirectory(path) => {
                tree.remove_folder(&at(path)).then(Vec::new).ok_or(missing)
            }
            FtpCommand::Rename(from, to) => tree
                .rename(&at(from), &at(to))
                .then(Vec::new)
                .ok_or(missing),
        }
    }

    fn open_data(&mut self, command: &DataCommand) -> Result<(), Failure> {
        self.server.state().manners.of_data(command, &self.cwd)?;
        let listing = match command {
            DataCommand::List(path) => Some(("LIST", path, tree::long_line as tree::Line)),
            DataCommand::Names(path) => Some(("NLST", path, tree::name_line as tree::Line)),
            DataCommand::Machine(path) => Some(("MLSD", path, tree::fact_line as tree::Line)),
            DataCommand::Store(..) | DataCommand::Retrieve(..) => None,
        };
        if let Some((verb, path, line)) = listing {
            let bytes = self
                .server
                .listing(verb, &self.cwd, path, line)
                .ok_or(Failure::Reply(550))?;
            self.typed = false;
            self.data = Some(DataConnection::Down { bytes, sent: 0 });
            return Ok(());
        }
        let mut state = self.server.state();
        let start = state.start_position;
        let tree = &mut state.tree;
        let at = |path: &[u8]| tree::resolve(&self.cwd, path);
        let missing = Failure::Reply(550);
        let refused = |offset: u64| offset > 0 && start == StartPosition::Refused;
        let index = |offset: u64| usize::try_from(offset).map_err(|_| Failure::Reply(501));
        let data = match command {
            DataCommand::Store(_, offset) | DataCommand::Retrieve(_, offset)
                if refused(*offset) =>
            {
                return Err(Failure::Reply(502));
            }
            DataCommand::Store(path, offset) => {
                let path = at(path);
                let offset = tree.open_for_writing(&path, index(*offset)?, start);
                let offset = offset.ok_or(Failure::Reply(553))?;
                DataConnection::Up { path, offset }
            }
            DataCommand::Retrieve(path, offset) => {
                let bytes = tree
                    .get(&at(path))
                    .and_then(|bytes| bytes.get(index(*offset).ok()?..));
                DataConnection::Down {
                    bytes: bytes.ok_or(missing)?.to_vec(),
                    sent: 0,
                }
            }
            DataCommand::List(_) | DataCommand::Names(_) | DataCommand::Machine(_) => {
                return Err(Failure::Reply(502));
            }
        };
        drop(state);
        self.typed = true;
        self.data = Some(data);
        Ok(())
    }
}

impl Remote for MemoryRemote {
    fn request(&mut self, now: Instant, request: Request) {
        let response = match request {
            Request::Open(session, login) => {
                self.session = session;
                self.host.clone_from(&login.host);
                self.cwd = b"/".to_vec();
                self.data = None;
                self.typed = false;
                self.late_type = login.late_type;
                let mut state = self.server.state();
                let known = state
                    .accounts
                    .contains(&(login.user.clone(), login.password.reveal().to_owned()));
                let failure = state.failures.pop_front();
                let result = match failure.or(state.manners.of_login().err()) {
                    Some(failure) => Err(failure),
                    None if login.host.ends_with(".invalid") => Err(Failure::Dns),
                    None if !known => Err(Failure::Reply(530)),
                    None => {
                        state.logins += 1;
                        Ok(())
                    }
                };
                drop(state);
                Response::Opened(result)
            }
            Request::Command(command) => Response::Replied(match self.next_failure() {
                Some(failure) => Err(failure),
                None => self.command(&command),
            }),
            Request::Transfer(command) => Response::Started(match self.next_failure() {
                Some(failure) => Err(failure),
                None if self.is_blocked() => {
                    if self.server.state().manners.stores_early {
                        // Whatever it fails with, the file is made.
                        let _ = self.open_data(&command);
                        self.data = None;
                    }
                    Err(Failure::DataOpen)
                }
                None => self.open_data(&command),
            }),
            Request::Fetch => self.fetch(),
            Request::Send(bytes) => self.store(&bytes),
            Request::End => {
                self.responses
                    .retain(|(_, event)| !matches!(event.response, Response::Data(_)));
                if let Some(DataConnection::Up { path, .. }) = self.data.take() {
                    let mut state = self.server.state();
                    if state.manners.takes_files {
                        state.tree.delete(&path);
                    }
                }
                Response::Ended(self.next_failure().map_or(Ok(()), Err))
            }
            Request::Close => Response::Closed(Ok(())),
            Request::Drop => {
                self.responses.clear();
                self.data = None;
                return;
            }
            Request::Resolve(host) => {
                let result = if host.ends_with(".invalid") {
                    Err(Failure::Dns)
                } else {
                    Ok(vec![[192, 0, 2, 1].into()])
                };
                let due = now + self.server.state().latency;
                self.responses.push_back((
                    due,
                    Event {
                        session: 0,
                        response: Response::Resolved(result),
                    },
                ));
                return;
            }
        };
        self.respond(now, response);
    }

    fn poll(&mut self, now: Instant) -> Option<Event> {
        self.responses.front().filter(|(due, _)| *due <= now)?;
        self.responses.pop_front().map(|(_, event)| event)
    }

    fn deadline(&self) -> Option<Instant> {
        self.responses.front().map(|(due, _)| *due)
    }
}
