//! Numbered transactions: transaction n stores facts that follow from n alone, among them the
//! transfer n. So what a store holds tells how many transactions it has, and each of them can be
//! checked.

use std::io::Write;
use std::ops::RangeInclusive;
use std::path::Path;

use modem_ftp_core::api::fact::{ChoreId, Fact};
use modem_ftp_core::api::status::TransferId;
use modem_ftp_store::{HistoryFilter, Store};

use super::model::{Model, all_history};
use super::samples;

/// A transfer is forgotten by the transaction whose number is higher by this.
const FORGOTTEN_AFTER: u64 = 30;

/// The facts of a transaction, from 1.
pub fn facts(number: u64) -> Vec<Fact> {
    let mut facts = vec![Fact::Transfer(Box::new(samples::accepted(number)))];
    let mut earlier = |by: u64, of: fn(u64) -> Vec<Fact>| {
        if number > by {
            facts.extend(of(number - by));
        }
    };
    earlier(2, |n| vec![Fact::Transfer(Box::new(samples::staged(n)))]);
    earlier(3, |n| vec![Fact::Transfer(Box::new(samples::renaming(n)))]);
    earlier(4, |n| {
        vec![
            Fact::Transfer(Box::new(samples::ended(n))),
            Fact::Receipt(Box::new(samples::receipt(n))),
        ]
    });
    earlier(FORGOTTEN_AFTER, |n| vec![Fact::Forgotten(TransferId(n))]);
    earlier(7, |n| vec![Fact::ChoreDone(ChoreId(n))]);
    facts.push(Fact::Chore(samples::chore(number)));
    facts.push(Fact::Server(samples::traits(number)));
    facts
}

/// The numbers of the transfers that a store holds after a transaction.
pub fn held(after: u64) -> RangeInclusive<u64> {
    after.saturating_sub(FORGOTTEN_AFTER) + 1..=after
}

/// Runs transactions from the first one that is missing, for as long as the process lives or until
/// `last`. The number of each is printed when it is acknowledged.
pub fn write(directory: &Path, last: u64, out: &mut impl Write) {
    run(directory, last, |_| (), |number| acknowledge(number, out));
}

/// The same; `prepare` is called before each transaction, `done` when it is acknowledged.
pub fn run(directory: &Path, last: u64, mut prepare: impl FnMut(u64), mut done: impl FnMut(u64)) {
    let opened = Store::open(directory).unwrap();
    assert_eq!(opened.set_aside, []);
    let mut store = opened.store;
    for number in store.last().transfer + 1..=last {
        prepare(number);
        store.apply([facts(number).as_slice()]).unwrap();
        done(number);
    }
}

/// Prints a number in the form that [`acknowledged`] reads.
pub fn acknowledge(number: u64, out: &mut impl Write) {
    // In one write, so that a line is never cut.
    out.write_all(format!("acknowledged {number}\n").as_bytes())
        .unwrap();
    out.flush().unwrap();
}

/// The highest number acknowledged in what [`write`] printed. Other lines are skipped.
pub fn acknowledged(printed: &str) -> u64 {
    let whole = printed.rsplit_once('\n').map_or("", |(lines, _)| lines);
    whole
        .lines()
        .filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok())
        .max()
        .unwrap_or(0)
}

/// Checks that a store holds the first n transactions, whole, and nothing else, where n is at least
/// the number acknowledged. Returns n.
pub fn verify(directory: &Path, acknowledged: u64) -> Result<u64, String> {
    let opened = Store::open(directory).map_err(|error| error.to_string())?;
    if let Some(aside) = opened.set_aside.first() {
        return Err(aside.to_string());
    }
    let store = opened.store;
    let there = store.last().transfer;
    if there < acknowledged {
        return Err(format!("{acknowledged} acknowledged, {there} there"));
    }
    let mut model = Model::default();
    for number in 1..=there {
        facts(number).iter().for_each(|fact| model.apply(fact));
    }
    let restored = store.restore().map_err(|error| error.to_string())?;
    if let Some(row) = restored.damaged.first() {
        return Err(row.to_string());
    }
    if restored.stored != model.stored() {
        return Err(format!("the queue is not that of {there} transactions"));
    }
    let filter = HistoryFilter::default();
    if all_history(&store, &filter) != model.history(&filter) {
        return Err(format!(
            "the receipts are not those of {there} transactions"
        ));
    }
    Ok(there)
}
