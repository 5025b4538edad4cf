//! What must be true when everything has ended.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use modem_ftp_dbus::proxies::Attributes;

use crate::client::{Client, number_of, text_of};
use crate::content::content;
use crate::folders;
use crate::keeper::is_final;
use crate::model::{Model, Objects, Shared, Way};
use crate::setup::{Setup, names};

/// Checks everything, and notes what must not happen in the model. `objects`: all transfers after the
/// last one ended.
pub fn all(setup: &Setup, model: &Shared, objects: Objects) {
    let history = Client::new(setup.bus.address()).map(|client| client.history());
    let mut model = model.lock();
    let receipts = match history {
        Ok(Ok(history)) => receipts(&mut model, &history),
        _ => return model.fault("History does not answer".to_owned()),
    };
    transfers(&mut model, &objects, &receipts);
    replaced(setup, &mut model, &receipts);
    remote_files(setup, &mut model, &receipts);
    renamed(setup, &mut model);
    local_files(setup, &mut model, &receipts);
    leftovers(setup, &mut model);
    if setup.daemon.log().contains("panicked at") {
        model.counts.wrong += 1;
        model.fault("the daemon panicked, see its log".to_owned());
    }
}

/// What a receipt says.
struct Receipt {
    row: u64,
    state: String,
    remote: String,
    size: u64,
    error: String,
}

impl Receipt {
    /// It was cancelled while the result of its rename was not known, and its server was not reached
    /// in time: its error says that the file may be there.
    fn is_undecided(&self) -> bool {
        self.error.contains("may be whole on the server")
    }
}

/// The receipts by number: one of each.
fn receipts(model: &mut Model, history: &[Attributes]) -> BTreeMap<u64, Receipt> {
    let mut receipts = BTreeMap::new();
    for attributes in history {
        let Some(number) = number_of(attributes, "Id") else {
            continue;
        };
        let receipt = Receipt {
            row: number_of(attributes, "Row").unwrap_or_default(),
            state: text_of(attributes, "State"),
            remote: text_of(attributes, "Remote"),
            size: number_of(attributes, "Size").unwrap_or_default(),
            error: format!("{:?}", attributes.get("Error")),
        };
        if let Some(other) = receipts.insert(number, receipt) {
            model.counts.doubled += 1;
            let state = other.state;
            model.fault(format!("transfer {number} has a second receipt: {state}"));
        }
    }
    receipts
}

/// Every accepted transfer has ended as it may, and has a receipt that says so.
fn transfers(model: &mut Model, objects: &Objects, receipts: &BTreeMap<u64, Receipt>) {
    for (number, object) in objects {
        if !is_final(&object.state) {
            model.counts.lost += 1;
            model.fault(format!(
                "transfer {number} stays {}: {}",
                object.state, object.what
            ));
        }
    }
    let numbers: Vec<u64> = model.numbers.keys().copied().collect();
    for number in numbers {
        let Some(request) = model.request(number).cloned() else {
            continue;
        };
        let Some(receipt) = receipts.get(&number) else {
            model.counts.lost += 1;
            model.fault(format!("transfer {number} has no receipt: {request:?}"));
            continue;
        };
        if model
            .ended
            .get(&number)
            .is_some_and(|it| *it != receipt.state)
        {
            model.counts.wrong += 1;
            let state = &receipt.state;
            model.fault(format!("the receipt of transfer {number} says {state}"));
        }
        let may_fail = request.way == Way::Streamed && receipt.error.contains("LocalIo");
        let was_cancelled =
            model.cancelled.contains(&number) || model.may_be_cancelled.contains(&number);
        match receipt.state.as_str() {
            "done" => model.counts.done += 1,
            "cancelled" if was_cancelled => {}
            "failed" if may_fail => model.counts.failed += 1,
            state => {
                model.counts.lost += 1;
                let error = &receipt.error;
                model.fault(format!("transfer {number} {state}: {error}, {request:?}"));
            }
        }
    }
}

/// Under each replaced name is the file of the upload that was done last, or else the first file.
fn replaced(setup: &Setup, model: &mut Model, receipts: &BTreeMap<u64, Receipt>) {
    for index in 0..folders::REPLACED {
        let name = folders::replaced(index);
        let done = receipts
            .values()
            .filter(|it| it.remote == name && it.state == "done");
        let last = done.max_by_key(|it| it.row);
        let first = folders::replaced_size(index) as u64;
        let wanted = last.map_or(first, |it| it.size);
        let is_possible = |size: u64| {
            let mut undecided = receipts
                .values()
                .filter(|it| it.remote == name && it.is_undecided());
            let since = last.map_or(0, |it| it.row);
            size == wanted || undecided.any(|it| it.size == size && it.row > since)
        };
        match fs::read(setup.server.root().join(&name)) {
            Ok(bytes) if is_possible(bytes.len() as u64) && bytes == content(bytes.len()) => {}
            Ok(bytes) => {
                model.counts.wrong += 1;
                let (sound, found) = (bytes == content(bytes.len()), bytes.len());
                model.fault(format!(
                    "{name} has {found} bytes (of one upload: {sound}) and should have {wanted}"
                ));
            }
            Err(error) => {
                model.counts.lost += 1;
                model.fault(format!("{name}, which was replaced: {error}"));
            }
        }
    }
}

