//! What the engine hands to the link: bytes from the module and reports of the shell.

use super::handle::Link;
use super::reception::CountingSink;
use super::state::LinkState;
use crate::api::failure::Failure;
use crate::api::local::{Extent, Handle, LocalFile};
use crate::api::payload_sink::PayloadSink;
use crate::at::channel::Event;
use crate::at::urc::Urc;

impl Link {
    /// Bytes came from the module. Payload among them goes to `sink` before this returns; how many
    /// bytes of payload there were.
    pub fn received(&self, bytes: &[u8], sink: &mut (dyn PayloadSink + Send)) -> u64 {
        self.state
            .change_with((bytes, sink), |state, (bytes, sink)| {
                state.received_at = state.now.instant;
                state.received += bytes.len() as u64;
                let mut counting = CountingSink {
                    reception: state.reception.as_mut(),
                    sink,
                    bytes: 0,
                };
                state.channel.receive(bytes, &mut counting);
                let bytes = counting.bytes;
                state.quiet.received(&mut state.channel, state.now.instant);
                take_events(state);
                notice_echo(state);
                bytes
            })
    }

    /// So much waits for the local file that the tty is left unread, or no more: then what the
    /// module has to say may come.
    pub fn hold_reading(&self, held: bool) {
        self.state.change_with(held, |state, held| {
            let now = state.now.instant;
            state.local.held.set(held, now);
            if !held {
                state.received_at = state.now.instant;
                state.quiet.await_from(now);
            }
        });
    }

    /// The local file that payload is received for took some of what waits for it.
    pub fn sink_took(&self) {
        self.state
            .change(|state| state.local.took_at = Some(state.now.instant));
    }

    /// When the local file took something last.
    pub fn sink_took_at(&self) -> Option<std::time::Instant> {
        self.state.get(|state| state.local.took_at)
    }

    /// The running pump has sent everything that its source gave so far, and wants more, or no more.
    pub fn starve(&self, starved: bool) {
        self.state.change_with(starved, |state, starved| {
            let now = state.now.instant;
            state.local.starved.set(starved, now);
        });
    }

    /// The next URC that has not been interpreted.
    pub fn next_urc(&self) -> Option<Urc> {
        self.state.change(|state| state.urcs.pop_front())
    }

    /// The tty has taken so many more bytes of payload; whether a pump of ours still runs.
    pub fn pumped(&self, bytes: u64) -> bool {
        self.state.change_with(bytes, |state, bytes| {
            if state.pump.running {
                state.pump.sent += bytes;
            }
            state.pump.running
        })
    }

    /// The pump ended: bytes and checksum, or why it failed.
    pub fn pump_ended(&self, result: Result<(u64, u16), Failure>) {
        self.state.change_with(result, |state, result| {
            if state.pump.running {
                state.pump.ended = Some(result);
            }
        });
    }

    /// Everything written has left for the module.
    pub fn drained(&self) {
        self.state.change(|state| state.drained = true);
    }

    /// A sink was committed, or failed.
    pub fn committed(&self, handle: Handle, result: Result<(), Failure>) {
        self.state
            .change_with((handle, result), |state, committed| {
                state.committed = Some(committed);
            });
    }

    /// The local file that was pumped since this was last asked.
    pub fn take_pumped(&self) -> Option<Handle> {
        self.state.change(|state| state.pumped.take())
    }

    /// This local file is opened again from now on, and no other one.
    pub fn begin_opening(&self, handle: Handle) {
        self.state.change_with(handle, |state, handle| {
            state.opening = Some(handle);
            state.opened = None;
        });
    }

    /// A local file was opened again, or could not be; a report about another one is dropped.
    pub fn opened(&self, handle: Handle, result: Result<LocalFile, Failure>) {
        self.state.change_with((handle, result), |state, opened| {
            if state.opening == Some(opened.0) {
                state.opened = Some(opened);
            }
        });
    }

    /// Whether there is an answer about this local file.
    pub fn is_opened(&self, handle: Handle) -> bool {
        self.state.get_with(handle, |state, handle| {
            state.opened.as_ref().is_some_and(|(of, _)| *of == handle)
        })
    }

    /// What came of opening a local file; a report about another one is dropped.
    pub fn take_opened(&self, handle: Handle) -> Option<Result<LocalFile, Failure>> {
        self.state.change_with(handle, |state, handle| {
            let (of, result) = state.opened.take()?;
            (of == handle).then_some(result)
        })
    }

    /// A part of a local file was hashed, or could not be.
    pub fn digested(&self, extent: Extent, result: Result<String, Failure>) {
        self.state.change_with((extent, result), |state, digested| {
            state.digested = Some(digested);
        });
    }

    /// What came of hashing a part of a local file; a report about another one is dropped.
    pub fn take_digested(&self, extent: Extent) -> Option<Result<String, Failure>> {
        self.state.change_with(extent, |state, extent| {
            let (of, result) = state.digested.take()?;
            (of == extent).then_some(result)
        })
    }

    /// What was last reported of a sink; a report about another one is dropped.
    pub fn take_committed(&self, handle: Handle) -> Option<Result<(), Failure>> {
        self.state.change_with(handle, |state, handle| {
            let (of, result) = state.committed.take()?;
            (of == handle).then_some(result)
        })
    }

    /// Whether payload is being sent or received.
    pub fn is_moving(&self) -> bool {
        self.state
            .get(|state| state.pump.running || state.reception.is_some())
    }
}

/// A module that echoes a command although it was told not to has restarted (docs/module/quirks.md N6),
/// whatever else it said or did not say.
fn notice_echo(state: &mut LinkState) {
    if state.echo_off && state.channel.echoed() {
        tracing::debug!(target: "modem_ftp::at", "< an echo, which was off");
        state.echo_off = false;
        state.losses.reset = true;
        // What a module without our settings and session says to a command is no answer to it.
        state.answer = None;
        state.connected = false;
        state.abandon();
    }
}

/// Takes everything the channel has to report.
fn take_events(state: &mut LinkState) {
    while let Some(event) = state.channel.poll() {
        match event {
            Event::Connected { .. } => state.connected = true,
            Event::Acknowledged => state.acknowledged += 1,
            Event::Finished(answer) => {
                state.answered_at = state.now.instant;
                state.answer = Some(answer);
            }
            Event::Settled(answer) => state.parked_answer = Some(answer),
            Event::Refused => {
                tracing::debug!(target: "modem_ftp::at", "< unexpected: a refusal");
                state.refused = true;
            }
            Event::Urc(urc) => {
                tracing::debug!(target: "modem_ftp::at", "< {urc:?}");
                state.urcs.push_back(urc);
            }
            Event::Unexpected(what) => {
                tracing::debug!(target: "modem_ftp::at", "< unexpected: {what}");
            }
        }
    }
}
