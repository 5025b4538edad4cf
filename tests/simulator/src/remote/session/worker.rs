//! The thread of one session: executes requests one by one and sends the responses. It may block;
//! another thread interrupts it by closing its sockets.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use suppaftp::{ImplFtpStream, Status, TransferStream};

use super::super::tls::Tls;
use super::super::{DataCommand, Failure, Login, Request, Response};
use super::encoding::text;
use super::sockets::Sockets;
use super::{ResponseSender, command, failure, login};

/// Most bytes of one piece of a download.
const PIECE: usize = 16 * 1024;

/// An FTP session with or without TLS.
pub(super) type Ftp = ImplFtpStream<Tls>;

/// A transfer whose data connection is open.
struct OpenTransfer {
    stream: TransferStream<Tls>,
    download: bool,
}

/// One session.
pub(super) struct Worker {
    login: Login,
    requests: Receiver<Request>,
    responses: ResponseSender,
    sockets: Arc<Sockets>,
    open: Option<OpenTransfer>,
    /// Replies on the control connection may no longer belong to the command sent last.
    broken: bool,
}

impl Worker {
    pub(super) fn new(
        login: Login,
        requests: Receiver<Request>,
        responses: ResponseSender,
        sockets: Arc<Sockets>,
    ) -> Self {
        Self {
            login,
            requests,
            responses,
            sockets,
            open: None,
            broken: false,
        }
    }

    /// Logs in and executes requests until QUIT or until the remote side is dropped.
    pub(super) fn run(mut self) {
        let mut ftp = match login::connect(&self.login, &self.sockets) {
            Ok(ftp) => {
                self.responses.send(Response::Opened(Ok(())));
                ftp
            }
            Err(failure) => return self.responses.send(Response::Opened(Err(failure))),
        };
        while let Ok(request) = self.requests.recv() {
            let response = match request {
                Request::Command(_) if self.broken => {
                    Some(Response::Replied(Err(Failure::ControlClosed)))
                }
                Request::Transfer(_) if self.broken => {
                    Some(Response::Started(Err(Failure::ControlClosed)))
                }
                Request::Command(command) => {
                    Some(Response::Replied(command::execute(&mut ftp, command)))
                }
                Request::Transfer(command) => {
                    Some(Response::Started(self.start(&mut ftp, command)))
                }
                Request::Fetch => self.fetch(),
                Request::Send(bytes) => self.store(&bytes),
                Request::End => self
                    .open
                    .take()
                    .map(|open| Response::Ended(self.finish(open))),
                Request::Close => {
                    self.responses.send(Response::Closed(
                        ftp.quit().map_err(|error| failure::from_error(&error)),
                    ));
                    return;
                }
                Request::Open(..) | Request::Drop | Request::Resolve(_) => None,
            };
            if let Some(response) = response {
                self.responses.send(response);
            }
        }
    }

    fn start(&mut self, ftp: &mut Ftp, command: DataCommand) -> Result<(), Failure> {
        let download = !matches!(command, DataCommand::Store(..));
        if self.login.late_type {
            let set = match &command {
                DataCommand::Store(..) | DataCommand::Retrieve(..) => {
                    ftp.transfer_type(login::file_type(&self.login))
                }
                // Not every server takes the second argument that the library sends for ASCII.
                _ => ftp.custom_command("TYPE A", &[Status::CommandOk]).map(drop),
            };
            set.map_err(|error| failure::from_error(&error))?;
        }
        let expected = [Status::AboutToSend, Status::AlreadyOpen];
        let mut listing = |verb: &str, path: &[u8]| {
            ftp.custom_data_command(format!("{verb} {}", text(path)), &expected)
                .map(|(_, stream)| stream)
        };
        let stream = match &command {
            DataCommand::List(path) => listing("LIST", path),
            DataCommand::Names(path) => listing("NLST", path),
            DataCommand::Machine(path) => listing("MLSD", path),
            DataCommand::Store(path, offset) | DataCommand::Retrieve(path, offset) => ftp
                .resume_transfer(usize::try_from(*offset).map_err(|_| Failure::Reply(501))?)
                .and_then(|()| {
                    if download {
                        ftp.retr_as_stream(text(path))
                    } else {
                        ftp.put_with_stream(text(path))
                    }
                }),
        };
        let stream = stream.map_err(|error| {
            let failure = failure::from_error(&error);
            // After any other failure a reply may still arrive, and would be taken for that of the
            // next command.
            self.broken = !matches!(failure, Failure::Reply(_) | Failure::DataOpen);
            failure
        })?;
        let socket = stream.get_ref().get_ref();
        // The module has its own time-out for data mode and closes the connection.
        let unlimited = socket.set_read_timeout(None);
        self.sockets.set_data(socket, download);
        self.open = Some(OpenTransfer { stream, download });
        unlimited.map_err(|_| Failure::DataOpen)
    }

    /// Closes the data connection and reads the server's reply.
    fn finish(&mut self, open: OpenTransfer) -> Result<(), Failure> {
        self.sockets.forget_data();
        let result = open
            .stream
            .finish()
            .map_err(|error| failure::from_error(&error));
        self.broken |= matches!(result, Err(Failure::Timeout | Failure::ControlClosed));
        result
    }

    fn fetch(&mut self) -> Option<Response> {
        let mut open = self.open.take().filter(|open| open.download)?;
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
                Some(Response::Data(piece))
            }
            // Many servers close a TLS data connection without close_notify; their reply gives the
            // result.
            Ok(_) => Some(Response::Ended(self.finish(open))),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Some(Response::Ended(self.finish(open)))
            }
            Err(_) => Some(Response::Ended(
                self.finish(open).and(Err(Failure::DataClosed)),
            )),
        }
    }

    fn store(&mut self, bytes: &[u8]) -> Option<Response> {
        let mut open = self.open.take().filter(|open| !open.download)?;
        match open.stream.write_all(bytes) {
            Ok(()) => {
                self.open = Some(open);
                Some(Response::Sent(bytes.len()))
            }
            Err(_) => Some(Response::Ended(
                self.finish(open).and(Err(Failure::DataClosed)),
            )),
        }
    }
}
