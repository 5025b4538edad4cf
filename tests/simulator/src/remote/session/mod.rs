//! Real FTP and FTPS with suppaftp: each session has a thread that executes one request at a time,
//! moves data in bounded pieces, and can be interrupted at any moment by closing its sockets.

mod command;
mod encoding;
mod failure;
mod login;
mod sockets;
mod worker;

use std::net::ToSocketAddrs;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Instant;

use super::{Event, Failure, Remote, Request, Response};
use sockets::Sockets;
use worker::Worker;

/// Called from another thread when a response is ready to be polled.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Queues the responses of one session and calls the wake-up function.
#[derive(Clone)]
struct ResponseSender {
    session: u32,
    events: Sender<Event>,
    wake: Wake,
}

impl ResponseSender {
    fn send(&self, response: Response) {
        // The receiver is gone when the remote side has been dropped.
        let _ = self.events.send(Event {
            session: self.session,
            response,
        });
        (self.wake)();
    }
}

/// The module's end of a session thread.
struct Session {
    requests: Sender<Request>,
    sockets: Arc<Sockets>,
}

/// The module's network side over the network of this machine.
pub struct SessionRemote {
    wake: Wake,
    events: Receiver<Event>,
    sender: Sender<Event>,
    session: Option<Session>,
}

impl SessionRemote {
    /// A remote side without a session. `wake` is called when [`Remote::poll`] has a response.
    pub fn new(wake: Wake) -> Self {
        let (sender, events) = mpsc::channel();
        Self {
            wake,
            events,
            sender,
            session: None,
        }
    }

    fn responses(&self, session: u32) -> ResponseSender {
        ResponseSender {
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
                let (requests, received) = mpsc::channel();
                let sockets = Arc::new(Sockets::default());
                let worker = Worker::new(
                    *login,
                    received,
                    self.responses(number),
                    Arc::clone(&sockets),
                );
                let thread = thread::Builder::new()
                    .name("ftp-session".to_owned())
                    .spawn(move || worker.run());
                match thread {
                    Ok(_) => self.session = Some(Session { requests, sockets }),
                    Err(_) => self
                        .responses(number)
                        .send(Response::Opened(Err(Failure::Network))),
                }
            }
            Request::Drop => self.cut(),
            Request::Resolve(host) => {
                let responses = self.responses(0);
                thread::spawn(move || {
                    let addresses = (host.as_str(), 0).to_socket_addrs();
                    let addresses =
                        addresses.map(|found| found.map(|address| address.ip()).collect());
                    responses.send(Response::Resolved(addresses.map_err(|_| Failure::Dns)));
                });
            }
            request => {
                let Some(session) = &self.session else { return };
                if matches!(request, Request::End) {
                    session.sockets.stop_download();
                }
                // A worker that has ended has already sent the reason.
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
