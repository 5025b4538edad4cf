//! [`Modem`]: the handle to what is known of the module, over the link to it.

use std::time::Duration;

use super::state::{ModuleState, Notices};
use crate::api::failure::Failure;
use crate::api::status::{ModemState, ModemStatus, SessionState};
use crate::at::urc::PinState;
use crate::link::{Link, OPENING};
use crate::shared::Shared;

/// How long a pause lasts at least, however often the network changes.
const SOONEST: Duration = Duration::from_secs(1);

/// A handle to the module.
#[derive(Clone)]
pub struct Modem {
    link: Link,
    pub(super) state: Shared<ModuleState>,
}

impl Modem {
    /// Nothing known of the module at the other end of `link`.
    pub fn new(link: Link) -> Self {
        let device = link.settings().modem.device.clone();
        let state = Shared::new(ModuleState::new(device, OPENING));
        Self { link, state }
    }

    /// The conversation with the module.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// What `Modem1` shows, if that is not `known`.
    pub fn status_unlike(&self, known: &ModemStatus) -> Option<ModemStatus> {
        self.state.get_with(known, |state, known| {
            (state.status != *known).then(|| state.status.clone())
        })
    }

    /// Payload bytes sent and received since the daemon started.
    pub fn counters(&self) -> (u64, u64) {
        self.state
            .get(|state| (state.status.bytes_sent, state.status.bytes_received))
    }

    /// Changes what `Modem1` shows.
    pub fn show<A: Send>(&self, value: A, change: fn(&mut ModemStatus, A)) {
        self.state
            .change_with((value, change), |state, (value, change)| {
                change(&mut state.status, value);
            });
    }

    /// Shows what the FTP session does, and with which server.
    pub fn show_session(&self, session: SessionState, server: &str) {
        self.show((session, server), |status, (session, server)| {
            status.session = session;
            server.clone_into(&mut status.server);
        });
    }

    /// Shows a state on the way to being online.
    pub fn report(&self, to: ModemState, reason: impl Into<String>) {
        self.state
            .change_with((to, reason.into()), |state, (to, reason)| {
                state.trouble = None;
                state.status.state = to;
                state.status.state_reason = reason;
            });
    }

    /// Shows a state that will not mend by itself soon; there is no session then.
    pub fn report_trouble(&self, to: ModemState, failure: Failure) {
        tracing::warn!(state = to.as_str(), "{failure}");
        self.show_session(SessionState::Closed, "");
        self.state
            .change_with((to, failure), |state, (to, failure)| {
                state.status.state = to;
                state.status.state_reason = failure.text.to_string();
                state.trouble = Some(failure);
            });
    }

    /// How far bring-up is, and why it stands there.
    pub fn stage(&self) -> (ModemState, String) {
        self.state
            .get(|state| (state.status.state, state.status.state_reason.clone()))
    }

    /// What keeps the module from being online, if it will not mend by itself soon.
    pub fn trouble(&self) -> Option<Failure> {
        self.state.get(|state| state.trouble.clone())
    }

    /// What changed and still has to be acted upon.
    pub fn notices(&self) -> Notices {
        self.state.get(|state| state.notices)
    }

    /// As [`Modem::notices`], and forgets them: everything is set up anew.
    pub fn take_notices(&self) -> Notices {
        self.state
            .change(|state| std::mem::take(&mut state.notices))
    }

    /// The registration is being asked for: URCs from now on are changes.
    pub fn clear_network_changed(&self) {
        self.state
            .change(|state| state.notices.network_changed = false);
    }

    /// The SIM is ready: its loss before is over.
    pub fn clear_sim_lost(&self) {
        self.state.change(|state| {
            state.pin = Some(PinState::Ready);
            state.notices.sim_lost = false;
        });
    }

    /// The PDP context is being activated, or was deactivated by us.
    pub fn set_context_active(&self, active: bool) {
        self.state
            .change_with(active, |state, active| state.is_context_active = active);
    }

    /// The modem's or network's configuration changed: everything has to be set anew.
    pub fn reconfigure(&self) {
        self.state.change(|state| state.notices.reconfigured = true);
    }

    /// Forgets what was true of the module before it was found (again): it may be another one.
    pub fn forget_module(&self) {
        self.state.change(ModuleState::forget_module);
        self.link.forget_set_up();
        self.link.set_serial_number(String::new());
    }

    /// Waits so long, or until something changes that makes waiting pointless. Calls that need
    /// no network are served meanwhile.
    pub async fn rest(&self, time: Duration) {
        let end = self.link.after(time);
        // However often the network is reported to change, it is not asked all the time.
        let soonest = self.link.after(time.min(SOONEST));
        loop {
            let is_early = self.link.now().instant < soonest;
            let deadline = if is_early { soonest } else { end };
            let has_call = self
                .link
                .rest_until(Some(deadline), || {
                    if self.has_module_call() {
                        return Some(true);
                    }
                    let notices = self.notices();
                    let changed = self.link.interruption().is_some()
                        || self.link.is_stopping()
                        || (notices.network_changed && !is_early)
                        || notices.reconfigured;
                    changed.then_some(false)
                })
                .await;
            match has_call {
                Some(true) => self.serve_module_calls().await,
                None if is_early && soonest < end && !self.link.is_stopping() => {}
                Some(false) | None => return,
            }
        }
    }
}
