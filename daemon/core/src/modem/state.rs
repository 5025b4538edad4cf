//! [`ModuleState`]: what is known of the module. Only this floor changes it.

use std::collections::{HashMap, HashSet, VecDeque};

use super::call::ModuleCall;
use super::results::Results;
use crate::api::failure::Failure;
use crate::api::status::{ModemState, ModemStatus};
use crate::at::urc::{Domain, PinState, RegistrationStatus};

/// What changed and still has to be acted upon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    /// A registration or SIM URC came: what is shown is out of date.
    pub network_changed: bool,
    /// The SIM was removed or failed (`+CPIN: NOT READY`).
    pub sim_lost: bool,
    /// The modem's or network's configuration changed: everything has to be set anew.
    pub reconfigured: bool,
}

/// What is known of the module.
pub(super) struct ModuleState {
    /// What `Modem1` shows.
    pub status: ModemStatus,
    /// What changed.
    pub notices: Notices,
    /// What keeps the module from being online, if it will not mend by itself soon.
    pub trouble: Option<Failure>,
    /// The state of the SIM that was last reported, by an answer or a URC.
    pub pin: Option<PinState>,
    /// Whether the PDP context may be active, so that its loss is news.
    pub is_context_active: bool,
    /// The last status of each registration.
    pub registrations: HashMap<Domain, RegistrationStatus>,
    /// Whether results of FTP commands reach us.
    pub results: Results,
    /// Whether the module's list of SSL settings has `sni` (docs/module/at-ssl.md §2), once asked.
    pub knows_sni: Option<bool>,
    /// Certificates on the module whose content was compared since the daemon started.
    pub proven_files: HashSet<String>,
    /// Whether a file of a transfer may still be on the module.
    pub has_left_overs: bool,
    /// Calls that need the module and no network.
    pub calls: VecDeque<ModuleCall>,
}

impl ModuleState {
    /// Nothing known.
    pub(super) fn new(device: String, reason: &str) -> Self {
        let status = ModemStatus {
            device,
            state: ModemState::Starting,
            state_reason: reason.into(),
            ..ModemStatus::default()
        };
        Self {
            status,
            notices: Notices::default(),
            trouble: None,
            pin: None,
            is_context_active: false,
            registrations: HashMap::new(),
            results: Results::default(),
            knows_sni: None,
            proven_files: HashSet::new(),
            has_left_overs: false,
            calls: VecDeque::new(),
        }
    }

    /// Forgets what was true of the module before it was found (again): it may be another one.
    pub(super) fn forget_module(&mut self) {
        let status = &mut self.status;
        *status = ModemStatus {
            device: std::mem::take(&mut status.device),
            state: status.state,
            state_reason: std::mem::take(&mut status.state_reason),
            bytes_sent: status.bytes_sent,
            bytes_received: status.bytes_received,
            ..ModemStatus::default()
        };
        self.pin = None;
        self.is_context_active = true;
        self.registrations.clear();
        self.results.forget();
        self.proven_files.clear();
        self.knows_sni = None;
    }
}
