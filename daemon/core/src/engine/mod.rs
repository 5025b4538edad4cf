//! [`Engine`]: the one door the shell knows. Bytes, answers and the time go in by its
//! methods; what is to be done comes out of [`Engine::poll`], in order. After every call the
//! shell polls until nothing comes, then sleeps until [`Engine::deadline`].

mod actions;
mod notices;
mod publish;
mod refusals;
mod requests;

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

pub(crate) use publish::{counted as publish_counted, transfers as publish_transfers};
pub(crate) use refusals::{refuse_calls, refuse_local_calls};

use crate::api::failure::Failure;
use crate::api::local::Handle;
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::payload_sink::PayloadSink;
use crate::api::request::{Request, Ticket};
use crate::api::settings::Settings;
use crate::at::checksum::Checksum;
use crate::link::Link;
use crate::link::state::{Abort, Line, State};

/// How long module and server may take to answer once the daemon ends.
pub const STOP_PATIENCE: Duration = Duration::from_secs(10);

/// Everything that is decided.
pub struct Engine {
    link: Link,
    /// The one procedure that runs, from opening the line to the last transfer.
    life: Pin<Box<dyn Future<Output = ()>>>,
    ended: bool,
}

impl Engine {
    /// An engine without a line yet. `seed` makes temporary names unlike those of other runs.
    pub fn new(now: Now, settings: Settings, seed: u64) -> Self {
        let link = Link::new(State::new(now, Rc::new(settings), seed));
        let life = Box::pin(crate::modem::live(link.clone()));
        let mut engine = Self {
            link,
            life,
            ended: false,
        };
        engine.link.with(publish::servers);
        engine.go_on(now);
        engine
    }

    /// The tty is open, raw, at the configured rate. `modem_lines` says whether DTR can be set.
    pub fn line_opened(&mut self, now: Now, modem_lines: bool) {
        self.link
            .with(|state| state.line = Line::Open { modem_lines });
        self.go_on(now);
    }

    /// The tty is not there or broke; it will be opened again by the shell when it can be.
    pub fn line_closed(&mut self, now: Now, reason: &str) {
        self.link
            .with(|state| state.line = Line::Closed(reason.to_owned()));
        self.go_on(now);
    }

    /// Bytes from the module. Payload among them goes to `sink` before this returns.
    pub fn received(&mut self, now: Now, bytes: &[u8], sink: &mut dyn PayloadSink) {
        self.link.with(|state| {
            state.now = now;
            state.received_at = now.instant;
            let mut nowhere = Nowhere;
            let mut counted = Counted {
                sink: if state.diverted { &mut nowhere } else { sink },
                sum: std::mem::take(&mut state.received_sum),
                bytes: 0,
            };
            state.channel.receive(bytes, &mut counted);
            let Counted { sum, bytes, .. } = counted;
            state.received_sum = sum;
            if bytes > 0 {
                state.received += bytes;
                publish::received(state, bytes);
            }
            notices::take(state);
        });
        self.go_on(now);
    }

    /// A call from the bus.
    pub fn request(&mut self, now: Now, ticket: Ticket, request: Request) {
        self.link.with(|state| {
            state.now = now;
            requests::take(state, ticket, request);
        });
        self.go_on(now);
    }

    /// `bytes` more payload bytes of the running pump were taken by the tty.
    pub fn pumped(&mut self, now: Now, bytes: u64) {
        self.link.with(|state| {
            state.now = now;
            if state.pump.running {
                state.pump.sent += bytes;
                publish::sent(state, bytes);
            }
        });
        self.go_on(now);
    }

    /// The pump handed its last byte to the tty: how many in all and their checksum
    /// (docs/module/at-file.md §3.6), or why it stopped.
    pub fn pump_ended(&mut self, now: Now, result: Result<(u64, u16), Failure>) {
        self.link.with(|state| {
            if state.pump.running {
                state.pump.ended = Some(result);
            }
        });
        self.go_on(now);
    }

    /// Answers [`Output::Drain`].
    pub fn drained(&mut self, now: Now) {
        self.link.with(|state| state.drained = true);
        self.go_on(now);
    }

    /// Answers [`Output::Commit`]; also called with an error as soon as a sink fails.
    pub fn committed(&mut self, now: Now, handle: Handle, result: Result<(), Failure>) {
        self.link
            .with(|state| state.committed = Some((handle, result)));
        self.go_on(now);
    }

    /// Comes to rest: the running transfer is stopped, data mode left, the session closed;
    /// then [`Output::Stopped`] comes out. Takes a few seconds, and not much more than
    /// [`STOP_PATIENCE`] when nobody answers any more.
    pub fn stop(&mut self, now: Now) {
        let serving = self.link.with(|state| {
            state.stopping = true;
            state.stop_by = Some(now.instant + STOP_PATIENCE);
            state.abort = Some(Abort::Stop);
            refusals::refuse_all(state);
            state.serving
        });
        if serving {
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
        self.link.with(|state| state.outputs.pop_front())
    }

    /// When [`Engine::timeout`] wants to be called; `None`: not before something else happens.
    pub fn deadline(&self) -> Option<Instant> {
        if self.ended {
            return None;
        }
        self.link.with(|state| {
            let expiry = state.queue.first_expiry().filter(|_| !state.serving);
            [state.deadline, expiry].into_iter().flatten().min()
        })
    }

    /// Lets the procedure go on as far as it can, and publishes what changed.
    fn go_on(&mut self, now: Now) {
        if self.ended {
            return;
        }
        self.link.with(|state| {
            state.now = now;
            state.deadline = None;
            refusals::expire(state);
        });
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(()) = self.life.as_mut().poll(&mut context) {
            self.end();
        }
        self.link.with(publish::all);
    }

    fn end(&mut self) {
        self.ended = true;
        self.link.with(|state| {
            publish::all(state);
            state.outputs.push_back(Output::Stopped);
        });
    }
}

/// A sink for payload that only its checksum is wanted of.
struct Nowhere;

impl PayloadSink for Nowhere {
    fn write(&mut self, _: &[u8]) {}
}

/// A sink that counts and sums what passes.
struct Counted<'a> {
    sink: &'a mut dyn PayloadSink,
    sum: Checksum,
    bytes: u64,
}

impl PayloadSink for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.sum.update(bytes);
        self.bytes += bytes.len() as u64;
        self.sink.write(bytes);
    }
}
