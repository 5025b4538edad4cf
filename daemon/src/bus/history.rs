//! The method `History`: which receipts are asked for, and a receipt as a dictionary.

use std::collections::HashMap;

use modem_ftp_dbus::names::SIZE_UNKNOWN;
use modem_ftp_dbus::words::{filter, receipt as key};
use modem_ftp_store::{HistoryEntry, HistoryFilter};
use zbus::{OwnedVariant, Str, Structure, Variant};

use super::error::CallError;
use super::options::Given;

/// Reads the filter. Users other than root see only their own receipts.
///
/// # Errors
/// `InvalidArguments`.
pub fn filter(given: &Given, uid: u32) -> Result<HistoryFilter, CallError> {
    let mut filter = HistoryFilter {
        uid: (uid != 0).then_some(uid),
        ..HistoryFilter::default()
    };
    for (name, value) in given {
        match (name.as_str(), &**value) {
            (filter::SINCE, Variant::U64(since)) => {
                filter.since = Some(i64::try_from(*since).unwrap_or(i64::MAX));
            }
            (filter::SINCE, Variant::I64(since)) => filter.since = Some(*since),
            (filter::BEFORE, Variant::U64(row)) => filter.before = Some(*row),
            (filter::SERVER, Variant::Str(server)) => {
                filter.server = Some(server.as_str().to_owned());
            }
            (filter::FAILED, Variant::Bool(failed)) => filter.failed = *failed,
            (filter::LIMIT, Variant::U32(limit)) => filter.limit = Some(*limit),
            (
                filter::SINCE | filter::BEFORE | filter::SERVER | filter::FAILED | filter::LIMIT,
                _,
            ) => {
                let found = value.value_signature();
                let text = format!("filter {name} cannot be of type {found}");
                return Err(CallError::arguments(text));
            }
            _ => return Err(CallError::arguments(format!("unknown filter {name:?}"))),
        }
    }
    Ok(filter)
}

/// A receipt.
pub fn receipt(entry: HistoryEntry) -> HashMap<String, OwnedVariant> {
    let HistoryEntry { row, receipt } = entry;
    let text = |text: String| OwnedVariant::from(Str::from(text));
    let (name, reason) = receipt.error.map_or_else(Default::default, |(name, text)| {
        (name.dbus_name().to_owned(), text)
    });
    let mut attributes = vec![
        (key::ROW, row.into()),
        (key::ID, receipt.id.0.into()),
        (key::DIRECTION, text(receipt.direction.as_str().to_owned())),
        (key::SERVER, text(receipt.server)),
        (key::LOCAL, text(receipt.local)),
        (key::REMOTE, text(receipt.remote)),
        (key::USER_ID, receipt.uid.into()),
        (key::STATE, text(receipt.state.as_str().to_owned())),
        (key::SIZE, receipt.size.unwrap_or(SIZE_UNKNOWN).into()),
        (key::ATTEMPTS, receipt.attempts.into()),
        (key::CREATED, receipt.created.into()),
        (key::FINISHED, receipt.finished.into()),
        (key::LINE, receipt.traffic.line.into()),
        (key::AIR, receipt.traffic.air.into()),
        (key::LISTINGS, receipt.traffic.listings.into()),
    ];
    let error = Variant::Structure(Structure::from((name, reason)));
    // This cannot fail: it holds no descriptor.
    attributes.extend(OwnedVariant::try_from(error).map(|error| (key::ERROR, error)));
    // A shorter hash is not one of the whole content.
    attributes.extend(
        receipt
            .hash
            .filter(|hash| hash.len() == 64)
            .map(|hash| (key::SHA256, text(hash))),
    );
    attributes
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
