//! `history`: the receipts of transfers that have ended, newest first, however many there are.

use modem_ftp_dbus::errors::ErrorName;
use modem_ftp_dbus::names::SIZE_UNKNOWN;
use modem_ftp_dbus::proxies::{Attributes, Options};
use modem_ftp_dbus::words::{filter, receipt};
use serde_json::{Value, json};
use zbus::Variant;

use crate::args::History;
use crate::client::Client;
use crate::failure::Failure;
use crate::props;
use crate::text::{name, octets, printable, utc};

/// The daemon answers at most so many receipts a call.
const PAGE: u64 = 1000;

const HEADING: &str = "FINISHED                   N  DIRECTION  STATE      TRIES       \
                       SIZE       LINE        AIR  REMOTE";

/// Prints the receipts that `arguments` ask for.
pub async fn run(client: &Client<'_>, arguments: &History) -> Result<(), Failure> {
    let mut chosen = Options::new();
    if let Some(since) = arguments.since {
        chosen.insert(filter::SINCE, Variant::I64(since.ago()));
    }
    if !client.server.is_empty() {
        chosen.insert(filter::SERVER, Variant::from(client.server.as_str()));
    }
    if arguments.failed {
        chosen.insert(filter::FAILED, Variant::Bool(true));
    }
    let mut left = arguments.limit.unwrap_or(u64::MAX);
    let mut headed = client.output.is_json();
    while left > 0 && !client.output.is_closed() {
        let count = u32::try_from(left.min(PAGE)).unwrap_or(u32::MAX);
        chosen.insert(filter::LIMIT, Variant::U32(count));
        // A page may be short although more follow: the daemon leaves out what it cannot read.
        let page = client.front.history(&chosen).await?;
        let Some(last) = page.last() else {
            break;
        };
        let Some(row) = props::octets(last, receipt::ROW) else {
            return Err(Failure::new(
                ErrorName::Failed,
                "modem-ftpd answered with a receipt that has no row",
            ));
        };
        chosen.insert(filter::BEFORE, Variant::U64(row));
        left = left.saturating_sub(u64::try_from(page.len()).unwrap_or(left));
        if !headed {
            client.output.line(HEADING)?;
            headed = true;
        }
        for entry in &page {
            client.output.either(&object(entry), &line(entry))?;
        }
    }
    Ok(())
}

/// The object of `--json`. Every key is there; what is not known is null.
fn object(entry: &Attributes) -> Value {
    let mut object = props::object(entry);
    // The row serves for paging only.
    object.remove("row");
    let number = object.remove("id").unwrap_or_default();
    object.insert("transfer".into(), number);
    object.insert("error".into(), props::error(entry));
    object.entry("sha256").or_insert(Value::Null);
    for (key, nothing) in [("size", json!(SIZE_UNKNOWN)), ("created", json!(0))] {
        if object.get(key) == Some(&nothing) {
            object.insert(key.into(), Value::Null);
        }
    }
    Value::Object(object)
}

/// One row of the table.
fn line(entry: &Attributes) -> String {
    let text = |key| printable(props::text(entry, key));
    let number = |key| props::number(entry, key).unwrap_or(0);
    let bytes = |key| props::octets(entry, key).map_or("-".into(), octets);
    let mut line = format!(
        "{:<20}  {:>6}  {:<9}  {:<9}  {:>5}  {:>9}  {:>9}  {:>9}  {}:{}",
        props::time(entry, receipt::FINISHED).map_or("-".into(), utc),
        number(receipt::ID),
        text(receipt::DIRECTION),
        text(receipt::STATE),
        number(receipt::ATTEMPTS),
        bytes(receipt::SIZE),
        bytes(receipt::LINE),
        bytes(receipt::AIR),
        text(receipt::SERVER),
        name(props::text(entry, receipt::REMOTE)),
    );
    let (_, error) = props::pair(entry, receipt::ERROR);
    if !error.is_empty() {
        line.push_str(&format!("  ({})", printable(&error)));
    }
    line
}
