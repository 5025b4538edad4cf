//! What the store thread does: opens the database, then stores what waits in one transaction after
//! the other.

use std::fs::DirBuilder;
use std::mem;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_channel::oneshot;
use modem_ftp_core::api::fact::Fact;
use modem_ftp_core::api::failure::{Failure, Retry};
use modem_ftp_dbus::ErrorName;
use modem_ftp_store::{DATABASE, HistoryFilter, HistoryPage, Opened, Retention, Store, StoreError};

use super::job::Job;
use crate::messages::{Found, Inbox, Message};

/// Most facts of one transaction, unless a single output has more: others must not wait long.
const FACTS: usize = 2000;
/// Receipts after which those beyond the limit are removed.
const TRIM: usize = 500;
/// So many receipts tell the order in which transfers ended: more than there can be on the bus.
const ENDINGS: u32 = 20_000;

/// The database.
enum Database {
    /// It can be used.
    Open(Box<Store>),
    /// It failed while it was used; it is opened again with the next facts.
    Failed,
    /// It could not be opened at start, and why. What it holds is not known to the engine, so it is
    /// not opened before the next start.
    Unusable(StoreError),
}

/// Facts that wait, and who asks meanwhile.
#[derive(Default)]
struct Batch {
    outputs: Vec<(u64, Vec<Fact>)>,
    facts: usize,
    question: Option<(HistoryFilter, oneshot::Sender<Result<HistoryPage, Failure>>)>,
}

/// Runs until every sender of `jobs` is dropped.
pub fn run(directory: &Path, jobs: &Receiver<Job>, inbox: &Inbox) {
    let (mut database, found) = open(directory);
    inbox.send(Message::Found(Box::new(found)));
    let mut receipts = TRIM;
    let mut more = false;
    loop {
        // Removing receipts goes on when nothing else waits.
        let job = match more {
            true => jobs.try_recv().ok(),
            false => match jobs.recv() {
                Ok(job) => Some(job),
                Err(_) => return,
            },
        };
        let batch = gather(job, jobs);
        for (_, facts) in &batch.outputs {
            let is_receipt = |fact: &&Fact| matches!(fact, Fact::Receipt(_));
            receipts += facts.iter().filter(is_receipt).count();
        }
        store(directory, &mut database, batch.outputs, inbox);
        if let Some((filter, reply)) = batch.question {
            // An error means that the caller has disconnected.
            let _ = reply.send(history(&database, &filter));
        }
        if receipts >= TRIM {
            (receipts, more) = (0, true);
        }
        more = more && trim(&mut database);
    }
}

/// What waits, up to the limit of one transaction.
fn gather(first: Option<Job>, jobs: &Receiver<Job>) -> Batch {
    let mut batch = Batch::default();
    let mut next = first;
    while let Some(job) = next {
        match job {
            Job::Persist(number, facts) => {
                batch.facts += facts.len();
                batch.outputs.push((number, facts));
            }
            Job::History(filter, reply) => {
                batch.question = Some((filter, reply));
                break;
            }
        }
        next = (batch.facts < FACTS)
            .then(|| jobs.try_recv().ok())
            .flatten();
    }
    batch
}

/// Opens the database and reads what is in it.
fn open(directory: &Path) -> (Database, Found) {
    let made = DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory);
    if let Err(error) = made {
        let reason = format!("{}: {error}", directory.display());
        return unusable(StoreError::Io(reason));
    }
    let Opened { store, set_aside } = match Store::open(directory) {
        Ok(opened) => opened,
        Err(error) => return unusable(error),
    };
    let restored = match store.restore() {
        Ok(restored) => restored,
        Err(error) => return unusable(error),
    };
    let mut stored = restored.stored;
    // Receipts may be damaged where the queue is sound.
    match store.endings(ENDINGS) {
        Ok(ended) => stored.ended = ended,
        Err(error) => tracing::warn!("the order of the ends cannot be read: {error}"),
    }
    let mut found = Found {
        stored,
        is_usable: true,
        ..Found::default()
    };
    for aside in &set_aside {
        found.warnings.push(aside.to_string());
        let name = aside.path.file_name().unwrap_or_default().to_string_lossy();
        let label = name.strip_prefix(DATABASE).unwrap_or(&name);
        found.set_aside = Some(label.trim_start_matches('.').to_owned());
    }
    for row in &restored.damaged {
        found.warnings.push(format!(
            "a row of the queue cannot be read and is skipped: {} {}: {}",
            row.table, row.key, row.reason
        ));
    }
    (Database::Open(Box::new(store)), found)
}

