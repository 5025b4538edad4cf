//! [`Engine`]: the one door the shell knows. Bytes, answers and the time go in by its methods; what
//! is to be done comes out of [`Engine::poll`], in order. After every call the shell polls until
//! nothing comes, then sleeps until [`Engine::deadline`].

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use super::calls::Calls;
use super::life;
use super::published::{Published, publish_servers};
use super::requests::Requests;
use crate::api::fact::Stored;
use crate::api::failure::Failure;
use crate::api::line::LineReport;
use crate::api::local::{Extent, Handle, LocalFile};
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::payload_sink::PayloadSink;
use crate::api::request::{Request, Ticket};
use crate::api::settings::Settings;
use crate::ftp::Ftp;
use crate::ledger::Ledger;
use crate::link::{Link, Port};
use crate::modem::Modem;
use crate::transfer::Transfers;

/// How long module and server may take to answer once the daemon stops.
pub const STOP_PATIENCE: Duration = Duration::from_secs(10);
/// How long the store may take after that.
const STORE_PATIENCE: Duration = Duration::from_secs(5);

/// Everything that is decided.
pub struct Engine {
    link: Link,
    ledger: Ledger,
    modem: Modem,
    transfers: Transfers,
    calls: Calls,
    requests: Requests,
    published: Published,
    /// The one procedure that runs, from opening the port to the last transfer.
    life: Pin<Box<dyn Future<Output = ()>>>,
    ended: bool,
    /// Until when the store is waited for, once it has ended.
    store_by: Option<Instant>,
}

impl Engine {
    /// An engine without a port yet. `seed` makes staging names unlike those of other runs.
    pub fn new(now: Now, settings: Settings, seed: u64) -> Self {
        let link = Link::new(now, Arc::new(settings));
        let modem = Modem::new(link.clone());
        let ftp = Ftp::new(modem.clone());
        let ledger = Ledger::new(link.clone());
        let transfers = Transfers::new(modem.clone(), ledger.clone(), seed);
        let calls = Calls::new(modem.clone());
        let life = life::live(ftp.clone(), transfers.clone(), calls.clone());
        let mut engine = Self {
            requests: Requests::new(ftp, transfers.clone(), calls.clone()),
            link,
            ledger,
            modem,
            transfers,
            calls,
            published: Published::default(),
            life: Box::pin(life),
            ended: false,
            store_by: None,
        };
        publish_servers(&engine.modem);
        engine.go_on(now);
        engine
    }

    /// The tty is open, raw, at the configured rate. `modem_lines` says whether DTR can be set.
    pub fn line_opened(&mut self, now: Now, modem_lines: bool) {
        self.link.set_port(Port::Open { modem_lines });
        self.go_on(now);
    }

    /// The tty is not there or failed; the shell opens it again when it can.
    pub fn line_closed(&mut self, now: Now, reason: &str) {
        self.link.set_port(Port::Closed(reason.to_owned()));
        self.go_on(now);
    }

    /// Bytes from the module. Payload among them goes to `sink` before this returns.
    pub fn received(&mut self, now: Now, bytes: &[u8], sink: &mut (dyn PayloadSink + Send)) {
        self.link.set_now(now);
        let payload = self.link.received(bytes, sink);
        if payload > 0 {
            self.modem.show(payload, |status, payload| {
                status.bytes_received += payload;
            });
            self.moved(now, payload);
        }
        self.modem.interpret_urcs();
        self.go_on(now);
    }

    /// The tty is left unread because so much waits for the local file of a download (`true`), or is
    /// read again.
    pub fn hold_reading(&mut self, now: Now, held: bool) {
        self.link.set_now(now);
        self.link.hold_reading(held);
        self.go_on(now);
    }

    /// The local file of a download took some of what waits for it.
    pub fn sink_took(&mut self, now: Now) {
        self.link.set_now(now);
        self.link.sink_took();
        self.go_on(now);
    }

    /// The running pump has sent everything that its source gave so far, and wants more (`true`), or no
    /// more.
    pub fn starve(&mut self, now: Now, starved: bool) {
        self.link.set_now(now);
        self.link.starve(starved);
        self.go_on(now);
    }

    /// Answers [`Output::AwaitSource`].
    pub fn source_ready(&mut self, now: Now, handle: Handle) {
        self.link.set_now(now);
        self.transfers.source_ready(handle);
        self.go_on(now);
    }

    /// A call from the bus.
    pub fn request(&mut self, now: Now, ticket: Ticket, request: Request) {
        self.link.set_now(now);
        self.requests.accept(ticket, request);
        self.go_on(now);
    }

    /// Nobody waits for the replies to these calls any more. What they asked for is done all the same;
    /// those that only wait for the end of a transfer are forgotten.
    pub fn forget(&mut self, tickets: &HashSet<Ticket>) {
        self.transfers.forget_waiters(tickets);
    }

