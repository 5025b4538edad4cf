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
use super::call::{self, Call};
use super::objects::Objects;
use super::turns::Turns;

/// Refusals that are being sent, at most. If the bus does not take them, no more calls are read.
const MOST_REFUSALS: usize = 256;
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
    work: impl Future<Output = Result<(), E>>,
) -> Result<(), E> {
    let mut running = FuturesUnordered::new();
    let mut refused = FuturesUnordered::new();
    let turns = Turns::default();
    let accept = |message: Message| {
        let refuse = |error| Err((call::head(&message), error));
        let admitted = match admission.admit(&message) {
            Ok(admitted) => admitted,
            Err(error) => return refuse(error),
        };
        Call::new(message.clone(), connection.clone(), admitted, turns.clone())
            .or_else(|error| refuse(error.into()))
    };
    let mut work = pin!(work);
    poll_fn(|context| {
        if let Poll::Ready(result) = work.as_mut().poll(context) {
            return Poll::Ready(result);
        }
        loop {
            while let Poll::Ready(Some(())) = refused.poll_next_unpin(context) {}
            if calls.is_terminated() || refused.len() >= MOST_REFUSALS {
                break;
            }
            match Pin::new(&mut calls).poll_next(context) {
                Poll::Ready(Some(Ok(message))) => match accept(message) {
                    Ok(call) => running.push(objects.handle(call)),
                    Err((Ok(head), error)) => {
                        refused.push(call::refuse(connection.clone(), head, error));
                    }
                    Err((Err(error), _)) => tracing::debug!("a call cannot be read: {error}"),
                },
                Poll::Ready(Some(Err(_)) | None) => {}
                Poll::Pending => break,
            }
        }
        if let Poll::Ready(Some(())) = running.poll_next_unpin(context) {
            // Between any two answers the calls that have come are looked at: one that is answered
            // quickly is not held up by many that are not.
            context.waker().wake_by_ref();
        }
        Poll::Pending
    })
    .await?;
    while running.next().await.is_some() {}
    Ok(())
}
