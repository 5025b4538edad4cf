//! Real FTP and FTPS through suppaftp: a session lives on a thread of its own, is fed one request at
//! a time, moves data in bounded pieces, and can be cut at any moment.

mod command;
mod failure;
mod login;
mod names;
mod sockets;
mod worker;

use std::net::ToSocketAddrs;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Instant;

use super::{Answer, Event, Failure, Remote, Request};
use sockets::Sockets;
use worker::Worker;

/// Called from another thread when an answer is ready to be polled.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Hands an answer over and wakes whoever polls.
#[derive(Clone)]
struct Outbox {
    session: u32,
    events: Sender<Event>,
    wake: Wake,
}

impl Outbox {
    fn send(&self, answer: Answer) {
        // When nobody listens any more there is nobody to tell.
        let _ = self.events.send(Event {
            session: self.session,
            answer,
        });
        (self.wake)();
    }
}

struct Session {
    requests: Sender<Request>,
    sockets: Arc<Sockets>,
}

/// The network as the module reaches it: this machine's.
pub struct SessionRemote {
    wake: Wake,
    events: Receiver<Event>,
    sender: Sender<Event>,
    session: Option<Session>,
}

impl SessionRemote {
    /// A remote side without a session. `wake` tells that [`Remote::poll`] has something.
    pub fn new(wake: Wake) -> Self {
        let (sender, events) = mpsc::channel();
        Self {
            wake,
            events,
            sender,
            session: None,
        }
    }

    fn outbox(&self, session: u32) -> Outbox {
        Outbox {
            session,
            events: self.sender.clone(),
            wake: Arc::clone(&self.wake),
        }
    }

    fn cut(&mut self) {
        if let Some(session) = self.session.take() {
            session.sockets.cut();
        }
    }
}

impl Remote for SessionRemote {
    fn request(&mut self, _now: Instant, request: Request) {
        match request {
            Request::Open(number, login) => {
                self.cut();
                let (requests, inbox) = mpsc::channel();
                let sockets = Arc::new(Sockets::default());
                let worker = Worker::new(*login, inbox, self.outbox(number), Arc::clone(&sockets));
                let thread = thread::Builder::new()
                    .name("ftp-session".to_owned())
                    .spawn(move || worker.run());
                match thread {
                    Ok(_) => self.session = Some(Session { requests, sockets }),
                    Err(_) => self
                        .outbox(number)
                        .send(Answer::Opened(Err(Failure::Network))),
                }
            }
            Request::Drop => self.cut(),
            Request::Resolve(host) => {
                let outbox = self.outbox(0);
                thread::spawn(move || {
                    let addresses = (host.as_str(), 0).to_socket_addrs();
                    let addresses =
                        addresses.map(|found| found.map(|address| address.ip()).collect());
                    outbox.send(Answer::Resolved(addresses.map_err(|_| Failure::Dns)));
                });
            }
            request => {
                let Some(session) = &self.session else { return };
                if matches!(request, Request::End) {
                    session.sockets.stop_download();
                }
                // A worker that is gone has already said why.
                let _ = session.requests.send(request);
            }
        }
    }

    fn poll(&mut self, _now: Instant) -> Option<Event> {
        self.events.try_recv().ok()
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }
}

impl Drop for SessionRemote {
    fn drop(&mut self) {
        self.cut();
    }
}
