//! [`Recovery`]: what is rebuilt after a failure. Each stage is tried a few times before the next
//! one; a login that works starts again at the first. An activated PDP context does not: what is
//! wrong with it shows only when it is used (docs/module/quirks.md F2, N3).

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use super::back_off;
use super::cures::Cures;
use super::repeats::Repeats;
use crate::api::failure::{Failure, Scope};
use crate::api::output::Output;
use crate::api::status::ModemState;
use crate::at::command::network::RestartModule;
use crate::ftp::Ftp;
use crate::link::{DataConnections, Link, Port};
use crate::modem::Modem;

/// Tries of the context before the module is restarted (TCP/IP manual: three).
pub(super) const CONTEXT_TRIES: u32 = 3;
/// Restarts in a row without a login before the power is switched, where it can be.
const RESTARTS: u32 = 3;
/// A context that was up for so long worked, used or not.
const STEADY: Duration = Duration::from_secs(600);
/// The module's code for a name without an address (docs/module/at-ftp.md §4): the name may be
/// wrong, so it is never a reason to restart the module.
const UNKNOWN_NAME: u32 = 604;
/// Searches for a silent module before it is power-cycled.
const SEARCHES: u32 = 3;
/// How long a module may take to start after its supply came back (HW manual: 5 s).
const POWER_UP: Duration = Duration::from_secs(8);

/// How often each stage has been tried.
pub struct Recovery {
    ftp: Ftp,
    silent: u32,
    names: u32,
    context: u32,
    restarts: u32,
    online: Option<Instant>,
    /// Restarts of its own.
    restarted: Repeats,
    /// Losses of the context.
    lost: Repeats,
    /// Whether the module is to be restarted by its power supply.
    pub(super) wants_power: bool,
    /// Whether the network kept the job that was judged last from its server.
    pub(super) is_network_blamed: bool,
    /// Whether it may be the only server's setting that keeps logins from working.
    pub(super) is_setting_suspected: bool,
    /// Servers on which a login has worked since the daemon started.
    pub(super) worked: BTreeSet<String>,
    /// The module's data connections, as they were when last looked at.
    pub(super) data: DataConnections,
    pub(super) data_cures: Cures,
    /// Until when failing data connections are not the module's fault.
    pub(super) exonerated: Option<Instant>,
    /// TLS logins since the module was restarted.
    pub(super) tls_logins: u32,
    /// Logins in a row that the module's TCP/IP stack failed.
    pub(super) stack_failures: u32,
    pub(super) stack_cures: Cures,
}

impl Recovery {
    /// Nothing has failed yet.
    pub fn new(ftp: Ftp) -> Self {
        Self {
            ftp,
            silent: 0,
            names: 0,
            context: 0,
            restarts: 0,
            online: None,
            restarted: Repeats::default(),
            lost: Repeats::default(),
            wants_power: false,
            is_network_blamed: false,
            is_setting_suspected: false,
            worked: BTreeSet::new(),
            data: DataConnections::default(),
            data_cures: Cures::default(),
            exonerated: None,
            tls_logins: 0,
            stack_failures: 0,
            stack_cures: Cures::default(),
        }
    }

    fn modem(&self) -> &Modem {
        self.ftp.modem()
    }

    fn link(&self) -> &Link {
        self.ftp.link()
    }

    /// The module is online: it is not silent any more. Whether its PDP context works is not known
    /// yet.
    pub fn online(&mut self) {
        self.silent = 0;
        self.online = Some(self.link().now().instant);
    }

    /// How often the context was rebuilt in vain.
    pub(super) fn context_tries(&self) -> u32 {
        self.context
    }

    /// Starts again at the first stage if a login has worked since, or the context did for long.
    fn start_again(&mut self, failure: &Failure) {
        let logged_in = self.ftp.take_logged_in();
        let online = self.online.take();
        let network = matches!(
            failure.name,
            ErrorName::BearerFailed | ErrorName::NotRegistered
        );
        let now = self.link().now().instant;
        let steady = network && online.is_some_and(|since| now >= since + STEADY);
        if logged_in || steady {
            (self.names, self.context, self.restarts) = (0, 0, 0);
        }
    }

    /// Acts on a failure; returns from where on everything has to be rebuilt.
    pub async fn recover(&mut self, failure: Failure) -> Scope {
        self.start_again(&failure);
        // A change before the failure is no reason to cut the pause after it short.
        self.modem().clear_network_changed();
        if self.link().is_stopping() || matches!(self.link().port(), Port::Closed(_)) {
            return Scope::Line;
        }
        if self.link().losses().reset {
            return self.restarted().await;
        }
        if self.modem().notices().reconfigured {
            let why = "the configuration changed";
            tracing::info!("{why}; setting it up anew");
            self.modem().report(ModemState::Starting, why);
            return Scope::Line;
        }
        match (failure.name, failure.scope) {
            (ErrorName::SimNotReady, _) => {
                self.modem().report_trouble(ModemState::Locked, failure);
                self.modem().rest(Duration::from_secs(60)).await;
                Scope::Line
            }
            // Only the context could stop it; nothing is wrong with the network.
            (ErrorName::Cancelled | ErrorName::Stopping, _) => Scope::Context,
            (_, Scope::Line) => self.silent(failure).await,
            (_, Scope::Module) => self.restart(failure).await,
            _ => self.context(failure).await,
        }
    }

