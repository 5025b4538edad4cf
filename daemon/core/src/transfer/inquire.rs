//! Asks a server whether the rename of a transfer in doubt took place.

use super::handle::Transfers;
use super::names::{Names, Renamed};
use super::queue::Queue;
use crate::api::failure::{Failure, Scope};
use crate::api::status::TransferId;
use crate::ftp::Session;

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
            renamed: Renamed::of(traces, &transfer.options, &transfer.local)?,
        })
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
    let names = Names::look_up(link, text, &remote, &staging, renamed.size).await?;
    session.touch();
    Ok(Some(names.has_taken_place(renamed)?))
}
