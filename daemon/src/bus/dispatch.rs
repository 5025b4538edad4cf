//! Serves method calls: every call is handled on its own, so that one that waits for the end of a
//! transfer holds up no other. How many are handled at the same time is bounded.

use std::future::{Future, poll_fn};
use std::num::NonZeroUsize;
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::StreamExt;
use futures_util::stream::{FusedStream, FuturesUnordered, Stream};
use zbus::message::{Message, Type};
use zbus::{Connection, MatchRule, MessageStream};

use super::admission::Admission;
use super::call::{self, Call, Queues};
use super::closer::Closer;
use super::error::CallError;
use super::objects::Objects;

/// Refusals that are being sent, at most. If the bus does not take them, no more calls are read.
const MOST_REFUSALS: usize = 256;
/// So many calls are looked at, at most, before one more is answered.
const MOST_BETWEEN: usize = 64;
/// Messages that are read ahead. They may be as large as the bus carries.
const READ_AHEAD: NonZeroUsize = NonZeroUsize::new(4).unwrap();

/// The method calls that come on a connection.
///
/// # Errors
/// The connection is closed.
pub async fn calls(connection: &Connection) -> zbus::Result<MessageStream> {
    let rule = MatchRule::builder().msg_type(Type::MethodCall).build()?;
    MessageStream::for_match_rule(rule, connection, Some(READ_AHEAD)).await
}

/// Serves calls until `work` is ready, then handles those that have begun to their end. If the work
/// has failed, they are dropped.
///
/// # Errors
/// Those of `work`.
pub async fn serve<E>(
    mut calls: MessageStream,
    admission: Admission,
    objects: &Objects,
    connection: &Connection,
    closer: &Closer,
    work: impl Future<Output = Result<(), E>>,
) -> Result<(), E> {
    let queues = Queues::default();
    let mut running = FuturesUnordered::new();
    let mut refused = FuturesUnordered::new();
    let accept = |message: Message| {
        let header = message.header();
        let accepted = admission.admit(&message, &header).and_then(|admitted| {
            let (connection, queues) = (connection.clone(), queues.clone());
            let call = Call::new(&message, connection, admitted, queues, closer.clone());
            call.map_err(CallError::from)
        });
        let accepted = accepted.map_err(|error| call::refusal(&header, &error));
        if accepted.is_err() && call::has_descriptors(&message) {
            closer.close(None, None, message);
        }
        accepted
    };
    // Calls that came since one was answered.
    let mut came = 0;
    let mut work = pin!(work);
    poll_fn(|context| {
        if let Poll::Ready(result) = work.as_mut().poll(context) {
            return Poll::Ready(result);
        }
        let before = came;
        loop {
            while let Poll::Ready(Some(())) = refused.poll_next_unpin(context) {}
            if calls.is_terminated() || refused.len() >= MOST_REFUSALS {
                break;
            }
            match Pin::new(&mut calls).poll_next(context) {
                Poll::Ready(Some(Ok(message))) => {
                    came += 1;
                    match accept(message) {
                        Ok(call) => running.push(objects.handle(call)),
                        Err(Some(reply)) => refused.push(queues.send(connection, reply)),
                        Err(None) => {}
                    }
                }
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
        if goes_on {
            context.waker().wake_by_ref();
        }
        Poll::Pending
    })
    .await?;
    while running.next().await.is_some() {}
    Ok(())
}
