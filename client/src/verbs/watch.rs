//! `watch`: prints changes of modem and transfers until Ctrl-C.

use std::collections::BTreeMap;

use futures_lite::{StreamExt as _, future};
use modem_ftp_dbus::errors::exit;
use modem_ftp_dbus::names::{
    BUS_NAME, MODEM_INTERFACE, ROOT_PATH, TRANSFER_INTERFACE, transfer_number,
};
use modem_ftp_dbus::proxies::Attributes;
use serde_json::{Value, json};
use zbus::fdo::{DBusProxy, InterfacesAdded, InterfacesRemoved, PropertiesChanged};
use zbus::message::Type;
use zbus::{MatchRule, Message, MessageStream, OwnedVariant, Variant};

use crate::client::Client;
use crate::failure::Failure;
use crate::props;
use crate::text::printable;
use crate::verbs::snapshot::Snapshot;

enum Event {
    /// A signal of the daemon; `None` at the end of the connection.
    Signal(Option<zbus::Result<Message>>),
    /// The daemon's bus name has lost its owner.
    DaemonGone,
    /// Ctrl-C.
    Interrupted,
}

/// Prints the present properties, then every change.
///
/// # Errors
/// When the daemon goes away. Ctrl-C is not a failure: it is how `watch` ends.
pub async fn run(client: &Client<'_>) -> Result<(), Failure> {
    let _guard = client.interrupt.guard();
    // Subscribe before reading the properties, so that no change is missed.
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(BUS_NAME)
        .path_namespace(ROOT_PATH)
        .build()?;
    let mut signals = MessageStream::for_match_rule(rule, &client.connection, None).await?;
    let bus = DBusProxy::new(&client.connection).await?;
    let mut owners = bus
        .receive_name_owner_changed_with_args(&[(0, BUS_NAME)])
        .await?;

    let modem = client.modem_properties().await?;
    // The first line leaves out empty values; later a value that becomes empty is printed.
    let present = modem.iter().map(|(key, value)| (key.as_str(), &**value));
    let json = client.output.is_json();
    modem_line(client, present.filter(|(_, value)| json || is_shown(value)))?;
    let mut transfers = BTreeMap::new();
    for (number, properties) in client.transfers().await? {
        let snapshot = Snapshot::new(number, properties);
        if !snapshot.is_final() {
            client.output.either(&snapshot.object(), &snapshot.line())?;
        }
        transfers.insert(number, snapshot);
    }

    while !client.output.is_closed() {
        let signal = async { Event::Signal(signals.next().await) };
        let gone = async {
            owners.next().await;
            Event::DaemonGone
        };
        let interrupted = async {
            client.interrupt.requested().await;
            Event::Interrupted
        };
        match future::or(interrupted, future::or(gone, signal)).await {
            Event::Interrupted => return Ok(()),
            Event::Signal(Some(message)) => handle_signal(client, &mut transfers, message?)?,
            Event::DaemonGone | Event::Signal(None) => {
                return Err(Failure {
                    exit: exit::DAEMON,
                    name: "org.freedesktop.DBus.Error.NameHasNoOwner".into(),
                    text: "modem-ftpd went away".into(),
                });
            }
        }
    }
    Ok(())
}

/// Prints what a signal of the daemon reports.
fn handle_signal(
    client: &Client<'_>,
    transfers: &mut BTreeMap<u64, Snapshot>,
    message: Message,
) -> Result<(), Failure> {
    let header = message.header();
    let number = header.path().and_then(|path| transfer_number(path));
    if let Some(signal) = PropertiesChanged::from_message(message.clone()) {
        let arguments = signal.args()?;
        let changed = &arguments.changed_properties;
        match (arguments.interface_name.as_str(), number) {
            (MODEM_INTERFACE, _) => modem_line(client, changed.iter().map(|(k, v)| (*k, v)))?,
            (TRANSFER_INTERFACE, Some(number)) => {
                let snapshot = transfers
                    .entry(number)
                    .or_insert_with(|| Snapshot::new(number, Attributes::new()));
                for (key, value) in changed {
                    snapshot.update(key, OwnedVariant::try_from(value)?);
                }
                client.output.either(&snapshot.object(), &snapshot.line())?;
            }
            _ => {}
        }
    } else if let Some(signal) = InterfacesAdded::from_message(message.clone()) {
        let arguments = signal.args()?;
        let interfaces = &arguments.interfaces_and_properties;
        if let (Some(number), Some(properties)) = (
            transfer_number(&arguments.object_path),
            interfaces
                .iter()
                .find(|(name, _)| name.as_str() == TRANSFER_INTERFACE),
        ) {
            let mut snapshot = Snapshot::new(number, Attributes::new());
            for (key, value) in properties.1 {
                snapshot.update(key, OwnedVariant::try_from(value)?);
            }
            client.output.either(&snapshot.object(), &snapshot.line())?;
            transfers.insert(number, snapshot);
        }
    } else if let Some(signal) = InterfacesRemoved::from_message(message)
        && let Some(number) = transfer_number(&signal.args()?.object_path)
    {
        transfers.remove(&number);
        let object = json!({ "transfer": number, "state": "forgotten" });
        client
            .output
            .either(&object, &format!("{number:>5}  forgotten"))?;
    }
    Ok(())
}

/// False for values that the first line leaves out: empty ones and dictionaries.
fn is_shown(value: &Variant<'_>) -> bool {
    !matches!(value, Variant::Dict(_)) && !props::words(value).is_empty()
}

/// Prints changed properties of the modem on one line.
fn modem_line<'v>(
    client: &Client<'_>,
    changed: impl Iterator<Item = (&'v str, &'v Variant<'v>)>,
) -> Result<(), Failure> {
    let mut changed: Vec<_> = changed.collect();
    changed.sort_unstable_by_key(|&(key, _)| key);
    if client.output.is_json() {
        let changed: Attributes = changed
            .into_iter()
            .map(|(key, value)| Ok((key.to_owned(), OwnedVariant::try_from(value)?)))
            .collect::<zbus::Result<_>>()?;
        return client
            .output
            .object(&json!({ "modem": Value::Object(props::object(&changed)) }));
    }
    let words: Vec<_> = changed
        .into_iter()
        .map(|(key, value)| match props::words(value) {
            words if words.is_empty() => format!("{} -", printable(key)),
            words => format!("{} {}", printable(key), printable(&words)),
        })
        .collect();
    client.output.line(&format!("modem  {}", words.join(", ")))
}
