//! [`Ladder`]: what is rebuilt after a failure, and how long to wait before
//! (quirks.md §5, at-network.md §1 "Recovery times"). Each rung is tried a few times before
//! the next one; what works again starts it from the bottom.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::{report, rest, trouble};
use crate::at::command::network::RestartModule;
use crate::engine::Output;
use crate::failure::{Failure, Scope};
use crate::link::Link;
use crate::link::state::Line;
use crate::status::ModemState;

/// Tries of the context before the module is restarted (TCP/IP manual: three).
const CONTEXT_TRIES: u32 = 3;
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
    context: u32,
    restarts: u32,
}

impl Ladder {
    /// The module is online: the rungs below a restart are forgotten.
    pub fn online(&mut self) {
        *self = Self {
            restarts: self.restarts,
            ..Self::default()
        };
    }

    /// Acts on a failure; returns from where to rebuild.
    pub async fn recover(&mut self, link: &Link, failure: Failure) -> Scope {
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
        self.context += 1;
        if self.context > CONTEXT_TRIES {
            self.context = 0;
            return self.restart(link, failure).await;
        }
        let pause = pick(&PAUSES, self.context);
        let text = format!("{}; trying again in {} s", failure.text, pause.as_secs());
        if failure.name == ErrorName::BearerFailed && self.context > 1 {
            trouble(link, ModemState::Failed, Failure { text, ..failure });
        } else {
            report(link, ModemState::Registered, text);
        }
        rest(link, pause).await;
        Scope::Context
    }

    /// Restarts the module with `AT+CFUN=1,1`.
    async fn restart(&mut self, link: &Link, failure: Failure) -> Scope {
        self.restarts += 1;
        let pause = pick(&RESTART_PAUSES, self.restarts);
        let text = format!(
            "{}; the module is restarted in {} s",
            failure.text,
            pause.as_secs()
        );
        trouble(link, ModemState::Failed, Failure { text, ..failure });
        rest(link, pause).await;
        if let Err(failure) = link.send(RestartModule).await {
            tracing::warn!("{failure}");
        }
        Scope::Line
    }
}

/// The `count`-th pause, from 1; the last one from then on.
fn pick(pauses: &[u64], count: u32) -> Duration {
    let index = (count.max(1) as usize - 1).min(pauses.len() - 1);
    Duration::from_secs(pauses.get(index).copied().unwrap_or(60))
}
