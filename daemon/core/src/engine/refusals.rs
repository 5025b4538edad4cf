//! Calls that wait in vain: answered with why, as soon as that is known.

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::Failure;
use crate::api::output::Output;
use crate::api::status::ModemState;
use crate::link::state::State;
use crate::transfer::queue::Call;

/// Refuses the calls that waited too long for the module to come online.
pub fn expire(state: &mut State) {
    if state.serving {
        return;
    }
    for call in state.queue.take_expired(state.now.instant, false) {
        let failure = Failure::new(
            match state.modem.state {
                ModemState::Searching => ErrorName::NotRegistered,
                ModemState::Registered => ErrorName::BearerFailed,
                _ => ErrorName::ModemUnavailable,
            },
            format!("the module is not online yet: {}", state.modem.state_reason),
        );
        refuse(state, call, failure);
    }
}

/// Refuses every call that needs the network: there will be none.
pub fn refuse_calls(state: &mut State, failure: &Failure) {
    for call in state.queue.take_expired(state.now.instant, true) {
        refuse(state, call, failure.clone());
    }
}

/// Refuses the others, too: there is no line any more.
pub fn refuse_local_calls(state: &mut State, failure: &Failure) {
    while let Some(call) = state.queue.take_local_call() {
        refuse(state, call, failure.clone());
    }
}

/// Refuses everything that waits: the daemon ends.
pub fn refuse_all(state: &mut State) {
    while let Some(call) = state.queue.take_call() {
        let failure = Failure::new(ErrorName::Stopping, "the daemon is stopping");
        refuse(state, call, failure);
    }
}

fn refuse(state: &mut State, call: Call, failure: Failure) {
    if let Some(ticket) = call.ticket {
        state.outputs.push_back(Output::Reply(ticket, Err(failure)));
    }
}
