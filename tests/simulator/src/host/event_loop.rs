//! The one place that waits and reads the clock.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;

use super::control::{self, Command, Control};
use super::line::Line;
use super::log::Log;
use super::options::Options;
use super::pty::Pty;
use super::signals::{Signals, Waker};
use crate::module::PortName;
use crate::port::Port;

/// Plays a module on a pty until SIGTERM or SIGINT.
///
/// # Errors
/// What the kernel says when a pty, a link, a socket or a file cannot be made.
pub fn run(options: &Options) -> io::Result<()> {
    let signals = Signals::new()?;
    let waker = Waker::new()?;
    let (port, _folder) = options.build(PortName::Uart1, waker.wake())?;
    let log = Log::open(options.log.as_deref())?;
    let control = options.control.as_deref().map(Control::open).transpose()?;
    let pty = Pty::new(options.link.as_deref())?;
    let line = Line::new(options.baud.is_some(), port.condition().line_rate);
    println!("virtual-bg96 ready on {}", pty.path().display());
    io::stdout().flush()?;
    Loop {
        port,
        pty: Some(pty),
        link: options.link.clone(),
        line,
        log,
        waker,
        signals,
    }
    .run(control)
}

/// What woke the loop.
struct Woken {
    signal: bool,
    line: PollFlags,
    control: bool,
}

struct Loop {
    port: Port,
    /// `None` while unplugged.
    pty: Option<Pty>,
    link: Option<PathBuf>,
    line: Line,
    log: Log,
    waker: Waker,
    signals: Signals,
}

impl Loop {
    fn run(mut self, mut control: Option<Control>) -> io::Result<()> {
        loop {
            let woken = self.wait(control.as_ref())?;
            if woken.signal {
                return Ok(());
            }
            self.waker.clear();
            self.port.tick(Instant::now());
            if let (true, Some(control)) = (woken.control, &mut control) {
                control.serve(|command| self.obey(command));
            }
            match &self.pty {
                Some(pty) => self
                    .line
                    .carry(pty, &mut self.port, Instant::now(), woken.line)?,
                None => self.swallow(),
            }
            self.log.follow(&mut self.port)?;
        }
    }

    fn wait(&self, control: Option<&Control>) -> io::Result<Woken> {
        let now = Instant::now();
        let line = if self.pty.is_some() {
            self.line.deadline(&self.port)
        } else {
            None
        };
        let deadline = [self.port.deadline(), line].into_iter().flatten().min();
        let timeout = deadline.map(|at| TimeSpec::from_duration(at.saturating_duration_since(now)));
        let interest = self.line.interest(&self.port);
        let mut fds = vec![
            PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.waker.as_fd(), PollFlags::POLLIN),
        ];
        let ours = fds.len();
        if let Some(control) = control {
            fds.extend(
                control
                    .descriptors()
                    .map(|fd| PollFd::new(fd, PollFlags::POLLIN)),
            );
        }
        let theirs = fds.len();
        if let Some(pty) = self.pty.as_ref().filter(|_| !interest.is_empty()) {
            fds.push(PollFd::new(pty.as_fd(), interest));
        }
        match ppoll(&mut fds, timeout, None) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        let found = |fd: &PollFd| fd.revents().unwrap_or(PollFlags::empty());
        Ok(Woken {
            signal: fds.first().is_some_and(|fd| !found(fd).is_empty()),
            line: fds.get(theirs).map_or(PollFlags::empty(), found),
            control: fds
                .iter()
                .take(theirs)
                .skip(ours)
                .any(|fd| !found(fd).is_empty()),
        })
    }

    /// Nobody is at the line: what the module says is lost.
    fn swallow(&mut self) {
        while !self.port.output().is_empty() {
            let count = self.port.output().len();
            self.port.sent(Instant::now(), count);
        }
    }

    fn obey(&mut self, command: Command) -> Result<String, String> {
        let now = Instant::now();
        match command {
            Command::Inject(injection) => self.port.inject(now, injection),
            Command::Dtr(asserted) => self.port.set_dtr(now, asserted),
            Command::Unplug => {
                self.pty = None;
                self.port.set_dtr(now, false);
            }
            Command::Replug if self.pty.is_none() => {
                self.pty = Some(Pty::new(self.link.as_deref()).map_err(|error| error.to_string())?);
                self.line = Line::new(self.line.is_paced(), self.port.condition().line_rate);
                self.port.set_dtr(now, true);
            }
            Command::Replug => return Err("it is plugged in".to_owned()),
            Command::Stats => return Ok(control::statistics(&self.port.statistics())),
            Command::State => return Ok(control::condition(&self.port)),
            Command::Faults => return Ok(self.port.module().faults().join(" ")),
        }
        Ok(String::new())
    }
}
