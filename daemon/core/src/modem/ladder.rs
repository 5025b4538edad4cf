//! [`Ladder`]: what is rebuilt after a failure, and how long to wait before
//! (docs/module/quirks.md §5, docs/module/at-network.md §1 "Recovery times"). Each rung is tried a few times before
//! the next one; a login that works starts it from the bottom. An activated context does not:
//! what is wrong with it shows only when it is used (docs/module/quirks.md F2, N3).

use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use super::{report, rest, trouble};
use crate::api::failure::{Failure, Scope};
use crate::api::output::Output;
use crate::api::status::ModemState;
use crate::at::command::network::RestartModule;
use crate::link::Link;
use crate::link::state::{Line, State};

/// Tries of the context before the module is restarted (TCP/IP manual: three).
const CONTEXT_TRIES: u32 = 3;
/// Restarts in a row without a login before the power is switched, where it can be.
const RESTARTS: u32 = 3;
/// A context that was up for so long worked, used or not.
const STEADY: Duration = Duration::from_secs(600);
/// The module's code for a name without an address (docs/module/at-ftp.md §4): the name may be wrong, so it
/// is never a reason to restart the module.
const UNKNOWN_NAME: u32 = 604;
/// Searches for a silent module before it is power-cycled.
const SEARCHES: u32 = 3;
/// Pauses before another try of the same rung.
const PAUSES: [u64; 6] = [2, 5, 10, 20, 40, 60];
/// Pauses before the module is restarted once more (TCP/IP manual: three quick ones, then
/// 10 min, 30 min, 1 h).
const RESTART_PAUSES: [u64; 6] = [1, 10, 30, 600, 1800, 3600];
/// How long a module may take to start after its supply came back (HW manual: 5 s).
const POWER_UP: Duration = Duration::from_secs(8);

/// Where on the ladder we stand.
#[derive(Debug, Default)]
pub struct Ladder {
    silent: u32,
    names: u32,
    context: u32,
    restarts: u32,
    online: Option<Instant>,
}

impl Ladder {
    /// The module is online: it is not silent any more. Whether its context is of use is not
    /// known yet.
    pub fn online(&mut self, link: &Link) {
        self.silent = 0;
        self.online = Some(link.after(Duration::ZERO));
    }

    /// Starts from the bottom if what is above the context has worked since.
    fn descend(&mut self, link: &Link, failure: &Failure) {
        let logged_in = link.with(|state| std::mem::take(&mut state.logged_in));
        let online = self.online.take();
        let network = matches!(
            failure.name,
            ErrorName::BearerFailed | ErrorName::NotRegistered
        );
        let now = link.after(Duration::ZERO);
        let steady = network && online.is_some_and(|since| now >= since + STEADY);
        if logged_in || steady {
            (self.names, self.context, self.restarts) = (0, 0, 0);
        }
    }

    /// Acts on a failure; returns from where to rebuild.
    pub async fn recover(&mut self, link: &Link, failure: Failure) -> Scope {
        self.descend(link, &failure);
        link.with(|state| {
            state.serving = false;
            // What was said before the failure is no reason to cut the pause after it short.
            state.notices.network_changed = false;
        });
        if link.with(|state| state.stopping || matches!(state.line, Line::Closed(_))) {
            return Scope::Line;
        }
        let notices = link.with(|state| state.notices);
        if notices.reset || notices.reconfigured {
            let why = if notices.reset {
                "the module restarted by itself"
            } else {
                "the configuration changed"
            };
            tracing::info!("{why}; setting it up anew");
            report(link, ModemState::Starting, why);
            return Scope::Line;
        }
        match (failure.name, failure.scope) {
            (ErrorName::SimNotReady, _) => {
                trouble(link, ModemState::Locked, failure);
                rest(link, Duration::from_secs(60)).await;
                Scope::Line
            }
            // Only the context could stop it; nothing is wrong with the network.
            (ErrorName::Cancelled | ErrorName::Stopping, _) => Scope::Context,
            (_, Scope::Line) => self.silent(link, failure).await,
            (_, Scope::Module) => self.restart(link, failure).await,
            _ => self.context(link, failure).await,
        }
    }

    /// Nothing answers.
    async fn silent(&mut self, link: &Link, failure: Failure) -> Scope {
        self.silent += 1;
        let pause = pick(&PAUSES, self.silent);
        let power = link.with(|state| state.settings.modem.power_cycle)
            && self.silent.is_multiple_of(SEARCHES);
        let next = if power {
            "its power is switched off and on now".to_owned()
        } else {
            format!("trying again in {} s", pause.as_secs())
        };
        let text = format!("{}; {next}", failure.text);
        trouble(link, ModemState::Absent, Failure { text, ..failure });
        if power {
            link.put(Output::PowerCycle);
            rest(link, POWER_UP).await;
        } else {
            rest(link, pause).await;
        }
        Scope::Line
    }

    /// The context or the session cannot be had.
    async fn context(&mut self, link: &Link, failure: Failure) -> Scope {
        let tries = if failure.code == Some(UNKNOWN_NAME) {
            &mut self.names
        } else {
            &mut self.context
        };
        *tries += 1;
        let pause = pick(&PAUSES, *tries);
        // Results that go elsewhere look like a dead session; a restart would not bring them here.
        let astray = link.with(|state| state.results.is_port_suspected());
        if self.context > CONTEXT_TRIES && !astray {
            self.context = 0;
            return self.restart(link, failure).await;
        }
        let text = format!("{}; trying again in {} s", failure.text, pause.as_secs());
        if failure.name == ErrorName::BearerFailed && self.context > 1 {
            trouble(link, ModemState::Failed, Failure { text, ..failure });
        } else {
            report(link, ModemState::Registered, text);
        }
        rest(link, pause).await;
        Scope::Context
    }

    /// Restarts the module with `AT+CFUN=1,1`, or by its power when that did not help.
    async fn restart(&mut self, link: &Link, failure: Failure) -> Scope {
        self.restarts += 1;
        let pause = pick(&RESTART_PAUSES, self.restarts);
        let power = self.restarts > RESTARTS && link.with(|state| state.settings.modem.power_cycle);
        let what = if power {
            "its power is switched off and on"
        } else {
            "the module is restarted"
        };
        let text = format!("{}; {what} in {} s", failure.text, pause.as_secs());
        trouble(link, ModemState::Failed, Failure { text, ..failure });
        let end = link.after(pause);
        while link.with(|state| waits(state, end)) {
            // News of the network do not bring the restart forward.
            link.with(|state| state.notices.network_changed = false);
            let left = link.with(|state| end.saturating_duration_since(state.now.instant));
            rest(link, left).await;
        }
        if link.with(|state| state.stopping) {
            return Scope::Line;
        }
        if power {
            link.put(Output::PowerCycle);
            rest(link, POWER_UP).await;
            return Scope::Line;
        }
        if let Err(failure) = link.send(RestartModule).await {
            tracing::warn!("{failure}");
        }
        Scope::Line
    }
}

/// Whether there is still something to wait for until `end`.
fn waits(state: &State, end: Instant) -> bool {
    let over = state.stopping || state.notices.reconfigured || state.interruption().is_some();
    !over && state.now.instant < end
}

/// The `count`-th pause, from 1; the last one from then on.
fn pick(pauses: &[u64], count: u32) -> Duration {
    let index = (count.max(1) as usize - 1).min(pauses.len() - 1);
    Duration::from_secs(pauses.get(index).copied().unwrap_or(60))
}
