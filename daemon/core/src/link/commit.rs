//! The end of what is received into a local file: the file is durable under its final name, or the
//! reader of a pipe has got everything.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Link;
use super::payload::{LocalEnd, PIPE};
use super::wait::{OnAbort, Waited};
use crate::api::failure::{Failure, Retry};
use crate::api::local::LocalFile;
use crate::api::output::Output;

/// How long the disk may take to make a file durable.
const DISK: Duration = Duration::from_secs(180);

impl Link {
    /// Has a local file that was received completed.
    ///
    /// # Errors
    /// Those of the shell; `LocalIo`: the last bytes were not taken in time; what breaks it off.
    pub async fn commit(&self, file: &LocalFile, fail_if_exists: bool) -> Result<(), Failure> {
        let handle = file.handle;
        // The shell answers a Commit with any failure of the sink before it.
        self.take_committed(handle);
        self.put(Output::Commit {
            handle,
            fail_if_exists,
        });
        let local = LocalEnd::of(file);
        let (patience, on_abort) = match local {
            // It may be renamed already: a Cancel waits for the answer.
            LocalEnd::File => (DISK, OnAbort::GoOn),
            LocalEnd::Pipe => (PIPE, OnAbort::Break),
        };
        let begin = self.now().instant;
        // The last bytes of a pipe are few, but they may be read slowly.
        let at_last = begin + 4 * patience;
        loop {
            let took = self.sink_took_at().map_or(begin, |took| took.max(begin));
            let deadline = match local {
                LocalEnd::File => begin + patience,
                LocalEnd::Pipe => at_last.min(took + patience),
            };
            let committed = self.until(deadline, on_abort, || {
                let more = self.sink_took_at().is_some_and(|at| at > took);
                let committed = self.take_committed(handle).map(Some);
                committed.or_else(|| more.then_some(None))
            });
            return match committed.await {
                Waited::Ready(Some(committed)) => committed,
                Waited::Ready(None) => continue,
                Waited::Aborted(failure) => Err(failure),
                Waited::Late => Err(stalled(self, local, patience)),
            };
        }
    }
}

/// The last bytes were not taken in time.
fn stalled(link: &Link, local: LocalEnd, patience: Duration) -> Failure {
    if link.is_stopping() {
        return Failure::new(ErrorName::Stopping, "the daemon is stopping");
    }
    let seconds = patience.as_secs();
    let text = match local {
        LocalEnd::File => {
            format!("the disk does not take the file: nothing happened for {seconds} s")
        }
        LocalEnd::Pipe => {
            format!("the reader of the pipe does not read: it took nothing for {seconds} s")
        }
    };
    Failure::new(ErrorName::LocalIo, text).retry(Retry::Later)
}
