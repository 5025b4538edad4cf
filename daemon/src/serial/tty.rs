//! [`Tty`]: the configured serial port, whether it is present or not. It never blocks, sends what
//! is written in order, and opens the port again when it comes back.

use std::io;
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use modem_ftp_core::api::line::LineReport;

use super::open_retry::OpenRetry;
use super::port::{Port, PortSettings, Refusal};
use super::results::{Opening, Progress, Reading};
use super::rivals::Rivals;
use super::send_queue::{Mark, SendQueue};
use super::wire::Wire;
use crate::files::{Block, Blocks};

/// Shortest and longest time between two checks of the kernel's count of unsent bytes.
const CHECK: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// The serial port.
#[derive(Debug)]
pub struct Tty {
    settings: PortSettings,
    token: Token,
    port: Option<Port>,
    /// Whether there may be something to read: the poller said so, or the last read was not empty.
    readable: bool,
    queue: SendQueue,
    wire: Wire,
    /// When to check again whether everything before the queue's first mark was sent.
    check_at: Option<Instant>,
    /// When the UART's own buffer is empty, once the kernel has no unsent bytes left.
    uart_empty_at: Option<Instant>,
    retry: OpenRetry,
    rivals: Rivals,
}

impl Tty {
    /// A port that is due to be opened; the poller's events for it have this `token`.
    pub fn new(now: Instant, settings: PortSettings, token: Token) -> Self {
        Self {
            wire: Wire::new(now, settings.baud),
            settings,
            token,
            port: None,
            readable: false,
            queue: SendQueue::default(),
            check_at: None,
            uart_empty_at: None,
            retry: OpenRetry::new(now),
            rivals: Rivals::default(),
        }
    }

    /// When [`Tty::open_if_due`] or [`Tty::send`] is to be called.
    pub fn deadline(&self) -> Option<Instant> {
        self.retry.deadline().into_iter().chain(self.check_at).min()
    }

    /// Opens the port if an attempt is due. `None` if none is due, or if it failed for the same
    /// reason as the one before.
    pub fn open_if_due(&mut self, now: Instant, registry: &Registry) -> Option<Opening> {
        if !self.retry.is_due(now) {
            return None;
        }
        let opened = Port::open(&self.settings).and_then(|port| {
            let interest = Interest::READABLE | Interest::WRITABLE;
            registry
                .register(&mut SourceFd(&port.raw_fd()), self.token, interest)
                .map_err(|error| Refusal::Other(error.to_string()))?;
            Ok(port)
        });
        match opened {
            Ok(port) => {
                let modem_lines = port.has_modem_lines();
                self.port = Some(port);
                self.readable = true;
                self.wire = Wire::new(now, self.settings.baud);
                self.retry.opened(now);
                self.rivals.look(&self.settings.device);
                Some(Opening::Opened(modem_lines))
            }
            Err(refusal) => {
                let device = &self.settings.device;
                let reason = match refusal {
                    Refusal::InUse => self.rivals.refusal(now, device),
                    Refusal::Other(error) => format!("{device}: {error}"),
                };
                let differs = self.retry.failed(now, &reason);
                differs.then_some(Opening::Failed(reason))
            }
        }
    }

    /// Closes the port and drops everything queued. It is opened again after a pause, which grows
    /// while the port fails as soon as it is open.
    pub fn close(&mut self, now: Instant, registry: &Registry, spare: &mut Blocks) {
        if let Some(port) = self.port.take() {
            // It may be deregistered already, when the device was removed.
            let _ = registry.deregister(&mut SourceFd(&port.raw_fd()));
        }
        self.readable = false;
        self.queue.clear(spare);
        self.check_at = None;
        self.uart_empty_at = None;
        self.retry.closed(now);
    }

    /// Changes the settings. They take effect when the port is opened the next time; it is to be
    /// closed for that.
    pub fn set_settings(&mut self, settings: PortSettings) {
        self.settings = settings;
        self.retry.begin_anew();
    }

    /// The poller reported the port as readable.
    pub fn set_readable(&mut self) {
        self.readable = true;
    }

    /// Whether there may be something to read.
    pub fn is_readable(&self) -> bool {
        self.readable
    }

