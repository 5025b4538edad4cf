//! What the end of a transfer brings: whoever waits is answered, its local file is closed, and what
//! it left on the server is noted for removal.

use super::queue::Queue;
use crate::api::fact::Fact;
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::settings::Limits;
use crate::api::status::{TransferId, TransferState};

/// A transfer has reached its end.
pub(super) fn conclude(queue: &mut Queue, id: TransferId, now: Now, limits: Limits) {
    let Some(transfer) = queue.get_mut(id) else {
        return;
    };
    let end = transfer.end();
    let waiters = std::mem::take(&mut transfer.waiters);
    let stoppers = std::mem::take(&mut transfer.stoppers);
    let stopped = match transfer.status.state {
        TransferState::Cancelled => Ok(Reply::Done),
        // `Cancel` or `Pause` came too late.
        _ => Err(transfer.ended_already()),
    };
    let receipt = Fact::Receipt(Box::new(transfer.receipt()));
    let (server, remote) = (
        transfer.status.server.clone(),
        transfer.status.remote.clone(),
    );
    let handle = transfer.local.handle;
    let close = if transfer.keeps_file() {
        Output::Discard(handle)
    } else {
        Output::Release(handle, transfer.local.key.clone())
    };
    let traces = queue.take_traces(id);
    queue.store(id);
    queue.facts.push(receipt);
    if let Some(path) = traces.backup {
        let facts = queue.chores.add(&server, path, Some(remote), now);
        queue.facts.extend(facts);
    }
    if let Some(path) = traces.staging {
        let facts = queue.chores.add(&server, path, None, now);
        queue.facts.extend(facts);
    }
    for ticket in waiters {
        let reply = Output::Reply(ticket, Ok(end.clone()));
        queue.outputs.push_back(reply);
    }
    for ticket in stoppers {
        let reply = Output::Reply(ticket, stopped.clone());
        queue.outputs.push_back(reply);
    }
    queue.outputs.push_back(close);
    while let Some(surplus) = queue.surplus(limits, now.unix) {
        forget(queue, surplus);
    }
}

/// Removes an ended transfer from the list.
pub(super) fn forget(queue: &mut Queue, id: TransferId) {
    if let Some(transfer) = queue.remove(id) {
        if transfer.keeps_file() {
            let release = Output::Release(transfer.local.handle, transfer.local.key);
            queue.outputs.push_back(release);
        }
        queue.facts.push(Fact::Forgotten(id));
        queue.outputs.push_back(Output::TransferRemoved(id));
    }
}
