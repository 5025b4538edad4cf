//! Payload that is received: counted from CONNECT to the last result line and handed to its sink;
//! whatever interrupts, the port is brought back to command mode.

use super::data_mode::aborted;
use super::state::State;
use super::{End, Link, silence};
use crate::api::failure::Failure;
use crate::api::local::Handle;
use crate::api::output::Output;
use crate::at::channel::Waiting;
use crate::at::checksum::Checksum;
use crate::at::command::Command;

/// Where to put what is received.
#[derive(Clone, Copy, Debug)]
pub struct Destination {
    /// The open sink.
    pub handle: Handle,
    /// Offset of the first byte.
    pub offset: u64,
    /// ASCII type: line ends are converted on the way.
    pub text: bool,
}

impl Link {
    /// Sends a command that brings payload of a length known (or announced) beforehand, and
    /// hands the payload to the sink.
    ///
    /// # Errors
    /// As [`Link::send`]; the sink's own failure; `Cancelled` when it had to stop.
    pub async fn receive_payload<C: Command>(
        &self,
        command: C,
        destination: Destination,
    ) -> Result<C::Reply, Failure> {
        self.prove_command_mode().await?;
        let handle = destination.handle;
        self.put(Output::Receive {
            handle,
            offset: destination.offset,
            text: destination.text,
        });
        self.with(|state| {
            state.committed = None;
            state.receiving = Some(handle);
        });
        let stop = |state: &mut State| {
            if let Some(abort) = state.abort {
                return Some(aborted(abort));
            }
            let (of, result) = state.committed.take()?;
            result.err().filter(|_| of == handle)
        };
        let result = self.receive(command, stop).await;
        self.with(|state| state.receiving = None);
        result
    }

    /// Sends a command that brings a listing, which its reply holds.
    ///
    /// # Errors
    /// As [`Link::send`].
    pub async fn receive_listing<C: Command>(&self, command: C) -> Result<C::Reply, Failure> {
        self.prove_command_mode().await?;
        self.receive(command, |_| None).await
    }

    /// From the command line to the answer after the data.
    pub(super) async fn receive<C: Command>(
        &self,
        command: C,
        stop: impl FnMut(&mut State) -> Option<Failure>,
    ) -> Result<C::Reply, Failure> {
        self.begin(&command)?;
        self.with(|state| {
            state.payload = true;
            state.received = 0;
            state.received_sum = Checksum::new();
        });
        let end = self.conclude(command.patience(), stop).await;
        self.with(|state| state.payload = false);
        match end {
            End::Answer(answer) => {
                tracing::debug!(target: "modem_ftp::at", "< {}: {:?} {:?}, {} bytes",
                    C::NAME, answer.outcome, answer.result, answer.received);
                let result = command.read(answer);
                if result.is_err() {
                    // A broken transfer may leave bytes behind.
                    self.abandon();
                }
                result
            }
            End::Broken(failure) => {
                self.abandon();
                Err(failure.context(C::NAME))
            }
            End::Stop(failure) => {
                self.stop_receiving().await?;
                Err(failure)
            }
            End::Silent(waiting) => {
                if waiting == Waiting::Data {
                    self.stop_receiving().await?;
                } else {
                    self.abandon();
                }
                Err(silence(C::NAME, waiting))
            }
        }
    }

    /// Ends receiving before its time.
    async fn stop_receiving(&self) -> Result<(), Failure> {
        if let Some(handle) = self.with(|state| state.receiving.take()) {
            // While its sink takes nothing the line is not read, and no answer would come.
            self.put(Output::Discard(handle));
        }
        self.leave_data_mode(false).await?;
        self.with(|state| state.answer = None);
        self.abandon();
        self.prove_command_mode().await
    }
}
