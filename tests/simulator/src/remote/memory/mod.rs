//! An FTP server in memory, for virtual time: it answers every request after a settable latency,
//! never blocks, and can be scripted to fail.

mod tree;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Answer, Event, Failure, Remote, Request, Transfer, Verb};
pub use tree::Tree;

/// Bytes of one piece of a download.
const PIECE: usize = 4096;

/// What a test may look at and change while a module uses the server.
#[derive(Debug, Clone, Default)]
pub struct MemoryServer(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    accounts: Vec<(String, String)>,
    tree: Tree,
    latency: Duration,
    script: VecDeque<Failure>,
    frozen: bool,
    logins: u32,
}

impl MemoryServer {
    /// A server that knows one account and has an empty root.
    pub fn new(user: &str, password: &str) -> Self {
        let server = Self::default();
        server
            .state()
            .accounts
            .push((user.to_owned(), password.to_owned()));
        server
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every answer comes this much later.
    pub fn set_latency(&self, latency: Duration) {
        self.state().latency = latency;
    }

    /// A frozen server answers nothing.
    pub fn set_frozen(&self, frozen: bool) {
        self.state().frozen = frozen;
    }

    /// The next login, command or transfer fails like this; may be queued.
    pub fn fail_next(&self, failure: Failure) {
        self.state().script.push_back(failure);
    }

    /// Puts a file, with the folders above it.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        self.state().tree.put(path.as_bytes(), bytes);
    }

    /// The content of a file.
    pub fn get(&self, path: &str) -> Option<Vec<u8>> {
        self.state().tree.get(path.as_bytes()).cloned()
    }

    /// All paths, folders with a slash at the end.
    pub fn paths(&self) -> Vec<String> {
        self.state().tree.paths()
    }

    /// How many logins succeeded.
    pub fn logins(&self) -> u32 {
        self.state().logins
    }

    /// A connection for one module.
    pub fn connect(&self) -> MemoryRemote {
        MemoryRemote {
            server: self.clone(),
            session: 0,
            cwd: b"/".to_vec(),
            moving: None,
            answers: VecDeque::new(),
        }
    }
}

#[derive(Debug)]
enum Moving {
    Up { path: Vec<u8>, offset: usize },
    Down { bytes: Vec<u8>, sent: usize },
}

/// The module's end of a [`MemoryServer`].
#[derive(Debug)]
pub struct MemoryRemote {
    server: MemoryServer,
    session: u32,
    cwd: Vec<u8>,
    moving: Option<Moving>,
    answers: VecDeque<(Instant, Event)>,
}

impl MemoryRemote {
    fn answer(&mut self, now: Instant, answer: Answer) {
        let state = self.server.state();
        if state.frozen {
            return;
        }
        let due = now + state.latency;
        drop(state);
        self.answers.push_back((
            due,
            Event {
                session: self.session,
                answer,
            },
        ));
    }

    fn scripted(&self) -> Option<Failure> {
        self.server.state().script.pop_front()
    }

    fn verb(&mut self, verb: &Verb) -> Result<Vec<u8>, Failure> {
        let mut state = self.server.state();
        let tree = &mut state.tree;
        let at = |path: &[u8]| tree::resolve(&self.cwd, path);
        let missing = Failure::Reply(550);
        match verb {
            Verb::ChangeDirectory(path) => {
                let path = at(path);
                if !tree.is_folder(&path) {
                    return Err(missing);
                }
                drop(state);
                self.cwd = path;
                Ok(Vec::new())
            }
            Verb::PrintDirectory => Ok(self.cwd.clone()),
            Verb::Size(path) => {
                let size = tree
                    .get(&at(path))
                    .map(|bytes| bytes.len().to_string().into_bytes());
                size.ok_or(missing)
            }
            Verb::ModificationTime(path) => tree
                .get(&at(path))
                .map(|_| tree::MODIFIED.as_bytes().to_vec())
                .ok_or(missing),
            Verb::Delete(path) => tree.delete(&at(path)).then(Vec::new).ok_or(missing),
            Verb::MakeDirectory(path) => tree.make_folder(&at(path)).then(Vec::new).ok_or(missing),
            Verb::RemoveDirectory(path) => {
                tree.remove_folder(&at(path)).then(Vec::new).ok_or(missing)
            }
            Verb::Rename(from, to) => tree
                .rename(&at(from), &at(to))
                .then(Vec::new)
                .ok_or(missing),
        }
    }

