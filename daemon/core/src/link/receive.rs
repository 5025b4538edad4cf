//! Payload that is received: counted from CONNECT to the last result line and handed to its sink.
//! Whatever ends it early, the port is brought back to command mode.

use modem_ftp_dbus::errors::ErrorName;

use super::answer::{End, Terms};
use super::digest::Digest;
use super::handle::Link;
use super::payload::{LocalEnd, PayloadDestination, Received};
use super::reception::Reception;
use super::state::{Abort, Sign};
use super::time_outs::silence;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::local::LocalFile;
use crate::api::output::Output;
use crate::at::answer::Answer;
use crate::at::awaited::Awaited;
use crate::at::command::ftp::StreamedList;
use crate::at::command::{Command, Conversation, Length};

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
        let stop = || self.take_committed(destination?.handle)?.err();
        let local = destination.map(|destination| destination.local);
        let reply = self.receive(command, &reception, local, stop).await?;
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
        let reply = self.receive(command, &reception, None, || None).await?;
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
        self.receive(command, &reception, None, || None).await
    }

    /// Sends the command for a listing that goes to a local file; how many bytes it has. The file
    /// is not complete before [`Link::commit`].
    ///
    /// # Errors
    /// As [`Link::send`]; the sink's own failure.
    pub async fn stream_listing(
        &self,
        command: StreamedList,
        file: &LocalFile,
    ) -> Result<u64, Failure> {
        self.state.change(|state| state.delivered = 0);
        self.prove_command_mode().await?;
        let (handle, local) = (file.handle, LocalEnd::of(file));
        let destination = PayloadDestination {
            handle,
            local,
            offset: 0,
            text: false,
            resumable: false,
        };
        let reception = Reception::begin(self, Some(destination), None);
        let stop = || self.take_committed(handle)?.err();
        let end = self.receive(command, &reception, Some(local), stop).await?;
        self.put(Output::Append(end.rest));
        Ok(end.length)
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
        local: Option<LocalEnd>,
        stop: impl FnMut() -> Option<Failure>,
    ) -> Result<C::Reply, Failure> {
        self.check_line().await?;
        let terms = Terms::data(&command, local, self.on_abort());
        let begin = self.now().instant;
        self.begin(&command)?;
        let end = self.conclude(terms, stop).await;
        let rest = self.limit_in_all(Terms { most: 0, ..terms });
        match end {
            End::Answer(answer) => {
                tracing::debug!(target: "modem_ftp::at", "< {}: {:?} {:?}, {} bytes",
                    C::NAME, answer.outcome, answer.result, answer.received);
                self.note_answer(C::LABEL);
                let moved = answer.received;
                let result = command.read(answer);
                self.note_data::<C, _>(&result, moved);
                if result.is_err() {
                    // A broken transfer may leave bytes behind.
                    self.abandon();
                    return result;
                }
                if let Err(failure) = self.check_moved(C::NAME).await {
                    reception.discard();
                    return Err(failure);
                }
                result
            }
            End::Broken(failure) => {
                self.abandon();
                Err(failure.context(C::NAME))
            }
            End::Stop(failure) | End::Aborted(failure) => {
                match self.aborted() {
                    Some(Abort::Pause) => reception.end(),
                    _ => reception.discard(),
                }
                Err(self.break_off(rest, failure).await)
            }
            End::Excess => {
                reception.discard();
                Err(self.break_off(rest, excess(&command)).await)
            }
            End::Slow(blocked) => {
                let (taken, bytes) = (self.now().instant - begin, reception.received().0);
                let failure = self.explain_slowness(C::NAME, local, taken, blocked, bytes);
                match failure.name {
                    ErrorName::LocalIo => reception.discard(),
                    _ => reception.end(),
                }
                Err(self.break_off(rest, failure).await)
            }
            End::Silent(awaited) => {
                if let Some(failure) = local.and_then(|local| self.blame_local(C::NAME, local)) {
                    // Kept, it would hold the port up until the disk works again.
                    reception.discard();
                    return Err(self.break_off(rest, failure).await);
                }
                if awaited == Awaited::Data {
                    reception.end();
                    self.hear_sign(Sign::Silence);
                    return Err(self.break_off(rest, silence(C::NAME, awaited)).await);
                }
                self.abandon();
                Err(self.explain_silence(C::LABEL, awaited).await)
            }
        }
    }
}

/// More came than was asked for, and it was broken off.
fn excess<C: Command>(command: &C) -> Failure {
    let failure = match command.read(Answer::too_much()) {
        Err(failure) => failure,
        Ok(_) => Failure::new(
            ErrorName::Protocol,
            format!("{}: more was received than expected", C::NAME),
        ),
    };
    let scope = failure.scope.max(Scope::Session);
    // A listing that is too long stays so; noise on the line does not.
    let is_listing = matches!(
        command.conversation(),
        Conversation::Receive {
            length: Length::Trailer { .. } | Length::Streamed { .. },
            ..
        }
    );
    let retry = match is_listing {
        true => Retry::Never,
        false => failure.retry,
    };
    failure.scope(scope).retry(retry)
}