    /// The module restarted by itself. One that says so all the time is not set up all the time.
    async fn restarted(&mut self) -> Scope {
        let mut why = "the module restarted by itself".to_owned();
        let now = self.link().now().instant;
        if let Some((count, pause)) = self.restarted.again(now) {
            let seconds = pause.as_secs();
            why = format!("{why}, {count} times in a row; setting it up in {seconds} s");
            self.modem().report(ModemState::Starting, why.clone());
            self.pause(pause).await;
        }
        tracing::info!("{why}");
        self.modem().report(ModemState::Starting, why);
        self.restarted.rebuilds(self.link().now().instant);
        Scope::Line
    }

    /// Waits so long, whatever is reported meanwhile.
    async fn pause(&self, time: Duration) {
        let end = self.link().after(time);
        let stops = || self.link().is_stopping().then_some(());
        self.link().rest_until(Some(end), stops).await;
    }

    /// Nothing answers.
    async fn silent(&mut self, failure: Failure) -> Scope {
        self.silent += 1;
        let pause = back_off::pause(self.silent);
        let power = self.can_switch_power() && self.silent.is_multiple_of(SEARCHES);
        let next = if power {
            "its power is switched off and on now".to_owned()
        } else {
            format!("trying again in {} s", pause.as_secs())
        };
        let text = format!("{}; {next}", failure.text);
        self.modem().report_trouble(
            ModemState::Absent,
            Failure {
                text: text.into(),
                ..failure
            },
        );
        if power {
            self.link().put(Output::PowerCycle);
            self.modem().rest(POWER_UP).await;
        } else {
            self.modem().rest(pause).await;
        }
        Scope::Line
    }

    /// The context or the session cannot be had.
    async fn context(&mut self, failure: Failure) -> Scope {
        let tries = if failure.code == Some(UNKNOWN_NAME) {
            &mut self.names
        } else {
            &mut self.context
        };
        *tries += 1;
        let pause = back_off::pause(*tries);
        // Results that go elsewhere look like a dead session; a restart would not bring them here.
        let astray = self.modem().is_urc_port_suspected();
        let doubtful = astray || self.is_setting_suspected;
        if self.context > CONTEXT_TRIES && !doubtful {
            self.context = 0;
            return self.restart(failure).await;
        }
        let text = format!("{}; trying again in {} s", failure.text, pause.as_secs());
        if failure.name == ErrorName::BearerFailed && self.context > 1 {
            self.modem().report_trouble(
                ModemState::Failed,
                Failure {
                    text: text.into(),
                    ..failure
                },
            );
        } else {
            self.modem().report(ModemState::Registered, text);
        }
        let now = self.link().now().instant;
        if self.link().losses().context
            && let Some((_, pause)) = self.lost.again(now)
        {
            // However often the loss is reported, the context is not rebuilt all the time.
            self.pause(pause).await;
        }
        self.modem().rest(pause).await;
        self.lost.rebuilds(self.link().now().instant);
        Scope::Context
    }

    /// Restarts the module with `AT+CFUN=1,1`, or by its power when that did not help.
    async fn restart(&mut self, failure: Failure) -> Scope {
        self.restarts += 1;
        let pause = back_off::restart_pause(self.restarts);
        self.tls_logins = 0;
        let wanted = std::mem::take(&mut self.wants_power) || self.restarts > RESTARTS;
        let power = wanted && self.can_switch_power();
        let what = if power {
            "its power is switched off and on"
        } else {
            "the module is restarted"
        };
        let text = format!("{}; {what} in {} s", failure.text, pause.as_secs());
        self.modem().report_trouble(
            ModemState::Failed,
            Failure {
                text: text.into(),
                ..failure
            },
        );
        let end = self.link().after(pause);
        while self.waits(end) {
            // A change of the network does not bring the restart forward.
            self.modem().clear_network_changed();
            let left = end.saturating_duration_since(self.link().now().instant);
            self.modem().rest(left).await;
        }
        if self.link().is_stopping() {
            return Scope::Line;
        }
        if power {
            self.link().put(Output::PowerCycle);
            self.modem().rest(POWER_UP).await;
            return Scope::Line;
        }
        if let Err(failure) = self.link().send(RestartModule).await {
            tracing::warn!("{failure}");
        }
        Scope::Line
    }

    fn can_switch_power(&self) -> bool {
        self.link().settings().modem.power_cycle
    }

    /// Whether there is still something to wait for until `end`.
    fn waits(&self, end: Instant) -> bool {
        let over = self.link().is_stopping()
            || self.modem().notices().reconfigured
            || self.link().interruption().is_some();
        !over && self.link().now().instant < end
    }
}