    /// `bytes` more payload bytes of the running pump were taken by the tty.
    pub fn pumped(&mut self, now: Now, bytes: u64) {
        self.link.set_now(now);
        if self.link.pumped(bytes) {
            self.modem
                .show(bytes, |status, bytes| status.bytes_sent += bytes);
            self.moved(now, bytes);
        }
        self.go_on(now);
    }

    /// The pump handed its last byte to the tty: how many in all and their checksum
    /// (docs/module/at-file.md §3.6), or why it stopped.
    pub fn pump_ended(&mut self, now: Now, result: Result<(u64, u16), Failure>) {
        self.link.pump_ended(result);
        self.go_on(now);
    }

    /// Answers [`Output::Drain`].
    pub fn drained(&mut self, now: Now) {
        self.link.drained();
        self.go_on(now);
    }

    /// Answers [`Output::CheckLine`].
    pub fn line_checked(&mut self, now: Now, report: LineReport) {
        self.link.line_checked(report);
        self.go_on(now);
    }

    /// Answers [`Output::Commit`]; also called with an error as soon as a sink fails.
    pub fn committed(&mut self, now: Now, handle: Handle, result: Result<(), Failure>) {
        self.link.committed(handle, result);
        self.go_on(now);
    }

    /// Takes in what was stored by the process before; to be called once, before the port is opened.
    pub fn restore(&mut self, now: Now, stored: Stored) {
        self.link.set_now(now);
        self.transfers.restore(stored);
        self.go_on(now);
    }

    /// Answers [`Output::Persist`].
    pub fn persisted(&mut self, now: Now, number: u64, result: Result<(), Failure>) {
        self.link.set_now(now);
        self.transfers.persisted(number, result);
        self.go_on(now);
    }

    /// Answers [`Output::Open`].
    pub fn opened(&mut self, now: Now, handle: Handle, result: Result<LocalFile, Failure>) {
        self.link.opened(handle, result);
        self.go_on(now);
    }

    /// Answers [`Output::Digest`]: SHA-256 of that part (lower-case hex), or why it cannot be had.
    pub fn digested(&mut self, now: Now, extent: Extent, result: Result<String, Failure>) {
        self.link.digested(extent, result);
        self.go_on(now);
    }

    /// Comes to rest: the running transfer is stopped, data mode left, the session closed;
    /// then [`Output::Stopped`] comes out. Takes a few seconds, and not much more than
    /// [`STOP_PATIENCE`] when the module no longer answers.
    pub fn stop(&mut self, now: Now) {
        self.link.stop(now.instant + STOP_PATIENCE);
        let failure = stopping();
        self.calls.refuse_all(&failure);
        self.calls.refuse_module_calls(&failure);
        self.transfers.refuse_inquiries(&failure);
        if self.calls.is_serving() {
            self.go_on(now);
        } else {
            self.end();
        }
    }

    /// The deadline passed (calling it earlier does no harm).
    pub fn timeout(&mut self, now: Now) {
        self.go_on(now);
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Output> {
        self.link.next_output()
    }

    /// When [`Engine::timeout`] has to be called; `None`: not before something else happens.
    pub fn deadline(&self) -> Option<Instant> {
        if self.ended {
            return self.store_by.filter(|_| !self.ledger.is_idle());
        }
        let deadlines = [
            self.link.deadline(),
            self.calls.first_expiry(),
            self.transfers.next_expiry(),
            self.transfers.store_again(),
        ];
        deadlines.into_iter().flatten().min()
    }

    fn moved(&mut self, now: Now, bytes: u64) {
        let due = self.published.is_progress_due(now.instant);
        self.transfers.moved(bytes, due);
    }

    /// Lets the procedure go on as far as it can, and publishes what changed.
    fn go_on(&mut self, now: Now) {
        self.link.set_now(now);
        if self.ended {
            if self.store_by.is_some_and(|by| now.instant >= by) {
                self.ledger.give_up();
            }
            return;
        }
        self.calls.refuse_hopeless();
        self.transfers.expire();
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(()) = self.life.as_mut().poll(&mut context) {
            return self.end();
        }
        self.calls.refuse_hopeless();
        self.published.publish(&self.modem, &self.transfers);
    }

    fn end(&mut self) {
        self.ended = true;
        self.transfers.refuse_inquiries(&stopping());
        self.published.publish(&self.modem, &self.transfers);
        // What is still being stored is stored first, if that does not take for ever.
        self.store_by = Some(self.link.after(STORE_PATIENCE));
        self.ledger.hold(Output::Stopped);
    }
}

/// The refusal of what has not ended when the daemon stops.
fn stopping() -> Failure {
    Failure::new(ErrorName::Stopping, "the daemon is stopping")
}
