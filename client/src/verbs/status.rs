//! `status` and `settings`: the properties of the modem.

use modem_ftp_dbus::proxies::Attributes;
use modem_ftp_dbus::words::{ModemState, SessionState, TransferState};
use serde_json::{Value, json};

use crate::client::Client;
use crate::failure::Failure;
use crate::props::{self, text, words};
use crate::text::{octets, printable, signal};
use crate::verbs::snapshot::Snapshot;

/// `status`.
pub async fn status(client: &Client<'_>) -> Result<(), Failure> {
    let modem = client.modem_properties().await?;
    let front = client.front_properties().await?;
    let transfers = client.transfers().await?;
    let unfinished: Vec<_> = transfers
        .into_iter()
        .map(|(number, properties)| Snapshot::new(number, properties))
        .filter(|transfer| !transfer.is_final())
        .collect();
    let active = unfinished
        .iter()
        .filter(|t| t.state() == TransferState::Active.as_str())
        .count();
    let waiting = unfinished.len() - active;
    if client.output.is_json() {
        let mut object = props::object(&modem);
        object.insert("next".into(), json!(next(&modem)));
        object.insert("daemon".into(), Value::Object(props::object(&front)));
        object.insert(
            "transfers".into(),
            json!({ "active": active, "waiting": waiting }),
        );
        return client.output.object(&Value::Object(object));
    }
    let mut lines = overview(&modem);
    lines.push(("Transfers", format!("{active} active, {waiting} waiting")));
    lines.push(("Daemon", format!("modem-ftpd {}", text(&front, "Version"))));
    if !text(&modem, "StateReason").is_empty() {
        lines.push(("Problem", text(&modem, "StateReason").into()));
    }
    let warnings = props::texts(&front, "Warnings");
    lines.extend(warnings.into_iter().map(|warning| ("Warning", warning)));
    lines.push(("Next", next(&modem).into()));
    lines.iter().try_for_each(|(name, value)| {
        client
            .output
            .line(&format!("{name:<10} {}", printable(value)))
    })
}

/// `settings`.
pub async fn settings(client: &Client<'_>) -> Result<(), Failure> {
    let settings = client.modem().await?.settings().await?;
    if client.output.is_json() {
        // The names are the module's own and stay as it spells them.
        let object = settings
            .iter()
            .map(|(key, value)| (key.clone(), props::value_of(value)));
        return client.output.object(&Value::Object(object.collect()));
    }
    let mut lines: Vec<_> = settings.iter().collect();
    lines.sort_unstable_by_key(|&(key, _)| key);
    lines.into_iter().try_for_each(|(key, value)| {
        client.output.line(&format!(
            "{:<14} {}",
            printable(key),
            printable(&words(value))
        ))
    })
}

/// Labels and values of `status`, in the order in which bring-up finds them out.
fn overview(modem: &Attributes) -> Vec<(&'static str, String)> {
    let known = |key| match text(modem, key) {
        "" => "not known",
        known => known,
    };
    let joined = |keys: &[&str]| {
        let parts: Vec<_> = keys
            .iter()
            .map(|key| text(modem, key))
            .filter(|t| !t.is_empty())
            .collect();
        if parts.is_empty() {
            "not known".into()
        } else {
            parts.join(" ")
        }
    };
    let dbm = props::number(modem, "SignalDbm")
        .and_then(|n| i32::try_from(n).ok())
        .unwrap_or(0);
    let count = |key| octets(props::octets(modem, key).unwrap_or(0));
    let session = match (text(modem, "Session"), text(modem, "Server")) {
        (state, "") => state.into(),
        (state, server) if state == SessionState::Closed.as_str() => format!("{state} ({server})"),
        (state, server) => format!("{state}, with {server}"),
    };
    vec![
        ("State", text(modem, "State").into()),
        ("Module", joined(&["Manufacturer", "Model", "Revision"])),
        ("Port", known("Device").into()),
        ("IMEI", known("Imei").into()),
        ("SIM", known("Iccid").into()),
        ("Operator", known("Operator").into()),
        ("Technology", known("AccessTechnology").into()),
        ("Signal", signal(dbm)),
        ("Address", known("Address").into()),
        ("Session", session),
        (
            "Traffic",
            format!(
                "{} sent, {} received",
                count("BytesSent"),
                count("BytesReceived")
            ),
        ),
    ]
}

/// What the daemon does next, or what somebody has to do.
fn next(modem: &Attributes) -> &'static str {
    match ModemState::from_word(text(modem, "State")) {
        Some(ModemState::Absent) => {
            "the serial port is opened as soon as it exists; transfers wait"
        }
        Some(ModemState::Starting) => "the module is being initialised; transfers wait",
        Some(ModemState::Locked) => "the SIM or its PIN needs attention; transfers wait",
        Some(ModemState::Searching) => "the module keeps searching for a network; transfers wait",
        Some(ModemState::Registered) => "the PDP context is being activated; transfers wait",
        Some(ModemState::Online) => "transfers start when they are requested",
        Some(ModemState::Failed) => "the module needs attention; transfers wait",
        None => "not known",
    }
}
