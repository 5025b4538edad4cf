//! The one place that waits and reads the clock.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;

use super::control::{self, Command, Control};
use super::log::Log;
use super::options::Options;
use super::signals::{Signals, Waker};
use super::transport::Transport;
use crate::port::Port;

/// Plays a module on a pty, or on USB, until SIGTERM or SIGINT.
///
/// # Errors
/// What the kernel says when a pty, a link, a socket or a file cannot be made.
pub fn run(options: &Options) -> io::Result<()> {
    let signals = Signals::new()?;
    let waker = Waker::new()?;
    let (mut port, _folder) = options.build(waker.wake())?;
    let log = Log::open(options.log.as_deref())?;
    let control = options.control.as_deref().map(Control::open).transpose()?;
    let transport = Transport::new(options, &mut port)?;
    println!("virtual-bg96 ready on {}", transport.name());
    io::stdout().flush()?;
    Loop {
        port,
        transport,
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
    transport: Transport,
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
            self.transport
                .carry(&mut self.port, Instant::now(), woken.line)?;
            if !self.transport.is_plugged() {
                self.swallow();
            }
            self.log.follow(&mut self.port)?;
        }
    }

    fn wait(&self, control: Option<&Control>) -> io::Result<Woken> {
        let now = Instant::now();
        let line = self.transport.deadline(&self.port);
        let deadline = [self.port.deadline(), line].into_iter().flatten().min();
        let timeout = deadline.map(|at| TimeSpec::from_duration(at.saturating_duration_since(now)));
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
        if let Some((fd, interest)) = self.transport.interest(&self.port) {
            fds.push(PollFd::new(fd, interest));
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
            Command::Unplug => self.transport.unplug(&mut self.port, now),
            Command::Replug if self.transport.is_plugged() => {
                return Err("it is plugged in".to_owned());
            }
            Command::Replug => self
                .transport
                .plug(&mut self.port, now)
                .map_err(|error| error.to_string())?,
            Command::Stats => return Ok(control::statistics(&self.port.statistics())),
            Command::State => return Ok(control::condition(&self.port)),
            Command::Faults => return Ok(self.port.module().faults().join(" ")),
        }
        Ok(String::new())
    }
}
