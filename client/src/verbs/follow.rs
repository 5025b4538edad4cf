//! Follows a transfer until it ends: progress, cancellation, result.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_lite::{StreamExt as _, future};
use modem_ftp_dbus::errors::ErrorName;
use modem_ftp_dbus::names::{TRANSFER_INTERFACE, transfer_number, transfer_path};
use modem_ftp_dbus::words::TransferState;
use serde_json::{Value, json};
use zbus::fdo::PropertiesChanged;
use zbus::names::InterfaceName;
use zbus::{ObjectPath, OwnedVariant};

use crate::client::Client;
use crate::failure::Failure;
use crate::output::Output;
use crate::text::local_name::spelled;
use crate::text::octets;
use crate::verbs::availability::Availability;
use crate::verbs::progress::Progress;
use crate::verbs::snapshot::Snapshot;

/// A transfer that ended in the state `done`.
pub struct Done {
    snapshot: Snapshot,
    elapsed: Duration,
}

enum Event {
    Changed(PropertiesChanged),
    ModuleChanged(PropertiesChanged),
    /// The module has not been ready for a while.
    ModuleTimer,
    Ended(zbus::Result<(String, (String, String))>),
    Interrupted,
}

/// Follows the transfer at `path`, for the file called `label`, until it has ended.
///
/// If a stop is requested meanwhile, or the module is away for longer than `wait`, the transfer is
/// cancelled, and its end is waited for. It may still end as done.
///
/// # Errors
/// The failure of the transfer, Cancelled, or what the module lacks.
pub async fn follow(
    client: &Client<'_>,
    output: &Output,
    path: &ObjectPath<'_>,
    label: &str,
    wait: Duration,
) -> Result<Done, Failure> {
    let began = Instant::now();
    let number = number(path)?;
    let transfer = client.transfer(number).await?;
    let progress = Progress::new(output, label);
    let properties = client.properties(transfer_path(number)).await?;
    let interface = InterfaceName::try_from(TRANSFER_INTERFACE)?;
    // Subscribe before reading the properties, so that no change is missed.
    let mut changes = properties.receive_properties_changed().await?;
    let mut snapshot = Snapshot::new(number, properties.get_all(interface.clone()).await?);
    progress.show(&snapshot)?;
    let mut module = Availability::new(client, wait).await?;

    let mut end = pin!(transfer.wait());
    // Why the transfer is being cancelled.
    let mut stopping: Option<Failure> = None;
    let (state, (name, text)) = loop {
        module
            .set_relevant(stopping.is_none() && snapshot.state() != TransferState::Paused.as_str());
        let interrupted = async {
            if stopping.is_some() {
                future::pending::<()>().await;
            }
            client.interrupt.requested().await;
            Event::Interrupted
        };
        let changed = async {
            match changes.next().await {
                Some(signal) => Event::Changed(signal),
                None => future::pending().await,
            }
        };
        let ended = async { Event::Ended(end.as_mut().await) };
        let timer = module.timer()?;
        let due = async {
            match timer {
                Some(timer) => timer.await,
                None => future::pending().await,
            }
            Event::ModuleTimer
        };
        let module_changed = async { Event::ModuleChanged(module.changed().await) };
        let of_module = future::or(module_changed, due);
        // Changes before the end: they were sent before it.
        let first = future::or(changed, future::or(ended, interrupted));
        match future::or(first, of_module).await {
            Event::Ended(result) => break result?,
            Event::Changed(signal) => {
                let arguments = signal.args()?;
                if arguments.interface_name == interface {
                    for (key, value) in &arguments.changed_properties {
                        snapshot.update(key, OwnedVariant::try_from(value)?);
                    }
                    progress.show(&snapshot)?;
                }
            }
            Event::Interrupted => {
                stopping = Some(client.interrupt.failure());
                progress.stopping();
                stop(client, number).await?;
            }
            Event::ModuleChanged(signal) => module.update(&signal)?,
            Event::ModuleTimer if module.is_over() => {
                stopping = Some(module.failure(number));
                stop(client, number).await?;
            }
            Event::ModuleTimer => {}
        }
        if let Some(reason) = module.notice().filter(|_| stopping.is_none()) {
            progress.waiting(output, &reason);
        }
    };
    drop(progress);
    // Read the final counters. If the transfer was forgotten meanwhile, the last snapshot stays.
    if let Ok(last) = properties.get_all(interface).await {
        snapshot = Snapshot::new(number, last);
    }
    match (TransferState::from_word(&state), stopping) {
        (Some(TransferState::Done), _) => Ok(Done {
            snapshot,
            elapsed: began.elapsed(),
        }),
        (Some(TransferState::Cancelled), Some(cause)) => Err(cause),
        _ if name.is_empty() => Err(Failure::new(
            if state == "cancelled" {
                ErrorName::Cancelled
            } else {
                ErrorName::Failed
            },
            format!("transfer {number} ended {state}"),
        )),
        _ => Err(Failure::from_bus(&name, &text)),
    }
}

/// The number of the transfer at `path`.
pub fn number(path: &ObjectPath<'_>) -> Result<u64, Failure> {
    transfer_number(path).ok_or_else(|| {
        Failure::new(
            ErrorName::Failed,
            format!("modem-ftpd answered with {path}, which is no transfer"),
        )
    })
}

impl Done {
    /// Prints source, destination, size, duration and rate.
    pub fn report(&self, output: &Output, from: &str, to: &str) -> Result<(), Failure> {
        let seconds = self.elapsed.as_secs_f64();
        let size = self.snapshot.transferred();
        if output.is_json() {
            let mut object = self.snapshot.object();
            if let Value::Object(map) = &mut object {
                map.insert("seconds".into(), json!(seconds));
                map.insert("from".into(), json!(spelled(from)));
                map.insert("to".into(), json!(spelled(to)));
            }
            return output.object(&object);
        }
        let rate = octets((size as f64 / seconds.max(0.001)) as u64);
        output.line(&format!(
            "{} -> {}: {size} bytes in {seconds:.1} s ({rate}/s)",
            crate::text::name(from),
            crate::text::name(to),
        ))
    }
}

/// Cancels the transfer. That it has just ended by itself is not a failure.
pub async fn stop(client: &Client<'_>, number: u64) -> Result<(), Failure> {
    let cancelled = client
        .transfer(number)
        .await?
        .cancel()
        .await
        .map_err(Failure::from);
    match cancelled {
        Err(failure) if failure.name != ErrorName::WrongState.dbus_name() => Err(Failure {
            text: format!(
                "transfer {number} goes on, it could not be cancelled: {}",
                failure.text
            ),
            ..failure
        }),
        _ => Ok(()),
    }
}
