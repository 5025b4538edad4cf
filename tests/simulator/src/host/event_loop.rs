//! The program's event loop: the only code of the program that reads the clock, and the only code
//! that blocks while the module runs.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;

use super::control_command::ControlCommand;
use super::control_socket::{self, ControlSocket};
use super::log::Log;
use super::options::Options;
use super::signals::{Signals, Waker};
use super::transport::Transport;
use crate::port::Port;

/// Runs a module on a pty or as a USB device until SIGTERM or SIGINT.
///
/// # Errors
/// The system error when a pty, a link, a socket or a file cannot be created.
pub fn run(options: &Options) -> io::Result<()> {
    let signals = Signals::new()?;
    let waker = Waker::new()?;
    let (mut port, _folder) = options.build(waker.wake())?;
    let log = Log::open(options.log.as_deref())?;
    let control = options
        .control
        .as_deref()
        .map(ControlSocket::open)
        .transpose()?;
    let transport = Transport::new(options, &mut port)?;
    println!("virtual-bg96 ready on {}", transport.name());
    io::stdout().flush()?;
    EventLoop {
        port,
        transport,
        log,
        waker,
        signals,
    }
    .run(control)
}

/// What `ppoll` reported.
struct Ready {
    signal: bool,
    transport: PollFlags,
    control: bool,
}

struct EventLoop {
    port: Port,
    transport: Transport,
    log: Log,
    waker: Waker,
    signals: Signals,
}

impl EventLoop {
    fn run(mut self, mut control: Option<ControlSocket>) -> io::Result<()> {
        loop {
            let ready = self.wait(control.as_ref())?;
            if ready.signal {
                return Ok(());
            }
            self.waker.clear();
            self.port.tick(Instant::now());
            if let (true, Some(control)) = (ready.control, &mut control) {
                control.serve(|command| self.execute(command));
            }
            self.transport
                .move_bytes(&mut self.port, Instant::now(), ready.transport)?;
            if !self.transport.is_plugged() {
                self.discard_output();
            }
            self.log.write_new_lines(&mut self.port)?;
        }
    }

    fn wait(&self, control: Option<&ControlSocket>) -> io::Result<Ready> {
        let now = Instant::now();
        let transport = self.transport.deadline(&self.port);
        let deadline = [self.port.deadline(), transport]
            .into_iter()
            .flatten()
            .min();
        let timeout = deadline.map(|at| TimeSpec::from_duration(at.saturating_duration_since(now)));
        let mut fds = vec![
            PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.waker.as_fd(), PollFlags::POLLIN),
        ];
        let control_start = fds.len();
        if let Some(control) = control {
            fds.extend(
                control
                    .descriptors()
                    .map(|fd| PollFd::new(fd, PollFlags::POLLIN)),
            );
        }
        let control_end = fds.len();
        if let Some((fd, interest)) = self.transport.interest(&self.port) {
            fds.push(PollFd::new(fd, interest));
        }
        match ppoll(&mut fds, timeout, None) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        let events = |fd: &PollFd| fd.revents().unwrap_or(PollFlags::empty());
        Ok(Ready {
            signal: fds.first().is_some_and(|fd| !events(fd).is_empty()),
            transport: fds.get(control_end).map_or(PollFlags::empty(), events),
            control: fds
                .iter()
                .take(control_end)
                .skip(control_start)
                .any(|fd| !events(fd).is_empty()),
        })
    }

    /// Discards the module's output: the port is unplugged.
    fn discard_output(&mut self) {
        while !self.port.output().is_empty() {
            let count = self.port.output().len();
            self.port.sent(Instant::now(), count);
        }
    }

    fn execute(&mut self, command: ControlCommand) -> Result<String, String> {
        let now = Instant::now();
        match command {
            ControlCommand::Inject(injection) => self.port.inject(now, injection),
            ControlCommand::Dtr(asserted) => self.port.set_dtr(now, asserted),
            ControlCommand::Unplug => self.transport.unplug(&mut self.port, now),
            ControlCommand::Replug if self.transport.is_plugged() => {
                return Err("it is plugged in".to_owned());
            }
            ControlCommand::Replug => self
                .transport
                .plug(&mut self.port, now)
                .map_err(|error| error.to_string())?,
            ControlCommand::Stats => {
                return Ok(control_socket::statistics(&self.port.statistics()));
            }
            ControlCommand::State => return Ok(control_socket::condition(&self.port)),
            ControlCommand::Faults => return Ok(self.port.module().faults().join(" ")),
        }
        Ok(String::new())
    }
}
