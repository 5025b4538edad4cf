//! The thread of one session: takes a request, does it, answers it. It may block; whoever wants it
//! to stop closes its sockets.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use suppaftp::{ImplFtpStream, Status, TransferStream};

use super::super::tls::Tls;
use super::super::{Answer, Failure, Login, Request, Transfer};
use super::names::text;
use super::sockets::Sockets;
use super::{Outbox, command, failure, login};

/// Most bytes of one piece of a download.
const PIECE: usize = 16 * 1024;

/// A session that may be protected.
pub(super) type Ftp = ImplFtpStream<Tls>;

/// A transfer whose data connection is open.
struct Open {
    stream: TransferStream<Tls>,
    down: bool,
}

/// One session.
pub(super) struct Worker {
    login: Login,
    inbox: Receiver<Request>,
    outbox: Outbox,
    sockets: Arc<Sockets>,
    open: Option<Open>,
    /// The control connection no longer says what was asked of it.
    broken: bool,
}

impl Worker {
    pub(super) fn new(
        login: Login,
        inbox: Receiver<Request>,
        outbox: Outbox,
        sockets: Arc<Sockets>,
    ) -> Self {
        Self {
            login,
            inbox,
            outbox,
            sockets,
            open: None,
            broken: false,
        }
    }

    /// Lives as long as somebody asks.
    pub(super) fn run(mut self) {
        let mut ftp = match login::connect(&self.login, &self.sockets) {
            Ok(ftp) => {
                self.outbox.send(Answer::Opened(Ok(())));
                ftp
            }
            Err(failure) => return self.outbox.send(Answer::Opened(Err(failure))),
        };
        while let Ok(request) = self.inbox.recv() {
            let answer = match request {
                Request::Command(_) if self.broken => {
                    Some(Answer::Replied(Err(Failure::ControlClosed)))
                }
                Request::Transfer(_) if self.broken => {
                    Some(Answer::Started(Err(Failure::ControlClosed)))
                }
                Request::Command(verb) => Some(Answer::Replied(command::command(&mut ftp, verb))),
                Request::Transfer(transfer) => {
                    Some(Answer::Started(self.start(&mut ftp, transfer)))
                }
                Request::Fetch => self.fetch(),
                Request::Send(bytes) => self.store(&bytes),
                Request::End => self
                    .open
                    .take()
                    .map(|open| Answer::Ended(self.finish(open))),
                Request::Close => {
                    self.outbox.send(Answer::Closed(
                        ftp.quit().map_err(|error| failure::of(&error)),
                    ));
                    return;
                }
                Request::Open(..) | Request::Drop | Request::Resolve(_) => None,
            };
            if let Some(answer) = answer {
                self.outbox.send(answer);
            }
        }
    }

    fn start(&mut self, ftp: &mut Ftp, transfer: Transfer) -> Result<(), Failure> {
        let down = !matches!(transfer, Transfer::Store(..));
        let expected = [Status::AboutToSend, Status::AlreadyOpen];
        let mut listing = |verb: &str, path: &[u8]| {
            ftp.custom_data_command(format!("{verb} {}", text(path)), &expected)
                .map(|(_, stream)| stream)
        };
        let stream = match &transfer {
            Transfer::List(path) => listing("LIST", path),
            Transfer::Names(path) => listing("NLST", path),
            Transfer::Machine(path) => listing("MLSD", path),
            Transfer::Store(path, offset) | Transfer::Retrieve(path, offset) => ftp
                .resume_transfer(usize::try_from(*offset).map_err(|_| Failure::Reply(501))?)
                .and_then(|()| {
                    if down {
                        ftp.retr_as_stream(text(path))
                    } else {
                        ftp.put_with_stream(text(path))
                    }
                }),
        };
        let stream = stream.map_err(|error| {
            let failure = failure::of(&error);
            // After anything but a plain refusal a reply may still be on its way.
            self.broken = !matches!(failure, Failure::Reply(_) | Failure::DataOpen);
            failure
        })?;
        let socket = stream.get_ref().get_ref();
        // The module has its own time limit for silence and cuts the connection.
        let unlimited = socket.set_read_timeout(None);
        self.sockets.set_data(socket, down);
        self.open = Some(Open { stream, down });
        unlimited.map_err(|_| Failure::DataOpen)
    }

    /// Closes the data connection and hears what the server thinks.
    fn finish(&mut self, open: Open) -> Result<(), Failure> {
        self.sockets.forget_data();
        let result = open.stream.finish().map_err(|error| failure::of(&error));
        self.broken |= matches!(result, Err(Failure::Timeout | Failure::ControlClosed));
        result
    }

    fn fetch(&mut self) -> Option<Answer> {
        let mut open = self.open.take().filter(|open| open.down)?;
        let mut piece = vec![0; PIECE];
        let read = loop {
            match open.stream.read(&mut piece) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        match read {
            Ok(count) if count > 0 => {
                piece.truncate(count);
                self.open = Some(open);
                Some(Answer::Data(piece))
            }
            // Many servers end a protected data connection without TLS's goodbye; their reply tells the truth.
            Ok(_) => Some(Answer::Ended(self.finish(open))),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Some(Answer::Ended(self.finish(open)))
            }
            Err(_) => Some(Answer::Ended(
                self.finish(open).and(Err(Failure::DataClosed)),
            )),
        }
    }

    fn store(&mut self, bytes: &[u8]) -> Option<Answer> {
        let mut open = self.open.take().filter(|open| !open.down)?;
        match open.stream.write_all(bytes) {
            Ok(()) => {
                self.open = Some(open);
                Some(Answer::Sent(bytes.len()))
            }
            Err(_) => Some(Answer::Ended(
                self.finish(open).and(Err(Failure::DataClosed)),
            )),
        }
    }
}
