//! [`Availability`]: follows the state of the module while `put` or `get` waits for its transfer. It
//! tells why nothing is transferred, and when the module was away for longer than `--wait`.

use std::future::pending;
use std::time::{Duration, Instant};

use futures_lite::StreamExt as _;
use modem_ftp_dbus::errors::ErrorName;
use modem_ftp_dbus::names::{MODEM_INTERFACE, MODEM_PATH};
use modem_ftp_dbus::proxies::Attributes;
use modem_ftp_dbus::words::ModemState;
use zbus::OwnedVariant;
use zbus::fdo::{PropertiesChanged, PropertiesChangedStream};
use zbus::names::InterfaceName;

use crate::client::Client;
use crate::failure::Failure;
use crate::props;
use crate::timer::Timer;

/// A reason is told once the module was not ready for this long: shorter restarts are usual.
const NOTICE_AFTER: Duration = Duration::from_secs(1);

/// What the module can do for a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readiness {
    /// It can transfer.
    Ready,
    /// It is there, and searches for a network, which may take long.
    Searching,
    /// Nothing can be done with it, or with its SIM.
    Away,
}

/// The module's state, since when it has been so, and what was told of it.
pub struct Availability {
    changes: PropertiesChangedStream,
    properties: Attributes,
    limit: Duration,
    /// Whether the transfer depends on the module at present.
    relevant: bool,
    /// Since when the module has not been ready.
    unready: Option<Instant>,
    /// Since when it has been away.
    away: Option<Instant>,
    /// What was told last.
    told: Option<String>,
}

impl Availability {
    /// Reads the state; `limit` is how long the module may be away.
    pub async fn new(client: &Client<'_>, limit: Duration) -> Result<Self, Failure> {
        let modem = client.properties(MODEM_PATH.into()).await?;
        // Subscribe before reading the properties, so that no change is missed.
        let changes = modem.receive_properties_changed().await?;
        let properties = modem
            .get_all(InterfaceName::try_from(MODEM_INTERFACE)?)
            .await?;
        let mut availability = Self {
            changes,
            properties,
            limit,
            relevant: true,
            unready: None,
            away: None,
            told: None,
        };
        availability.assess();
        Ok(availability)
    }

    /// The next change of the module's properties.
    pub async fn changed(&mut self) -> PropertiesChanged {
        match self.changes.next().await {
            Some(signal) => signal,
            None => pending().await,
        }
    }

    /// Takes over a change.
    pub fn update(&mut self, signal: &PropertiesChanged) -> Result<(), Failure> {
        let arguments = signal.args()?;
        if arguments.interface_name != MODEM_INTERFACE {
            return Ok(());
        }
        for (key, value) in &arguments.changed_properties {
            self.properties
                .insert((*key).to_owned(), OwnedVariant::try_from(value)?);
        }
        self.assess();
        Ok(())
    }

    /// Whether the transfer depends on the module: not while it is paused or being cancelled. The time
    /// limit begins anew when it depends on it again.
    pub fn set_relevant(&mut self, relevant: bool) {
        self.relevant = relevant;
        self.assess();
    }

    /// A timer for the next moment at which [`Self::notice`] or [`Self::is_over`] may change.
    pub fn timer(&self) -> Result<Option<Timer>, Failure> {
        let untold = self.unready.filter(|_| self.told.is_none());
        let notice = untold.and_then(|since| since.checked_add(NOTICE_AFTER));
        let end = self.away.and_then(|since| since.checked_add(self.limit));
        let next = [notice, end].into_iter().flatten().min();
        next.map(Timer::at).transpose()
    }

    /// Why nothing is transferred, if that is to be told and was not told yet.
    pub fn notice(&mut self) -> Option<String> {
        let since = self.unready?;
        if self.told.is_none() && since.elapsed() < NOTICE_AFTER {
            return None;
        }
        let reason = self.reason();
        if self.told.as_ref() == Some(&reason) {
            return None;
        }
        self.told = Some(reason.clone());
        Some(reason)
    }

    /// True when the module has been away for the whole time limit.
    pub fn is_over(&self) -> bool {
        self.away.is_some_and(|since| since.elapsed() >= self.limit)
    }

    /// The failure of a transfer that was cancelled because the module was away for too long.
    pub fn failure(&self, number: u64) -> Failure {
        let error = match self.state() {
            Some(ModemState::Locked) => ErrorName::SimNotReady,
            _ => ErrorName::ModemUnavailable,
        };
        let seconds = self.limit.as_secs();
        let text = format!(
            "{}; transfer {number} was cancelled after {seconds} s (--wait)",
            self.reason()
        );
        Failure::new(error, text)
    }

    /// The state in words.
    fn reason(&self) -> String {
        let state = props::text(&self.properties, "State");
        match props::text(&self.properties, "StateReason") {
            "" => format!("the module is {state}"),
            reason => format!("the module is {state}: {reason}"),
        }
    }

    fn state(&self) -> Option<ModemState> {
        ModemState::from_word(props::text(&self.properties, "State"))
    }

    fn assess(&mut self) {
        let readiness = match self.relevant {
            true => readiness(self.state()),
            false => Readiness::Ready,
        };
        if readiness == Readiness::Ready {
            self.told = None;
        }
        keep(&mut self.unready, readiness != Readiness::Ready);
        // A module that comes and goes without ever being started stays away.
        keep(&mut self.away, readiness == Readiness::Away);
    }
}

/// Sets when something began, or that it has ended.
fn keep(since: &mut Option<Instant>, lasts: bool) {
    match lasts {
        true => _ = since.get_or_insert_with(Instant::now),
        false => *since = None,
    }
}

fn readiness(state: Option<ModemState>) -> Readiness {
    match state {
        Some(
            ModemState::Absent | ModemState::Starting | ModemState::Locked | ModemState::Failed,
        ) => Readiness::Away,
        Some(ModemState::Searching) => Readiness::Searching,
        // A state this version does not know is not held against the module.
        Some(ModemState::Registered | ModemState::Online) | None => Readiness::Ready,
    }
}
