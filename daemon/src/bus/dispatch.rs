//! Serves method calls: every call is handled on its own, so that one that waits for the end of a
//! transfer holds up no other. How many are handled at the same time is bounded, and so is how many
//! descriptors are open that came in messages.

use std::future::{Future, poll_fn};
use std::num::NonZeroUsize;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use futures_util::StreamExt;
use futures_util::stream::{FusedStream, FuturesUnordered, Stream};
use zbus::message::{Message, Type};
use zbus::{Connection, MessageStream};

use super::admission::Admission;
use super::call::{self, Call, Queues};
use super::caller;
use super::closer::{Closer, Refused};
use super::error::CallError;
use super::objects::Objects;

/// Refusals that are being sent, at most. If the bus does not take them, no more calls are read.
const MOST_REFUSALS: usize = 256;
/// So many calls are looked at, at most, before one more is answered.
const MOST_BETWEEN: usize = 64;
/// Messages that are read ahead. They may be as large as the bus carries, with as many descriptors.
pub const READ_AHEAD: NonZeroUsize = NonZeroUsize::new(2).unwrap();

/// Decides what is done about a message.
struct Reception<'a> {
    admission: Admission,
    connection: &'a Connection,
    closer: &'a Closer,
    queues: Queues,
}

/// What is done about a message.
enum Taken {
    /// The call is handled.
    Call(Box<Call>),
    /// This is replied, if anything is, and the descriptors that came with it are closed.
    Refused(Option<Message>, Option<Refused>),
}

impl Reception<'_> {
    fn take(&self, message: Message) -> Taken {
        let received = self.admission.receive(call::descriptors(&message));
        let received = received.map(Arc::new);
        let refused = |message| {
            let (closer, received) = (self.closer.clone(), received.clone()?);
            Some(Refused::new(closer, message, received))
        };
        if message.message_type() != Type::MethodCall {
            if let Some(caller) = caller::left(&message) {
                self.admission.leave(&caller);
            }
            return Taken::Refused(None, refused(message));
        }
        let admitted = self.admission.admit(&message, &message.header());
        let accepted = admitted.and_then(|admitted| {
            let (connection, closer) = (self.connection.clone(), self.closer.clone());
            let (queues, received) = (self.queues.clone(), received.clone());
            let call = Call::new(&message, connection, admitted, received, queues, closer);
            call.map_err(CallError::from)
        });
        match accepted {
            Ok(call) => Taken::Call(Box::new(call)),
            Err(error) => {
                let reply = call::refusal(&message.header(), &error);
                Taken::Refused(reply, refused(message))
            }
        }
    }

    /// Has descriptors closed as those of their sender, if the bus knows it. The bus is not asked when
    /// many are open: they would stay open until it has answered.
    async fn close(&self, refused: Refused) {
        let sender = refused.sender();
        let uid = match self.admission.uid(&sender.0) {
            None if self.admission.may_ask() => caller::uid(self.connection, &sender).await.ok(),
            known => known,
        };
        refused.close(uid);
    }
}

/// Serves calls until `work` is ready, then handles those that have begun to their end. If the work
/// has failed, they are dropped.
///
/// # Errors
/// Those of `work`.
pub async fn serve<E>(
    mut messages: MessageStream,
    admission: Admission,
    objects: &Objects,
    connection: &Connection,
    closer: &Closer,
    work: impl Future<Output = Result<(), E>>,
) -> Result<(), E> {
    let reception = Reception {
        admission,
        connection,
        closer,
        queues: Queues::default(),
    };
    let mut running = FuturesUnordered::new();
    let mut refused = FuturesUnordered::new();
    let mut closing = FuturesUnordered::new();
    // Calls that came since one was answered.
    let mut came = 0;
    let mut is_stopping = false;
    let mut work = pin!(work);
    poll_fn(|context| {
        if !is_stopping && let Poll::Ready(result) = work.as_mut().poll(context) {
            result?;
            is_stopping = true;
        }
        let before = came;
        loop {
            while let Poll::Ready(Some(())) = refused.poll_next_unpin(context) {}
            while let Poll::Ready(Some(())) = closing.poll_next_unpin(context) {}
            if messages.is_terminated() || refused.len() >= MOST_REFUSALS {
                break;
            }
            if !reception.admission.has_room(context) {
                // No answer of the bus is read either: they are closed without one.
                closing.clear();
                break;
            }
            match Pin::new(&mut messages).poll_next(context) {
                Poll::Ready(Some(Ok(message))) => match reception.take(message) {
                    // Its caller learns that the daemon has gone.
                    Taken::Call(call) if is_stopping => drop(call),
                    Taken::Call(call) => {
                        came += 1;
                        running.push(objects.handle(*call));
                    }
                    Taken::Refused(reply, rest) => {
                        came += 1;
                        refused.extend(reply.map(|it| reception.queues.send(connection, it)));
                        closing.extend(rest.map(|it| reception.close(it)));
                    }
                },
                Poll::Ready(Some(Err(_)) | None) => {}
                Poll::Pending => break,
            }
        }
        // Between any two answers the calls that have come are looked at: one that is answered
        // quickly is not held up by many that are not.
        let mut goes_on = came > before;
        if !goes_on || came >= MOST_BETWEEN {
            came = 0;
            goes_on |= matches!(running.poll_next_unpin(context), Poll::Ready(Some(())));
        }
        if is_stopping && running.is_empty() {
            return Poll::Ready(Ok(()));
        }
        if goes_on {
            context.waker().wake_by_ref();
        }
        Poll::Pending
    })
    .await
}
