//! Receipts as `History` answers them.

use std::collections::HashMap;

use modem_ftp_dbus::names::SIZE_UNKNOWN;
use modem_ftp_dbus::proxies::Attributes;
use zbus::{OwnedVariant, Variant};

use super::Script;

impl Script {
    /// Sets the receipts: rows, numbers and times 1 to `count`; of every tenth transfer a failure.
    pub fn set_receipts(&self, count: u64) {
        *self.receipts.lock().unwrap() = (1..=count).map(receipt).collect();
    }

    /// Those that a filter lets through, newest first, at most 1,000.
    pub fn receipts(&self, filter: &HashMap<String, Variant<'_>>) -> Vec<Attributes> {
        let before = match filter.get("before") {
            Some(Variant::U64(row)) => *row,
            _ => u64::MAX,
        };
        let since = match filter.get("since") {
            Some(Variant::I64(since)) => *since,
            _ => i64::MIN,
        };
        let limit = match filter.get("limit") {
            Some(Variant::U32(limit)) => (*limit).min(1000),
            _ => 1000,
        };
        let fits = |entry: &&Attributes| {
            matches!(*entry["Row"], Variant::U64(row) if row < before)
                && matches!(*entry["Finished"], Variant::I64(time) if time >= since)
                && (!filter.contains_key("failed") || *entry["State"] == Variant::from("failed"))
        };
        let receipts = self.receipts.lock().unwrap();
        let found = receipts.iter().rev().filter(fits);
        found
            .take(limit as usize)
            .map(|entry| {
                let copied = |(key, value): (&String, &OwnedVariant)| {
                    (key.clone(), value.try_clone().unwrap())
                };
                entry.iter().map(copied).collect()
            })
            .collect()
    }
}

fn receipt(n: u64) -> Attributes {
    let failed = n.is_multiple_of(10);
    let mut pairs = vec![
        ("Row", Variant::from(n)),
        ("Id", n.into()),
        ("Direction", "upload".into()),
        ("Server", "plant".into()),
        ("Local", "".into()),
        ("Remote", format!("/in/{n}\x1b.csv").into()),
        ("UserId", 1000_u32.into()),
        ("State", if failed { "failed" } else { "done" }.into()),
        ("Error", Variant::new(("", ""))),
        ("Size", if failed { SIZE_UNKNOWN } else { 12_345 }.into()),
        ("Attempts", 2_u32.into()),
        ("Created", 1_714_567_000_i64.into()),
        ("Finished", (1_714_567_890 + n as i64).into()),
        ("LineBytes", 13_000_u64.into()),
        ("AirBytes", 12_400_u64.into()),
        ("ListingBytes", 7_u64.into()),
    ];
    if failed {
        let error = ("org.example.ModemFtp.Error.RemoteFull", "no space");
        pairs.push(("Error", Variant::new(error)));
    } else {
        pairs.push(("Sha256", "00ff".into()));
    }
    pairs
        .into_iter()
        .map(|(key, value)| (key.into(), OwnedVariant::try_from(value).unwrap()))
        .collect()
}
