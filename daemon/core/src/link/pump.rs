//! [`RunningPump`]: the shell copies a local file to the tty. The copy is stopped when this guard
//! is dropped, however the procedure that started it ends.

use super::handle::Link;
use super::payload::PayloadSource;
use super::state::PumpState;
use crate::api::output::Output;

/// The copy, while it may run.
pub(super) struct RunningPump(Link);

impl RunningPump {
    /// Starts the copy.
    pub(super) fn start(link: &Link, source: PayloadSource) -> Self {
        link.state.change(|state| {
            state.pump = PumpState {
                running: true,
                ..PumpState::default()
            };
            state.acknowledged = 0;
        });
        link.state.change_with(source.handle, |state, handle| {
            state.pumped = Some(handle);
        });
        link.put(Output::Pump {
            handle: source.handle,
            offset: source.offset,
            length: source.length,
            window: source.window,
            text: source.text,
        });
        Self(link.clone())
    }
}

impl Drop for RunningPump {
    fn drop(&mut self) {
        let running = self.0.state.change(|state| {
            let pump = std::mem::take(&mut state.pump);
            state.data.moved = pump.sent;
            pump.running
        });
        if running {
            self.0.put(Output::StopPump);
        }
    }
}