fn unusable(reason: StoreError) -> (Database, Found) {
    let warning = format!(
        "the state directory cannot be used, no transfer is accepted until modem-ftpd is started \
         again: {reason}"
    );
    let found = Found {
        warnings: vec![warning],
        ..Found::default()
    };
    (Database::Unusable(reason), found)
}

/// Stores outputs, together if that works, and reports each.
fn store(directory: &Path, database: &mut Database, outputs: Vec<(u64, Vec<Fact>)>, inbox: &Inbox) {
    let together = outputs.iter().map(|(_, facts)| facts.as_slice());
    match apply(directory, database, together) {
        // One that cannot be stored must not take the others with it.
        Err(StoreError::Unstorable(_)) if outputs.len() > 1 => {
            for (number, facts) in outputs {
                let result = apply(directory, database, [facts.as_slice()]);
                report(number, result, inbox);
            }
        }
        result => {
            for (number, _) in outputs {
                report(number, result.clone(), inbox);
            }
        }
    }
}

fn report(number: u64, result: Result<(), StoreError>, inbox: &Inbox) {
    inbox.send(Message::Persisted(number, result.map_err(failure)));
}

fn apply<'f>(
    directory: &Path,
    database: &mut Database,
    facts: impl IntoIterator<Item = &'f [Fact]> + Clone,
) -> Result<(), StoreError> {
    if let Database::Failed = database {
        *database = Database::Open(Box::new(opened(Store::open(directory))?));
    }
    let store = match database {
        Database::Open(store) => store,
        Database::Failed => return Ok(()),
        Database::Unusable(reason) => return Err(reason.clone()),
    };
    let Err(error) = store.apply(facts.clone()) else {
        return Ok(());
    };
    let StoreError::Damaged(reason) = &error else {
        return Err(error);
    };
    let Database::Open(damaged) = mem::replace(database, Database::Failed) else {
        return Err(error);
    };
    let mut store = opened(damaged.replace_damaged(reason.clone()))?;
    let result = store.apply(facts);
    *database = Database::Open(Box::new(store));
    result
}

/// A store that was opened while the daemon runs.
fn opened(result: Result<Opened, StoreError>) -> Result<Store, StoreError> {
    let Opened { store, set_aside } = result?;
    for aside in set_aside {
        tracing::error!("{aside}");
    }
    Ok(store)
}

fn history(database: &Database, filter: &HistoryFilter) -> Result<HistoryPage, Failure> {
    match database {
        Database::Open(store) => {
            let page = store.history(filter).map_err(failure)?;
            for row in &page.damaged {
                let (table, key, reason) = (row.table, &row.key, &row.reason);
                tracing::warn!("a row of the history cannot be read: {table} {key}: {reason}");
            }
            Ok(page)
        }
        Database::Failed => Err(failure(StoreError::Io("it is not open".to_owned()))),
        Database::Unusable(reason) => Err(failure(reason.clone())),
    }
}

/// Removes some of the receipts beyond the limit. Whether there may be more. (The engine itself
/// removes transfers.)
fn trim(database: &mut Database) -> bool {
    let Database::Open(store) = database else {
        return false;
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let all = Retention {
        days: u32::MAX,
        number: u32::MAX,
    };
    match store.trim(i64::try_from(now.as_secs()).unwrap_or(i64::MAX), all) {
        Ok(trimmed) => trimmed.more,
        Err(error) => {
            tracing::warn!("old receipts cannot be removed: {error}");
            false
        }
    }
}

fn failure(error: StoreError) -> Failure {
    Failure::new(ErrorName::LocalIo, error.to_string()).retry(Retry::Later)
}
