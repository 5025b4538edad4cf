//! A transfer whose rename was cut short is in doubt: its file may bear the final name already. When
//! such a transfer is to end, by Cancel or `expires`, its server is asked first: it ends done if the
//! rename took place. Where that cannot be found out in time it ends as was wanted, and says so.

use modem_ftp_dbus::errors::ErrorName;

use super::ending;
use super::handle::Transfers;
use super::inquiry::Wanted;
use super::queue::Queue;
use super::record::Transfer;
use crate::api::failure::Failure;
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::settings::Limits;
use crate::api::status::{TransferId, TransferState};

impl Transfers {
    /// The transfer about which a server is to be asked.
    pub fn next_inquiry(&self) -> Option<TransferId> {
        self.queue.get(Queue::first_inquiry)
    }

    /// The daemon stops: whoever waits for the answer of a server is refused.
    pub fn refuse_inquiries(&self, failure: &Failure) {
        self.queue.change_with(failure.clone(), |queue, failure| {
            while let Some(id) = queue.first_inquiry() {
                let stoppers = queue.show(id, |transfer| {
                    transfer.inquiry = None;
                    std::mem::take(&mut transfer.stoppers)
                });
                for ticket in stoppers.into_iter().flatten() {
                    let reply = Output::Reply(ticket, Err(failure.clone()));
                    queue.outputs.push_back(reply);
                }
            }
        });
    }

    pub(super) fn answer_inquiry(&self, id: TransferId, answer: Option<bool>) {
        let limits = self.link().settings().limits;
        let ended = (id, answer, self.link().now(), limits);
        self.queue
            .change_with(ended, |queue, (id, answer, now, limits)| {
                end(queue, id, answer, now, limits);
            });
    }
}

/// Ends every transfer about which no server has answered in time.
pub(super) fn end_unanswered(queue: &mut Queue, now: Now, limits: Limits) {
    while let Some(id) = queue.first_unanswered(now.instant) {
        end(queue, id, None, now, limits);
    }
}

/// Ends a transfer in doubt, unless it has ended meanwhile.
fn end(queue: &mut Queue, id: TransferId, answer: Option<bool>, now: Now, limits: Limits) {
    let ended = queue.change(id, |transfer| {
        let Some(inquiry) = transfer.inquiry.take() else {
            return false;
        };
        transfer.status.finished = now.unix;
        if answer == Some(true) {
            be_done(transfer);
            return true;
        }
        let doubt = match answer {
            Some(_) => String::new(),
            None => format!(
                "; {} may be whole on the server, which could not be asked",
                transfer.status.remote
            ),
        };
        match inquiry.wanted {
            Wanted::Cancel => {
                let text = format!("cancelled before it had its final name{doubt}");
                transfer.status.state = TransferState::Cancelled;
                transfer.status.error = Some((ErrorName::Cancelled, text));
            }
            Wanted::Expiry => transfer.expire(&doubt),
        }
        true
    });
    if ended == Some(true) {
        ending::conclude(queue, id, now, limits);
    }
}

fn be_done(transfer: &mut Transfer) {
    tracing::info!("{} has its final name now", transfer.status.remote);
    transfer.status.state = TransferState::Done;
    transfer.status.error = None;
    let size = transfer.traces.renaming.unwrap_or(0);
    transfer.status.transferred = size;
    transfer.local.content = transfer.traces.content.take();
    // A backup that is not known to be removed is removed later.
    transfer.traces.staging = None;
}

impl Transfer {
    /// It has failed because its `expires` has passed. `note`: what is to be added.
    pub(super) fn expire(&mut self, note: &str) {
        let before = self.status.error.take();
        let mut text = format!("{}: it expired before it could be done{note}", self.label());
        if let Some((_, before)) = before {
            text = format!("{text}; last failure: {before}");
        }
        tracing::warn!(transfer = self.status.id.0, "{text}");
        self.status.error = Some((ErrorName::Timeout, text));
        self.status.state = TransferState::Failed;
    }
}
