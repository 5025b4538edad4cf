//! Payload that is received: counted from CONNECT to the last result line and handed to its sink.
//! Whatever ends it early, the port is brought back to command mode.

use super::answer::End;
use super::digest::Digest;
use super::handle::Link;
use super::payload::{PayloadDestination, Received};
use super::reception::Reception;
use super::state::Abort;
use super::time_outs::Carries;
use crate::api::failure::Failure;
use crate::at::awaited::Awaited;
use crate::at::command::Command;

impl Link {
    /// Sends a command that brings payload of a length known (or announced) beforehand, hands the
    /// payload to the sink, if there is one, and adds it to the digest.
    ///
    /// # Errors
    /// As [`Link::send`]; the sink's own failure; `Cancelled` when it had to stop.
    /// [`Link::delivered`] says how much the sink has got by then.
    pub async fn receive_payload<C: Command>(
        &self,
        command: C,
        destination: Option<PayloadDestination>,
        digest: &mut Digest,
    ) -> Result<Received<C::Reply>, Failure> {
        self.state.change(|state| state.delivered = 0);
        self.prove_command_mode().await?;
        let reception = Reception::begin(self, destination, Some(digest.clone()));
        let stop = || {
            let abort = self.abort_failure();
            abort.or_else(|| self.take_committed(destination?.handle)?.err())
        };
        let reply = self.receive(command, &reception, stop).await?;
        if let Some(with_payload) = reception.digest() {
            *digest = with_payload;
        }
        let (bytes, checksum) = reception.received();
        Ok(Received {
            reply,
            bytes,
            checksum,
        })
    }

    /// As [`Link::receive_payload`], but the payload is only counted and summed.
    ///
    /// # Errors
    /// As [`Link::send`].
    pub async fn sum_payload<C: Command>(&self, command: C) -> Result<Received<C::Reply>, Failure> {
        self.prove_command_mode().await?;
        let reception = Reception::begin(self, None, None);
        let reply = self.receive(command, &reception, || None).await?;
        let (bytes, checksum) = reception.received();
        Ok(Received {
            reply,
            bytes,
            checksum,
        })
    }

    /// Sends a command that brings a listing, which its reply holds.
    ///
    /// # Errors
    /// As [`Link::send`].
    pub async fn receive_listing<C: Command>(&self, command: C) -> Result<C::Reply, Failure> {
        self.prove_command_mode().await?;
        let reception = Reception::begin(self, None, None);
        self.receive(command, &reception, || None).await
    }

    /// Bytes that the last reception gave to its local file.
    pub fn delivered(&self) -> u64 {
        self.state.get(|state| state.delivered)
    }

    /// From the command line to the answer after the data.
    async fn receive<C: Command>(
        &self,
        command: C,
        reception: &Reception,
        stop: impl FnMut() -> Option<Failure>,
    ) -> Result<C::Reply, Failure> {
        self.begin(&command)?;
        match self
            .conclude(command.patience(), Carries::Payload, stop)
            .await
        {
            End::Answer(answer) => {
                tracing::debug!(target: "modem_ftp::at", "< {}: {:?} {:?}, {} bytes",
                    C::NAME, answer.outcome, answer.result, answer.received);
                self.note_answer::<C>();
                let moved = answer.received;
                let result = command.read(answer);
                self.note_data::<C, _>(&result, moved);
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
                match self.aborted() {
                    Some(Abort::Pause) => reception.end(),
                    _ => reception.discard(),
                }
                self.stop_receiving().await?;
                Err(failure)
            }
            End::Silent(awaited) => {
                if let Some(failure) = self.blame_sink(C::NAME) {
                    // Kept, it would hold the port up until the disk works again.
                    reception.discard();
                    self.stop_receiving().await?;
                    return Err(failure);
                }
                if awaited == Awaited::Data {
                    reception.end();
                    self.stop_receiving().await?;
                } else {
                    self.abandon();
                }
                Err(self.explain_silence::<C>(awaited).await)
            }
        }
    }

    /// Ends a reception early.
    async fn stop_receiving(&self) -> Result<(), Failure> {
        self.flush();
        self.leave_data_mode().await?;
        self.take_answer();
        self.abandon();
        self.prove_command_mode().await
    }
}
