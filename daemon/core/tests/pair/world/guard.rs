//! [`Guard`]: stands between the module and the server in memory. It makes the server refuse renames
//! onto existing names or go down, notes what is stored and renamed, and checks after every request
//! that the files a scenario watches are never missing or half written.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use virtual_bg96::remote::memory::{MemoryRemote, MemoryServer};
use virtual_bg96::remote::{
    DataCommand, Event, Failure, FtpCommand, Remote, Request, Response, memory,
};

use super::leftovers::is_ours;

/// What was done to the names of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An upload to this name began.
    Stored(String),
    /// A name was given to a file.
    Renamed(String, String),
}

/// A file whose name has to bear one of these contents at every moment.
struct Watched {
    path: String,
    contents: Vec<Vec<u8>>,
    may_be_absent: bool,
}

#[derive(Default)]
struct State {
    refuses_existing: bool,
    is_down: bool,
    /// Times it went down: sessions of before are dead.
    downs: u64,
    watched: Vec<Watched>,
    changes: Vec<Change>,
}

/// How the server behaves. Clones share one behaviour.
#[derive(Clone, Default)]
pub struct Rules(Arc<Mutex<State>>);

impl Rules {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// RNTO onto an existing name is answered with 550.
    pub fn refuse_existing(&self) {
        self.state().refuses_existing = true;
    }

    /// The server is killed (`true`) or back.
    pub fn set_down(&self, down: bool) {
        let mut state = self.state();
        state.is_down = down;
        state.downs += u64::from(down);
    }

    /// This name has to bear one of these contents, or (`may_be_absent`) nothing.
    pub fn watch(&self, path: &str, contents: &[&[u8]], may_be_absent: bool) {
        self.state().watched.push(Watched {
            path: path.into(),
            contents: contents.iter().map(|content| content.to_vec()).collect(),
            may_be_absent,
        });
    }

    /// What was done to names so far.
    pub fn changes(&self) -> Vec<Change> {
        self.state().changes.clone()
    }

    /// Checks the watched files.
    fn check(&self, server: &MemoryServer) {
        let state = self.state();
        for watched in &state.watched {
            let (path, contents) = (&watched.path, &watched.contents);
            match server.get(path) {
                Some(there) => assert!(
                    contents.contains(&there),
                    "{path} bears {} bytes of something else",
                    there.len()
                ),
                None if watched.may_be_absent => {}
                None => {
                    let mut names = server.paths();
                    names.retain(|name| name.starts_with(path.as_str()) && is_ours(name));
                    let backup = names.iter().find(|name| name.ends_with(".prev"));
                    let kept = backup.and_then(|name| server.get(name));
                    assert!(
                        state.refuses_existing && kept.is_some_and(|it| contents.contains(&it)),
                        "{path} is missing: {names:?}"
                    );
                }
            }
        }
    }
}

/// The module's end of the server.
pub(super) struct Guard {
    inner: MemoryRemote,
    server: MemoryServer,
    rules: Rules,
    session: u32,
    /// Times the server had gone down when the session was opened.
    downs: u64,
    responses: VecDeque<(Instant, Event)>,
}

impl Guard {
    pub(super) fn new(server: &memory::MemoryServer, rules: &Rules) -> Self {
        Self {
            inner: server.connect(),
            server: server.clone(),
            rules: rules.clone(),
            session: 0,
            downs: 0,
            responses: VecDeque::new(),
        }
    }

    /// What a server that is down, or was since the session was opened, makes of a request.
    fn refusal(&mut self, request: &Request) -> Option<Response> {
        let state = self.rules.state();
        let (is_down, downs) = (state.is_down, state.downs);
        drop(state);
        if let Request::Open(session, _) = request {
            self.session = *session;
            self.downs = downs;
            return is_down.then_some(Response::Opened(Err(Failure::Refused)));
        }
        if !is_down && downs == self.downs {
            return None;
        }
        Some(match request {
            Request::Command(_) => Response::Replied(Err(Failure::ControlClosed)),
            Request::Transfer(_) => Response::Started(Err(Failure::ControlClosed)),
            Request::Fetch | Request::Send(_) | Request::End => {
                Response::Ended(Err(Failure::DataClosed))
            }
            Request::Close => Response::Closed(Err(Failure::ControlClosed)),
            Request::Open(..) | Request::Drop | Request::Resolve(_) => return None,
        })
    }

    /// The request as the server carries it out; notes what it does to names.
    fn admit(&mut self, request: Request) -> Request {
        let mut state = self.rules.state();
        match request {
            Request::Command(FtpCommand::Rename(from, to)) => {
                let (old, new) = (absolute(&from), absolute(&to));
                let from = match self.server.get(&old) {
                    None => from,
                    Some(_) if state.refuses_existing && self.server.get(&new).is_some() => {
                        b"/no such directory/no such file".to_vec()
                    }
                    Some(_) => {
                        state.changes.push(Change::Renamed(old, new));
                        from
                    }
                };
                Request::Command(FtpCommand::Rename(from, to))
            }
            Request::Transfer(DataCommand::Store(path, offset)) => {
                state.changes.push(Change::Stored(absolute(&path)));
                Request::Transfer(DataCommand::Store(path, offset))
            }
            other => other,
        }
    }
}

fn absolute(path: &[u8]) -> String {
    let path = String::from_utf8_lossy(path);
    format!("/{}", path.trim_start_matches('/'))
}

impl Remote for Guard {
    fn request(&mut self, now: Instant, request: Request) {
        if let Some(response) = self.refusal(&request) {
            self.inner.request(now, Request::Drop);
            let session = self.session;
            self.responses.push_back((now, Event { session, response }));
            return;
        }
        let request = self.admit(request);
        self.inner.request(now, request);
        self.rules.check(&self.server);
    }

    fn poll(&mut self, now: Instant) -> Option<Event> {
        let own = self.responses.pop_front().map(|(_, event)| event);
        own.or_else(|| self.inner.poll(now))
    }

    fn deadline(&self) -> Option<Instant> {
        let own = self.responses.front().map(|(due, _)| *due);
        own.or_else(|| self.inner.deadline())
    }
}