    fn transfer(&mut self, transfer: &Transfer) -> Result<(), Failure> {
        let mut state = self.server.state();
        let tree = &mut state.tree;
        let at = |path: &[u8]| tree::resolve(&self.cwd, path);
        let missing = Failure::Reply(550);
        let index = |offset: u64| usize::try_from(offset).map_err(|_| Failure::Reply(501));
        let moving = match transfer {
            Transfer::Store(path, offset) => {
                let (path, offset) = (at(path), index(*offset)?);
                if !tree.open_for_writing(&path, offset) {
                    return Err(Failure::Reply(553));
                }
                Moving::Up { path, offset }
            }
            Transfer::Retrieve(path, offset) => {
                let bytes = tree
                    .get(&at(path))
                    .and_then(|bytes| bytes.get(index(*offset).ok()?..));
                Moving::Down {
                    bytes: bytes.ok_or(missing)?.to_vec(),
                    sent: 0,
                }
            }
            Transfer::List(path) => down(tree.listing(&at(path), tree::long_line))?,
            Transfer::Names(path) => down(tree.listing(&at(path), tree::name_line))?,
            Transfer::Machine(path) => down(tree.listing(&at(path), tree::fact_line))?,
        };
        drop(state);
        self.moving = Some(moving);
        Ok(())
    }

    fn fetch(&mut self) -> Answer {
        let Some(Moving::Down { bytes, sent }) = &mut self.moving else {
            return Answer::Ended(Err(Failure::DataClosed));
        };
        let piece: Vec<u8> = bytes.iter().skip(*sent).take(PIECE).copied().collect();
        *sent += piece.len();
        if piece.is_empty() {
            self.moving = None;
            return Answer::Ended(Ok(()));
        }
        Answer::Data(piece)
    }

    fn store(&mut self, bytes: &[u8]) -> Answer {
        let Some(Moving::Up { path, offset }) = &mut self.moving else {
            return Answer::Ended(Err(Failure::DataClosed));
        };
        self.server.state().tree.write(path, *offset, bytes);
        *offset += bytes.len();
        Answer::Sent(bytes.len())
    }
}

fn down(listing: Option<Vec<u8>>) -> Result<Moving, Failure> {
    listing
        .map(|bytes| Moving::Down { bytes, sent: 0 })
        .ok_or(Failure::Reply(550))
}

impl Remote for MemoryRemote {
    fn request(&mut self, now: Instant, request: Request) {
        let answer = match request {
            Request::Open(session, login) => {
                self.session = session;
                self.cwd = b"/".to_vec();
                self.moving = None;
                let mut state = self.server.state();
                let known = state
                    .accounts
                    .contains(&(login.user.clone(), login.password.reveal().to_owned()));
                let result = match state.script.pop_front() {
                    Some(failure) => Err(failure),
                    None if login.host.ends_with(".invalid") => Err(Failure::Dns),
                    None if !known => Err(Failure::Reply(530)),
                    None => {
                        state.logins += 1;
                        Ok(())
                    }
                };
                drop(state);
                Answer::Opened(result)
            }
            Request::Command(verb) => Answer::Replied(match self.scripted() {
                Some(failure) => Err(failure),
                None => self.verb(&verb),
            }),
            Request::Transfer(transfer) => Answer::Started(match self.scripted() {
                Some(failure) => Err(failure),
                None => self.transfer(&transfer),
            }),
            Request::Fetch => self.fetch(),
            Request::Send(bytes) => self.store(&bytes),
            Request::End => {
                self.answers
                    .retain(|(_, event)| !matches!(event.answer, Answer::Data(_)));
                self.moving = None;
                Answer::Ended(self.scripted().map_or(Ok(()), Err))
            }
            Request::Close => Answer::Closed(Ok(())),
            Request::Drop => {
                self.answers.clear();
                self.moving = None;
                return;
            }
            Request::Resolve(host) => {
                let result = if host.ends_with(".invalid") {
                    Err(Failure::Dns)
                } else {
                    Ok(vec![[192, 0, 2, 1].into()])
                };
                let due = now + self.server.state().latency;
                self.answers.push_back((
                    due,
                    Event {
                        session: 0,
                        answer: Answer::Resolved(result),
                    },
                ));
                return;
            }
        };
        self.answer(now, answer);
    }

    fn poll(&mut self, now: Instant) -> Option<Event> {
        self.answers.front().filter(|(due, _)| *due <= now)?;
        self.answers.pop_front().map(|(_, event)| event)
    }

    fn deadline(&self) -> Option<Instant> {
        self.answers.front().map(|(due, _)| *due)
    }
}
