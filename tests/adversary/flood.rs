//! Callers that make many calls at once, or calls of the wrong size.

use futures_util::StreamExt;
use modem_ftp_dbus::names::{BUS_NAME, ROOT_PATH};
use modem_ftp_tests::connect;
use serde::Serialize;
use zbus::message::{Message, Type};
use zbus::{Connection, DynamicType, MessageStream};

/// A call of a method of an interface at a path.
pub fn call(
    connection: &Connection,
    (path, interface): (&str, &str),
    method: &str,
    body: &(impl Serialize + DynamicType),
) -> zbus::Result<Message> {
    zbus::block_on(connection.call_method(Some(BUS_NAME), path, Some(interface), method, body))
}

/// Name and text of an error reply.
#[track_caller]
pub fn refusal(result: zbus::Result<Message>) -> (String, String) {
    match result.unwrap_err() {
        zbus::Error::MethodError(name, text, _) => (name.to_string(), text.unwrap_or_default()),
        other => panic!("{other}"),
    }
}

/// So many calls of `GetManagedObjects` in flight on each of so many connections, until all are
/// answered; how many had a result.
pub fn managed_objects(address: &str, connections: usize, each: usize) -> usize {
    let connections: Vec<_> = (0..connections)
        .map(|_| connect(address).unwrap())
        .collect();
    let call = || {
        Message::method_call(ROOT_PATH, "GetManagedObjects")
            .destination(BUS_NAME)
            .interface("org.freedesktop.DBus.ObjectManager")
            .build(&())
    };
    zbus::block_on(async {
        let calls = connections.iter().map(|connection| async move {
            let mut replies = MessageStream::from(connection);
            for _ in 0..each {
                connection.send(&call()?).await?;
            }
            let (mut answered, mut good) = (0, 0);
            while answered < each {
                let reply = replies.next().await.expect("the bus goes on")?;
                answered += usize::from(reply.header().reply_serial().is_some());
                good += usize::from(reply.message_type() == Type::MethodReturn);
            }
            zbus::Result::Ok(good)
        });
        let good = futures_util::future::join_all(calls).await;
        good.into_iter().map(Result::unwrap).sum()
    })
}
