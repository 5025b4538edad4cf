//! A transfer whose rename was cut short is in doubt: its file may bear the final name already. When
//! such a transfer is to end, by Cancel or `expires`, its server is asked first: it ends done if the
//! rename took place. Where that cannot be found out in time it ends as was wanted, and says so.

use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use super::ending;
use super::handle::Transfers;
use super::queue::Queue;
use super::record::Transfer;
use super::rename::{Names, Renamed};
use crate::api::failure::{Failure, Scope};
use crate::api::now::Now;
use crate::api::options::IfExists;
use crate::api::output::Output;
use crate::api::settings::Limits;
use crate::api::status::{TransferId, TransferState};
use crate::ftp::Session;

/// How long the answer may take. A caller of the bus gives up after 25 s, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a transfer in doubt is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Its owner cancels it.
    Cancel,
    /// Its `expires` has passed.
    Expiry,
}

/// The server is to be asked before a transfer ends.
#[derive(Clone, Copy, Debug)]
pub struct Inquiry {
    wanted: Wanted,
    /// When it ends without an answer.
    pub until: Instant,
}

impl Inquiry {
    /// An inquiry that begins at `now`.
    pub fn new(wanted: Wanted, now: Instant) -> Self {
        let until = now + PATIENCE;
        Self { wanted, until }
    }
}

/// What the server is asked about a transfer.
struct Question {
    server: String,
    remote: String,
    staging: String,
    renamed: Renamed,
}

impl Question {
    fn of(queue: &Queue, id: TransferId) -> Option<Self> {
        let transfer = queue.get(id)?;
        transfer.inquiry?;
        let traces = &transfer.traces;
        Some(Self {
            server: transfer.status.server.clone(),
            remote: transfer.status.remote.clone(),
            staging: traces.staging.clone()?,
            renamed: Renamed {
                size: traces.renaming?,
                // Where nothing could bear the name before, something there is our file.
                is_new: transfer.options.if_exists == IfExists::Fail
                    || traces.backup.is_some()
                    || !transfer.local.rewindable,
            },
        })
    }
}

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

    fn answer_inquiry(&self, id: TransferId, answer: Option<bool>) {
        let limits = self.link().settings().limits;
        let ended = (id, answer, self.link().now(), limits);
        self.queue
            .change_with(ended, |queue, (id, answer, now, limits)| {
                end(queue, id, answer, now, limits);
            });
    }
}

/// Asks the server about one transfer, and ends it.
///
/// # Errors
/// With a scope of `Context` or more: what failed below the session.
pub async fn inquire(
    transfers: &Transfers,
    session: &mut Session,
    id: TransferId,
) -> Result<(), Failure> {
    transfers.link().take_abort();
    let question = transfers.queue.get_with(id, Question::of);
    match ask(transfers, session, question).await {
        Ok(answer) => {
            transfers.answer_inquiry(id, answer);
            Ok(())
        }
        Err(failure) => {
            // Once the module works again there may be time left to ask.
            if failure.scope <= Scope::Session {
                transfers.answer_inquiry(id, None);
            }
            session.after(&failure).await
        }
    }
}

/// Whether the file bears its final name; `None` if nobody is to be asked.
async fn ask(
    transfers: &Transfers,
    session: &mut Session,
    question: Option<Question>,
) -> Result<Option<bool>, Failure> {
    let Some(question) = question else {
        return Ok(None);
    };
    let Question {
        server,
        remote,
        staging,
        renamed,
    } = question;
    let link = transfers.link();
    let now = link.now().instant;
    let held = (server.clone(), now);
    let is_held = transfers.queue.get_with(held, |queue, (server, now)| {
        queue.holds.until(&server, now).is_some()
    });
    // A server that refuses the login is not asked again for this.
    if is_held || link.settings().server(&server).is_none() {
        return Ok(None);
    }
    session.open(&server).await?;
    let text = session.server().is_some_and(|server| !server.binary);
    let names = Names::look_up(link, text, &remote, &staging).await?;
    session.touch();
    Ok(Some(names.has_taken_place(renamed)?))
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
