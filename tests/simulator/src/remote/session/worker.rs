//! The thread of one session: takes a request, does it, answers it. It may block; whoever wants it
//! to stop closes its sockets.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use suppaftp::types::{FileType, FormatControl};
use suppaftp::{Encoding, FtpError, FtpResult, ImplFtpStream, Mode, Status, TransferStream};

use super::super::tls::{self, Connector, Tls};
use super::super::{Answer, Failure, Login, Request, Security, Transfer, Verb};
use super::failure::{self, NoDataConnection};
use super::{Outbox, Sockets};

/// Most bytes of one piece of a download.
const PIECE: usize = 16 * 1024;

type Ftp = ImplFtpStream<Tls>;

/// Names as the bytes they are: each byte is one character.
#[derive(Debug)]
struct Bytes;

impl Encoding for Bytes {
    fn decode(&self, bytes: &[u8]) -> String {
        text(bytes)
    }

    fn encode(&self, text: &str) -> io::Result<Vec<u8>> {
        let byte = |c| u8::try_from(c).map_err(|_| ErrorKind::InvalidInput.into());
        text.chars().map(byte).collect()
    }
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

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
        let mut ftp = match self.connect() {
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
                Request::Command(verb) => Some(Answer::Replied(command(&mut ftp, verb))),
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

    fn connect(&self) -> Result<Ftp, Failure> {
        let login = &self.login;
        let tls = match (&login.tls, login.security) {
            (Some(settings), Security::Implicit | Security::Explicit) => {
                let config = tls::configure(settings)?;
                Some(Connector {
                    config,
                    handshake: settings.handshake_timeout,
                    answer: login.timeout,
                })
            }
            _ => None,
        };
        let addresses: Vec<SocketAddr> = match (login.host.as_str(), login.port).to_socket_addrs() {
            Ok(addresses) => addresses.collect(),
            Err(_) => return Err(Failure::Dns),
        };
        let address = *addresses
            .iter()
            .find(|address| address.is_ipv4())
            .or(addresses.first())
            .ok_or(Failure::Dns)?;
        self.log_in(address, tls)
            .map_err(|error| failure::of(&error))
    }

    fn log_in(&self, address: SocketAddr, tls: Option<Connector>) -> FtpResult<Ftp> {
        let login = &self.login;
        let mut ftp = match (tls, login.security) {
            (Some(connector), Security::Implicit) => {
                let mut ftp = Ftp::connect_secure_implicit(address, connector, &login.host)?;
                self.sockets.set_control(&ftp.get_ref());
                for line in ["PBSZ 0", "PROT P"] {
                    ftp.custom_command(line, &[Status::CommandOk])?;
                }
                ftp
            }
            (tls, _) => {
                let stream = connect(address, login.timeout).map_err(FtpError::ConnectionError)?;
                self.sockets.set_control(&stream);
                let ftp = Ftp::connect_with_stream(stream)?;
                match tls {
                    Some(connector) => ftp.into_secure(connector, &login.host)?,
                    None => ftp,
                }
            }
        };
        ftp.set_encoding(Bytes);
        ftp.login(
            text(login.user.as_bytes()),
            text(login.password.reveal().as_bytes()),
        )?;
        let kind = if login.ascii {
            FileType::Ascii(FormatControl::NonPrint)
        } else {
            FileType::Image
        };
        ftp.transfer_type(kind)?;
        if !login.passive {
            return Ok(ftp.active_mode(login.timeout));
        }
        ftp.set_mode(Mode::Passive);
        ftp.set_passive_nat_workaround(login.control_address);
        let timeout = login.timeout;
        Ok(ftp.passive_stream_builder(move |address| {
            let open = connect(address, timeout);
            open.map_err(|error| {
                FtpError::ConnectionError(io::Error::new(error.kind(), NoDataConnection))
            })
        }))
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

fn connect(address: SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, timeout)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(timeout))?;
    Ok(stream)
}

/// The text of a reply, without its code.
fn reply_text(body: &[u8]) -> Vec<u8> {
    body.get(4..).unwrap_or(&[]).trim_ascii().to_vec()
}

/// The path of a 257 reply: between quotes, with doubled quotes inside (RFC 959, appendix II).
fn quoted_path(body: &[u8]) -> Option<Vec<u8>> {
    let start = body.iter().position(|&byte| byte == b'"')?;
    let mut path = Vec::new();
    let mut rest = body.get(start + 1..)?.iter().peekable();
    while let Some(&byte) = rest.next() {
        if byte == b'"' && rest.next_if(|next| **next == b'"').is_none() {
            return Some(path);
        }
        path.push(byte);
    }
    None
}

fn command(ftp: &mut Ftp, verb: Verb) -> Result<Vec<u8>, Failure> {
    let nothing = |()| Vec::new();
    let result = match verb {
        Verb::ChangeDirectory(path) => ftp.cwd(text(&path)).map(nothing),
        Verb::Delete(path) => ftp.rm(text(&path)).map(nothing),
        Verb::MakeDirectory(path) => ftp.mkdir(text(&path)).map(nothing),
        Verb::RemoveDirectory(path) => ftp.rmdir(text(&path)).map(nothing),
        Verb::Rename(from, to) => ftp.rename(text(&from), text(&to)).map(nothing),
        Verb::Size(path) => {
            let reply = ftp.custom_command(format!("SIZE {}", text(&path)), &[Status::File]);
            reply.map(|reply| reply_text(&reply.body))
        }
        Verb::ModificationTime(path) => {
            let reply = ftp.custom_command(format!("MDTM {}", text(&path)), &[Status::File]);
            reply.map(|reply| reply_text(&reply.body))
        }
        Verb::PrintDirectory => {
            let reply = ftp.custom_command("PWD", &[Status::PathCreated]);
            reply.and_then(|reply| quoted_path(&reply.body).ok_or(FtpError::BadResponse))
        }
    };
    result.map_err(|error| failure::of(&error))
}

#[cfg(test)]
mod tests {
    use super::{quoted_path, reply_text};

    #[test]
    fn replies_are_read() {
        assert_eq!(
            quoted_path(b"257 \"/a \"\"b\"\"\" is current\r\n").unwrap(),
            b"/a \"b\""
        );
        assert_eq!(quoted_path(b"257 none\r\n"), None);
        assert_eq!(reply_text(b"213 20140708110039\r\n"), b"20140708110039");
    }
}
