//! Serves method calls: every call is handled on its own, so that one that waits for the end of a
//! transfer holds up no other.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::StreamExt;
use futures_util::stream::{FusedStream, FuturesUnordered, Stream};
use zbus::message::Type;
use zbus::{Connection, MatchRule, MessageStream};

use super::call::Call;
use super::objects::Objects;

/// The method calls that come on a connection.
///
/// # Errors
/// The connection is closed.
pub async fn calls(connection: &Connection) -> zbus::Result<MessageStream> {
    let rule = MatchRule::builder().msg_type(Type::MethodCall).build()?;
    MessageStream::for_match_rule(rule, connection, None).await
}

/// Serves calls until `work` is ready, then handles those that have begun to their end. If the work
/// has failed, they are dropped.
///
/// # Errors
/// Those of `work`.
pub async fn serve<E>(
    mut calls: MessageStream,
    objects: &Objects,
    connection: &Connection,
    work: impl Future<Output = Result<(), E>>,
) -> Result<(), E> {
    let mut running = FuturesUnordered::new();
    let mut work = pin!(work);
    poll_fn(|context| {
        if let Poll::Ready(result) = work.as_mut().poll(context) {
            return Poll::Ready(result);
        }
        loop {
            while let Poll::Ready(Some(())) = running.poll_next_unpin(context) {}
            if calls.is_terminated() {
                return Poll::Pending;
            }
            match Pin::new(&mut calls).poll_next(context) {
                Poll::Ready(Some(Ok(message))) => {
                    running.push(objects.handle(Call::new(message, connection.clone())));
                }
                Poll::Ready(Some(Err(_)) | None) => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await?;
    while running.next().await.is_some() {}
    Ok(())
}
