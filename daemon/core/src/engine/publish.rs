//! What is told to the outside: whole statuses, only when they changed, progress at most
//! once a second (product.md, Transfer1).

use std::time::Duration;

use crate::api::output::Output;
use crate::link::state::State;

/// Progress is told no more often than this.
const PROGRESS: Duration = Duration::from_secs(1);

/// Publishes everything that changed.
pub fn all(state: &mut State) {
    // While bytes move their count is progress; once they rest it is told at once.
    let moving = state.pump.running || state.payload;
    // This runs for every few bytes that move: nothing is copied unless it is told.
    let counts = (state.modem.bytes_sent, state.modem.bytes_received);
    if moving && !progress_due(state) {
        state.modem.bytes_sent = state.published.bytes_sent;
        state.modem.bytes_received = state.published.bytes_received;
    }
    if state.modem != state.published {
        state.published = state.modem.clone();
        state.progress_at = Some(state.now.instant);
        let modem = Box::new(state.modem.clone());
        state.outputs.push_back(Output::Modem(modem));
    }
    (state.modem.bytes_sent, state.modem.bytes_received) = counts;
    transfers(state);
}

/// Publishes the transfers that changed, now: before a reply that names one.
pub fn transfers(state: &mut State) {
    while let Some(status) = state.queue.take_changed() {
        state.outputs.push_back(Output::Transfer(Box::new(status)));
    }
}

/// Tells which servers there are.
pub fn servers(state: &mut State) {
    let names = state.settings.servers.iter();
    let names = names.map(|server| server.name.clone()).collect();
    let default = state.settings.server("");
    let default = default.map_or_else(String::new, |server| server.name.clone());
    state.outputs.push_back(Output::Servers(names, default));
}

/// Counts payload that went out.
pub fn sent(state: &mut State, bytes: u64) {
    state.modem.bytes_sent += bytes;
    moved(state, bytes);
}

/// Counts payload that came in.
pub fn received(state: &mut State, bytes: u64) {
    state.modem.bytes_received += bytes;
    moved(state, bytes);
}

fn moved(state: &mut State, bytes: u64) {
    if !state.counting {
        return;
    }
    let due = progress_due(state);
    let Some(transfer) = state.queue.active() else {
        return;
    };
    transfer.status.transferred += bytes;
    let id = transfer.status.id;
    if due {
        state.queue.change(id);
    }
}

/// Takes over what the module counted of the active transfer, if that counts as its progress.
/// It is asked for less often than progress may be told.
pub fn counted(state: &mut State, bytes: u64) {
    if !state.counting {
        return;
    }
    let Some(transfer) = state.queue.active() else {
        return;
    };
    // Before the transfer has begun the count may still be that of the one before.
    let bytes = transfer.status.size.map_or(bytes, |size| bytes.min(size));
    if transfer.status.transferred != bytes {
        transfer.status.transferred = bytes;
        let id = transfer.status.id;
        state.queue.change(id);
    }
}

fn progress_due(state: &State) -> bool {
    state
        .progress_at
        .is_none_or(|last| state.now.instant >= last + PROGRESS)
}