    /// Reads received bytes.
    pub fn read(&mut self, buffer: &mut [u8]) -> Reading {
        let Some(port) = self.port.as_ref().filter(|_| self.readable) else {
            return Reading::Nothing;
        };
        loop {
            return match port.read(buffer) {
                Ok(count) => Reading::Bytes(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.readable = false;
                    Reading::Nothing
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Reading::Gone(self.gone(&error)),
            };
        }
    }

    fn gone(&self, error: &io::Error) -> String {
        let device = &self.settings.device;
        if error.kind() == io::ErrorKind::UnexpectedEof {
            format!("{device}: the port was hung up")
        } else {
            format!("{device}: the port is gone ({error})")
        }
    }

    /// Queues command bytes. They are dropped while the port is closed.
    pub fn write(&mut self, bytes: Vec<u8>) {
        if self.port.is_some() {
            self.queue.push_command(bytes);
        }
    }

    /// Queues payload.
    pub fn write_payload(&mut self, block: Block) {
        self.queue.push_payload(block);
    }

    /// Payload bytes queued and not yet written to the kernel.
    pub fn payload_queued(&self) -> usize {
        self.queue.payload()
    }

    /// Drops payload that was not written to the kernel yet.
    pub fn drop_payload(&mut self, spare: &mut Blocks) {
        self.queue.drop_payload(spare);
    }

    /// Requests [`Progress::drained`] for when everything queued so far was sent.
    pub fn drain(&mut self) {
        self.queue.push_mark(Mark::Drained);
    }

    /// Changes the baud rate as soon as everything queued so far was sent.
    pub fn set_rate(&mut self, baud: u32) {
        self.queue.push_mark(Mark::Rate(baud));
    }

    /// Asserts or deasserts DTR at once; does nothing on a port without modem control lines.
    ///
    /// # Errors
    /// Why the port is gone.
    pub fn set_dtr(&self, on: bool) -> Result<(), String> {
        match &self.port {
            Some(port) if port.has_modem_lines() => {
                port.set_dtr(on).map_err(|error| self.gone(&error))
            }
            _ => Ok(()),
        }
    }

    /// Sets the port again if another program has changed its settings, and says what it found.
    ///
    /// # Errors
    /// Why the port is gone.
    pub fn check_line(&self) -> Result<LineReport, String> {
        let Some(port) = &self.port else {
            return Ok(LineReport::default());
        };
        let is_held = port.is_held().map_err(|error| self.gone(&error))?;
        let changed = port.restore_line().map_err(|error| self.gone(&error))?;
        if let Some(changed) = &changed {
            let device = &self.settings.device;
            tracing::warn!("{device}: another program changed its settings ({changed}); set again");
        }
        Ok(LineReport { changed, is_held })
    }

    /// Discards received bytes that were not read and queued bytes that were not sent; marks stay.
    ///
    /// # Errors
    /// Why the port is gone.
    pub fn flush(&mut self, now: Instant, spare: &mut Blocks) -> Result<(), String> {
        self.queue.drop_bytes(spare);
        self.readable = true;
        let Some(port) = &self.port else {
            return Ok(());
        };
        port.flush().map_err(|error| self.gone(&error))?;
        self.wire.cleared(now);
        Ok(())
    }

    /// Writes to the kernel as much as it accepts, and executes each mark before which everything
    /// was sent.
    ///
    /// # Errors
    /// Why the port is gone.
    pub fn send(&mut self, now: Instant, spare: &mut Blocks) -> Result<Progress, String> {
        let mut progress = Progress::default();
        self.check_at = None;
        loop {
            let Some(port) = &self.port else {
                return Ok(progress);
            };
            let sent = match self.queue.send(port, spare) {
                Ok(sent) => sent,
                Err(error) => return Err(self.gone(&error)),
            };
            progress.payload += sent.payload;
            if sent.bytes > 0 {
                self.wire.sent(now, sent.bytes);
                self.uart_empty_at = None;
            }
            let Some(mark) = sent.mark else {
                return Ok(progress);
            };
            if let Some(wait) = self.unsent(now)? {
                self.check_at = Some(now + wait);
                return Ok(progress);
            }
            self.execute(now, mark, &mut progress)?;
        }
    }

    fn execute(&mut self, now: Instant, mark: Mark, progress: &mut Progress) -> Result<(), String> {
        self.queue.pop_mark();
        match (mark, &mut self.port) {
            (Mark::Rate(baud), Some(port)) => {
                let set = port.set_rate(baud);
                set.map_err(|error| self.gone(&error))?;
                self.wire.set_rate(now, baud);
            }
            (Mark::Rate(_), None) => {}
            (Mark::Drained, _) => progress.drained = true,
        }
        Ok(())
    }

    /// How long to wait before the next check; `None` if everything written to the kernel was sent.
    fn unsent(&mut self, now: Instant) -> Result<Option<Duration>, String> {
        let Some(port) = &self.port else {
            return Ok(None);
        };
        let bytes = port.bytes_to_send().map_err(|error| self.gone(&error))?;
        if bytes > 0 {
            self.uart_empty_at = None;
            let time = self.wire.time(bytes as u64);
            return Ok(Some(time.clamp(CHECK.0, CHECK.1)));
        }
        let empty_at = if port.has_modem_lines() {
            let fifo_time = self.wire.fifo_time();
            *self.uart_empty_at.get_or_insert(now + fifo_time)
        } else {
            self.wire.empty_at()
        };
        Ok(Some(empty_at.saturating_duration_since(now)).filter(|wait| !wait.is_zero()))
    }
}
