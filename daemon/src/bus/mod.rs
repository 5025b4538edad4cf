//! The bus thread: serves the D-Bus interfaces and publishes what the event loop sends. Method
//! handlers send requests to the event loop and await its replies; they never block.

mod address;
mod admission;
mod call;
mod caller;
mod calls;
mod closer;
mod directories;
mod dispatch;
mod entries;
mod error;
mod history;
mod introspection;
mod local;
mod managed;
mod manager;
mod modem;
mod objects;
pub mod options;
mod presence;
mod properties;
mod publisher;
mod requests;
mod shared;
mod standard;
#[cfg(test)]
mod tests;
mod transfer;
mod turns;

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::task::Poll;
use std::thread;

use modem_ftp_core::api::status::ModemStatus;
use modem_ftp_dbus::names;
use zbus::fdo::{DBusProxy, RequestNameFlags};
use zbus::proxy::CacheProperties;
use zbus::{Connection, MessageStream};

use crate::files::{Disk, Roots};
use crate::limits::Descriptors;
use crate::messages::{Inbox, Message, Unpublished};
use crate::spool::Spool;
use crate::store::Storage;
pub use address::Address;
use admission::Admission;
use closer::Closer;
use dispatch::READ_AHEAD;
pub use error::CallError;
pub use history::filter as history_filter;
use local::Preparation;
use manager::Manager;
use modem::Modem;
use objects::Objects;
use publisher::{Published, Publisher, Servers};
use requests::Requests;
pub use requests::local_path;
use shared::Shared;
use transfer::Transfers;

/// What the bus thread consists of.
pub struct Parts {
    /// The bus to serve.
    pub address: Address,
    /// The inbox of the event loop.
    pub inbox: Inbox,
    /// The disk threads, which open local files.
    pub disk: Disk,
    /// The store thread, which answers questions about the history.
    pub storage: Storage,
    /// Copies of passed descriptors.
    pub spool: Arc<Spool>,
    /// The configured roots.
    pub roots: Arc<Roots>,
    /// What the event loop publishes.
    pub publications: Unpublished,
    /// Counts the descriptors that callers pass.
    pub descriptors: Descriptors,
}

/// Starts the thread. It sends [`Message::BusConnected`], then [`Message::BusReady`] when the daemon
/// owns the bus name, and [`Message::BusLost`] if it cannot get it or the connection is closed. It
/// drops `alive` at its end.
///
/// # Errors
/// The thread cannot be created.
pub fn start(parts: Parts, alive: Sender<Infallible>) -> io::Result<()> {
    let inbox = parts.inbox.clone();
    let run = move || {
        let _alive = alive;
        if let Err(reason) = zbus::block_on(serve(parts)) {
            inbox.send(Message::BusLost(reason));
        }
    };
    thread::Builder::new()
        .name("bus".into())
        .spawn(run)
        .map(drop)
}

async fn serve(parts: Parts) -> Result<(), String> {
    let inbox = parts.inbox.clone();
    let published = Published {
        roots: Shared::new(parts.roots),
        servers: Shared::new(Servers::default()),
        modem: Shared::new(ModemStatus::default()),
        warnings: Shared::default(),
        transfers: Shared::default(),
    };
    let closer = Closer {
        disk: parts.disk.clone(),
        inbox: parts.inbox.clone(),
    };
    let preparation = Preparation {
        inbox: parts.inbox,
        disk: parts.disk,
        spool: parts.spool,
    };
    let requests = Requests::new(preparation, published.roots.clone());
    let objects = Objects {
        manager: Manager::new(
            requests.clone(),
            parts.storage,
            published.servers.clone(),
            published.warnings.clone(),
        ),
        modem: Modem::new(requests.clone(), published.modem.clone()),
        transfers: Transfers::new(requests, published.transfers.clone()),
    };

    let address = parts.address;
    let not_connected = |error: zbus::Error| not_connected(&address, &error);
    let builder = address.builder().max_queued(READ_AHEAD);
    let connection = builder.build().await.map_err(not_connected)?;
    let messages = MessageStream::from(&connection);
    let mut publisher = Publisher::new(connection.clone(), published);
    let mut publications = parts.publications;
    let admission = Admission::new(parts.descriptors, inbox.clone());
    // What comes is read all the time, also while the bus is asked something.
    let work = async {
        caller::watch(&connection).await.map_err(not_connected)?;
        // Before anything that was stored is gone on with; the request below decides.
        if is_owned(&connection).await {
            return Err(not_connected(zbus::Error::NameTaken));
        }
        inbox.send(Message::BusConnected);
        publisher.run(&mut publications).await;
        // Whoever sees the name finds every transfer that was stored.
        connection
            .request_name_with_flags(names::BUS_NAME, RequestNameFlags::DO_NOT_QUEUE)
            .await
            .map_err(not_connected)?;
        inbox.send(Message::BusReady);
        match first_is_ready(publisher.run(&mut publications), connection.closed()).await {
            true => Ok(()),
            false => Err("the bus has closed the connection".to_owned()),
        }
    };
    dispatch::serve(messages, admission, &objects, &connection, &closer, work).await?;
    // It has a clone of the connection, whose last one the shutdown waits for.
    drop(publisher);
    // The event loop has ended: replies that were sent are delivered before the disconnection.
    connection.graceful_shutdown().await;
    Ok(())
}

/// Whether another daemon owns the bus name; false if that cannot be found out.
async fn is_owned(connection: &Connection) -> bool {
    let Ok(name) = names::BUS_NAME.try_into() else {
        return false;
    };
    let bus = DBusProxy::builder(connection).cache_properties(CacheProperties::No);
    match bus.build().await {
        Ok(bus) => bus.name_has_owner(name).await.unwrap_or(false),
        Err(_) => false,
    }
}

fn not_connected(address: &Address, error: &zbus::Error) -> String {
    let name = names::BUS_NAME;
    match error {
        zbus::Error::NameTaken => {
            format!("{name} is taken on {address}: another modem-ftpd is running")
        }
        error => format!("{name} cannot be served on {address}: {error}"),
    }
}

/// Waits until one of two futures is ready; whether it is the first.
async fn first_is_ready(first: impl Future<Output = ()>, second: impl Future<Output = ()>) -> bool {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|context| {
        if first.as_mut().poll(context).is_ready() {
            Poll::Ready(true)
        } else {
            second.as_mut().poll(context).map(|()| false)
        }
    })
    .await
}
