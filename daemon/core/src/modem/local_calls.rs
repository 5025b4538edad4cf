//! Calls that need no network: a raw line, a restart of the module.

use crate::at::command::network::RestartModule;
use crate::at::command::raw::Raw;
use crate::engine::Output;
use crate::failure::Failure;
use crate::link::Link;
use crate::request::Reply;
use crate::transfer::queue::Work;

/// Serves those that wait.
pub async fn serve(link: &Link) {
    while let Some(call) = link.with(|state| state.queue.take_local_call()) {
        let result = run(link, call.work).await;
        if let Some(ticket) = call.ticket {
            link.put(Output::Reply(ticket, result));
        }
    }
}

/// Serves one.
pub async fn run(link: &Link, work: Work) -> Result<Reply, Failure> {
    match work {
        Work::Command(line, timeout) => {
            let text = link.send(Raw::new(line.expose(), timeout)?).await?;
            Ok(Reply::Text(text))
        }
        Work::Reset => {
            link.send(RestartModule).await?;
            // It says RDY when it is back; until then nothing is to be expected of it.
            link.with(|state| state.notices.reset = true);
            Ok(Reply::Done)
        }
        Work::Remote(..) | Work::Disconnect | Work::Tidy(..) => Ok(Reply::Done),
    }
}
