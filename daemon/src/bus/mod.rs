//! The bus thread: serves the D-Bus interfaces and publishes what the event loop sends. Method
//! handlers send requests to the event loop and await its replies; they never block.

mod address;
mod caller;
mod error;
mod manager;
mod modem;
mod options;
mod properties;
mod publisher;
mod requests;
mod shared;
#[cfg(test)]
mod tests;
mod transfer;

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::task::Poll;
use std::thread;

use futures_channel::mpsc::UnboundedReceiver;
use modem_ftp_core::api::status::ModemStatus;
use modem_ftp_dbus::names;
use zbus::fdo::ObjectManager;

use crate::files::{Disk, Roots};
use crate::messages::{Inbox, Message, Publication};
pub use address::Address;
use manager::{Manager, Servers};
use modem::Modem;
use publisher::{Published, Publisher};
use requests::Requests;
use shared::Shared;

/// What the bus thread consists of.
pub struct Parts {
    /// The bus to serve.
    pub address: Address,
    /// The inbox of the event loop.
    pub inbox: Inbox,
    /// The disk thread, which opens local files.
    pub disk: Disk,
    /// The configured roots.
    pub roots: Vec<PathBuf>,
    /// What the event loop publishes.
    pub publications: UnboundedReceiver<Publication>,
}

/// Starts the thread. It sends [`Message::BusReady`] when the daemon owns the bus name, and
/// [`Message::BusLost`] if it cannot get it or the connection is closed. It drops `alive` at its
/// end.
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
        roots: Shared::new(Arc::new(Roots(parts.roots))),
        servers: Shared::new(Servers::default()),
        modem: Shared::new(ModemStatus::default()),
    };
    let requests = Requests::new(parts.inbox, parts.disk, published.roots.clone());
    let manager = Manager::new(requests.clone(), published.servers.clone());
    let modem = Modem::new(requests.clone(), published.modem.clone());

    let address = parts.address;
    let connection = address
        .builder()
        // Objects are served before the name is requested. The object manager is the first, so that
        // it announces the others.
        .serve_at(names::ROOT_PATH, ObjectManager)
        .serve_at(names::ROOT_PATH, manager)
        .serve_at(names::MODEM_PATH, modem)
        .allow_name_replacements(false)
        .replace_existing_names(false)
        .name(names::BUS_NAME)
        .build()
        .await
        .map_err(|error| not_connected(&address, &error))?;
    inbox.send(Message::BusReady);

    let publisher = Publisher::new(connection.clone(), requests, published);
    let publishing = publisher.run(parts.publications);
    if first_is_ready(publishing, connection.closed()).await {
        // The event loop has ended: replies that were sent are delivered before the disconnection.
        connection.graceful_shutdown().await;
        Ok(())
    } else {
        Err("the bus has closed the connection".to_owned())
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
