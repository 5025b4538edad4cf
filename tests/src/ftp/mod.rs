//! Five real FTP servers, and a hostile one, behind one type.

pub mod hostile;
mod libunftp;
mod options;
mod place;
mod proftpd;
mod pure_ftpd;
mod pyftpdlib;
mod vsftpd;

use crate::namespace;
use crate::{Child, Error, Scratch, free_port, listeners, until};
use nix::sys::signal::Signal;
pub use options::{Kind, Options, Security};
use place::{Place, needs_root};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a server may take until it sends its greeting.
const START: Duration = Duration::from_secs(15);

/// A running server with its own root folder, reachable at 127.0.0.1 only.
#[derive(Debug)]
pub struct FtpServer {
    kind: Kind,
    options: Options,
    port: u16,
    root: PathBuf,
    // Dropped in this order: the process before its files.
    runner: Runner,
    _scratch: Scratch,
}

#[derive(Debug)]
enum Runner {
    Process(Child),
    Thread(libunftp::Libunftp),
    Hostile(hostile::Hostile),
}

impl FtpServer {
    /// Starts a server and waits for its greeting.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] if the server, or a right that it needs, is missing; [`Error::Failed`] if
    /// it does not support `options`, does not start, or listens on another address than 127.0.0.1.
    pub fn start(kind: Kind, options: Options) -> Result<Self, Error> {
        let impossible = match options.security {
            Security::Implicit => !kind.has_implicit_tls(),
            _ => options.session_reuse && !kind.can_require_session_reuse(),
        };
        let impossible = impossible || options.never_replace && kind != Kind::Pyftpdlib;
        if impossible {
            return Err(Error::failed(format!("{kind:?} cannot do {options:?}")));
        }
        let scratch = Scratch::new()?;
        let port = match options.port {
            Some(port) => port,
            None => free_port()?,
        };
        let place = Place::prepare(&scratch, port, &options)?;
        let command = match kind {
            Kind::Vsftpd => vsftpd::command(&place)?,
            Kind::Proftpd => proftpd::command(&place)?,
            Kind::PureFtpd => pure_ftpd::command(&place)?,
            Kind::Pyftpdlib => pyftpdlib::command(&place)?,
            Kind::Libunftp | Kind::Hostile => {
                let runner = if kind == Kind::Hostile {
                    Runner::Hostile(hostile::Hostile::start(&place)?)
                } else {
                    Runner::Thread(libunftp::Libunftp::start(&place)?)
                };
                let server = Self {
                    kind,
                    options,
                    port,
                    root: place.root.canonicalize().unwrap_or(place.root),
                    runner,
                    _scratch: scratch,
                };
                return server.listening();
            }
        };
        let command = match options.disk {
            Some(size) => {
                needs_root("a server with its own disk")?;
                namespace::inside(&command, &place.mount_disk(size))?
            }
            None => command,
        };
        let child = Child::start(&format!("{kind:?}"), &command, &place.log)?;
        let root = match options.disk {
            // Only the server's mount namespace has the disk; it is reached through /proc.
            Some(_) => Path::new("/proc")
                .join(child.id().to_string())
                .join("root")
                .join(place.root.strip_prefix("/").unwrap_or(&place.root)),
            None => place.root,
        };
        let runner = Runner::Process(child);
        Self {
            kind,
            options,
            port,
            root,
            runner,
            _scratch: scratch,
        }
        .listening()
    }

    /// Waits for the greeting and checks the addresses on which the server listens.
    fn listening(mut self) -> Result<Self, Error> {
        let address = self.address();
        let implicit = self.options.security == Security::Implicit;
        let greets = || greets(address, implicit).then_some(());
        let what = format!("{:?} at {address}", self.kind);
        match &mut self.runner {
            Runner::Process(child) => child.wait_until(&what, START, greets)?,
            Runner::Thread(_) | Runner::Hostile(_) => until(&what, START, || Ok(greets()))?,
        }
        let others: Vec<SocketAddr> = listeners(self.port)?
            .into_iter()
            .filter(|a| !a.ip().is_loopback())
            .collect();
        if others.is_empty() {
            Ok(self)
        } else {
            Err(Error::failed(format!(
                "{:?} also listens on {others:?}",
                self.kind
            )))
        }
    }

    /// Which server it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its options.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of its control connection.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// The folder a client sees as `/` after login.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// How the hostile server answers; `None` for a real one.
    #[must_use]
    pub fn script(&self) -> Option<&hostile::Script> {
        match &self.runner {
            Runner::Hostile(server) => Some(server.script()),
            _ => None,
        }
    }

    /// Output and log of the server so far, of the hostile server the commands it got; empty for
    /// libunftp, which has no log.
    #[must_use]
    pub fn log(&self) -> String {
        match &self.runner {
            Runner::Process(child) => child.log(),
            Runner::Thread(_) => String::new(),
            Runner::Hostile(server) => server.script().seen().join("\n"),
        }
    }

    /// Stops the server's processes (SIGSTOP): connections stay open and nothing answers.
    ///
    /// # Errors
    ///
    /// For libunftp and the hostile server, which run inside this process.
    pub fn freeze(&self) -> Result<(), Error> {
        match &self.runner {
            Runner::Process(child) => child.signal(Signal::SIGSTOP),
            Runner::Thread(_) | Runner::Hostile(_) => Err(Error::failed(
                "a server inside this process cannot be frozen",
            )),
        }
    }

    /// Ends the server, its open connections included.
    ///
    /// # Errors
    ///
    /// If the kernel cannot say how it ended.
    pub fn stop(&mut self) -> Result<(), Error> {
        match &mut self.runner {
            Runner::Process(child) => child.kill().map(|_| ()),
            Runner::Thread(thread) => thread.stop(),
            Runner::Hostile(server) => server.stop(),
        }
    }
}

/// Whether a server answers: with 220, or with implicit TLS by accepting the connection.
fn greets(address: SocketAddr, implicit: bool) -> bool {
    let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) else {
        return false;
    };
    let mut line = String::new();
    implicit
        || stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .is_ok()
            && BufReader::new(stream).read_line(&mut line).is_ok()
            && line.starts_with("220")
}