/// A file that was uploaded under a name of its own is there if its transfer is done, and not if it
/// was cancelled or has failed.
fn remote_files(setup: &Setup, model: &mut Model, receipts: &BTreeMap<u64, Receipt>) {
    let there = names(setup.server.root());
    let of_names: BTreeMap<&str, &Receipt> = receipts
        .values()
        .filter(|it| it.remote.starts_with("new-"))
        .map(|it| (it.remote.as_str(), it))
        .collect();
    for name in there.iter().filter(|it| it.starts_with("new-")) {
        if name.ends_with(".part") || name.ends_with(".prev") {
            continue;
        }
        let index = name.strip_prefix("new-").and_then(|it| it.parse().ok());
        let size = index.and_then(|index: usize| Some(model.requests.get(index)?.size));
        let bytes = fs::read(setup.server.root().join(name)).unwrap_or_default();
        if size.is_none_or(|size| bytes != content(size)) {
            model.counts.wrong += 1;
            model.fault(format!(
                "{name} has other bytes: {} of {size:?}",
                bytes.len()
            ));
        }
        let receipt = of_names.get(name.as_str());
        if receipt.is_some_and(|it| it.is_undecided()) {
            continue;
        }
        let state = receipt.map_or("unknown", |it| it.state.as_str());
        if state != "done" {
            model.counts.resurrected += 1;
            model.fault(format!("{name} is on the server, its transfer is {state}"));
        }
    }
    for (name, _) in of_names.iter().filter(|(_, it)| it.state == "done") {
        if there.binary_search_by(|it| it.as_str().cmp(name)).is_err() {
            model.counts.lost += 1;
            model.fault(format!("{name} is done and not on the server"));
        }
    }
}

/// A renamed file is under one of its names, the one that was answered if one was.
fn renamed(setup: &Setup, model: &mut Model) {
    for (index, places) in model.places.clone() {
        let found =
            folders::renamed(index).map(|name| fs::read(setup.server.root().join(name)).ok());
        let wanted = content(folders::renamed_size(index));
        let right = found.clone().map(|it| it.is_some_and(|it| it == wanted));
        let is_possible = match right {
            [true, false] => places[0],
            [false, true] => places[1],
            _ => false,
        };
        if !is_possible || found.iter().flatten().count() != 1 {
            model.counts.lost += 1;
            model.fault(format!(
                "renamed file {index} is at {right:?}, expected {places:?}"
            ));
        }
    }
}

/// Downloads that are done have the right bytes, others have no file, and sources are untouched.
fn local_files(setup: &Setup, model: &mut Model, receipts: &BTreeMap<u64, Receipt>) {
    let root = setup.daemon.root();
    let answered: BTreeSet<usize> = model.numbers.values().copied().collect();
    for (number, index) in model.numbers.clone() {
        let Some(request) = model.requests.get(index).cloned() else {
            continue;
        };
        let bytes = fs::read(root.join(&request.local)).ok();
        let state = receipts.get(&number).map_or("", |it| it.state.as_str());
        let is_download = request.way == Way::Download;
        let local = &request.local;
        if is_download && state != "done" && bytes.is_some() {
            model.counts.resurrected += 1;
            model.fault(format!("{local} is there, its transfer is {state}"));
        }
        let must_exist = request.way == Way::Path || (is_download && state == "done");
        if must_exist && bytes.is_none_or(|it| it != content(request.size)) {
            model.counts.wrong += 1;
            model.fault(format!(
                "{local} does not have the right bytes: {request:?}"
            ));
        }
    }
    for (index, request) in model.requests.clone().into_iter().enumerate() {
        let bytes = fs::read(root.join(&request.local)).ok();
        if !answered.contains(&index) && bytes.is_some_and(|it| it != content(request.size)) {
            model.counts.wrong += 1;
            model.fault(format!("{} has other bytes", request.local));
        }
    }
}

/// No staging or backup name on the server, no staging name below the root, no file in the spool.
fn leftovers(setup: &Setup, model: &mut Model) {
    let on_server = setup.staging_names();
    let below_root = setup.local_staging_names();
    let spooled = names(&setup.spool());
    for (place, left) in [
        ("on the server", on_server),
        ("below the root", below_root),
        ("in the spool", spooled),
    ] {
        model.counts.half_named += left.len();
        for name in left {
            model.fault(format!("{name} is left {place}"));
        }
    }
}
