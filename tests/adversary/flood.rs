//! Callers that make many calls at once, or calls of the wrong size.

use modem_ftp_dbus::names::{BUS_NAME, ROOT_PATH};
use modem_ftp_tests::connect;
use serde::Serialize;
use zbus::message::Message;
use zbus::{Connection, DynamicType};

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

/// So many calls of `GetManagedObjects` in flight, over many connections, until all are answered;
/// how many had a result.
pub fn managed_objects(address: &str, connections: usize, each: usize) -> usize {
    let threads: Vec<_> = (0..connections)
        .map(|_| {
            let connection = connect(address).unwrap();
            std::thread::spawn(move || {
                zbus::block_on(async {
                    let calls = (0..each).map(|_| {
                        connection.call_method(
                            Some(BUS_NAME),
                            ROOT_PATH,
                            Some("org.freedesktop.DBus.ObjectManager"),
                            "GetManagedObjects",
                            &(),
                        )
                    });
                    let replies = futures_util::future::join_all(calls).await;
                    replies.iter().filter(|reply| reply.is_ok()).count()
                })
            })
        })
        .collect();
    threads.into_iter().map(|it| it.join().unwrap()).sum()
}
