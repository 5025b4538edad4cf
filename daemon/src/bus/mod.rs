//! The bus thread: serves the contract and publishes what the loop says, in the loop's order.
//! Its handlers hand calls to the loop and wait without blocking; it never touches the tty.

mod caller;
mod desk;
mod error;
mod manager;
mod modem;
mod options;
mod properties;
mod publisher;
mod transfer;

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;
use std::thread;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender};
use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::status::{ModemStatus, TransferId, TransferStatus};
use modem_ftp_dbus::names;
use zbus::connection::Builder;
use zbus::fdo::ObjectManager;

use crate::event_loop::{Letter, Mailbox, ReplyTo};
use crate::files::{Disk, Roots};
use desk::Desk;
use manager::Manager;
use modem::Modem;
use publisher::Publisher;

/// What the loop wants known. The order is kept: an object is served before a reply names it,
/// and a property has changed before a reply says so.
#[derive(Debug)]
pub enum Publication {
    /// Answer a call.
    Reply(ReplyTo, Box<Result<Reply, Failure>>),
    /// `Modem1` changed.
    Modem(Box<ModemStatus>),
    /// A transfer is new or changed.
    Transfer(Box<TransferStatus>),
    /// A transfer was forgotten.
    TransferRemoved(TransferId),
    /// The servers' names, and the default one.
    Servers(Vec<String>, String),
    /// Where path calls may reach from now on.
    Roots(Vec<PathBuf>),
}

/// The way to the bus thread. It ends when this is dropped.
pub type Publications = UnboundedSender<Publication>;

/// Which bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// The system bus, or what `DBUS_SYSTEM_BUS_ADDRESS` says.
    System,
    /// The session bus.
    Session,
    /// Another one, by its D-Bus address.
    Other(String),
}

impl From<&str> for Address {
    fn from(text: &str) -> Self {
        match text {
            "system" => Self::System,
            "session" => Self::Session,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// What the bus thread is made of.
pub struct Parts {
    /// Which bus.
    pub address: Address,
    /// The way to the loop.
    pub mailbox: Mailbox,
    /// The disk thread, which opens local files.
    pub disk: Disk,
    /// Where path calls may reach.
    pub roots: Vec<PathBuf>,
    /// What the loop publishes.
    pub publications: UnboundedReceiver<Publication>,
}

/// Starts the thread. It tells the loop [`Letter::BusReady`] when the name is ours, and
/// [`Letter::BusLost`] if it never is or the bus goes away. It lets go of `alive` at its end.
///
/// # Errors
/// The system has no thread left.
pub fn start(parts: Parts, alive: Sender<Infallible>) -> io::Result<()> {
    let mailbox = parts.mailbox.clone();
    let run = move || {
        let _alive = alive;
        if let Err(reason) = zbus::block_on(serve(parts)) {
            mailbox.send(Letter::BusLost(reason));
        }
    };
    thread::Builder::new()
        .name("bus".into())
        .spawn(run)
        .map(drop)
}

async fn serve(parts: Parts) -> Result<(), String> {
    let mailbox = parts.mailbox.clone();
    let roots = Arc::new(Mutex::new(Arc::new(Roots(parts.roots))));
    let desk = Desk::new(parts.mailbox, parts.disk, Arc::clone(&roots));
    let manager = Manager::new(desk.clone());
    let modem = Modem::new(desk.clone());
    let servers = manager.shown();
    let status = modem.shown();

    let connection = builder(&parts.address)
        // Objects are served before the name is asked for; with the manager of objects first,
        // each is announced.
        .serve_at(names::ROOT_PATH, ObjectManager)
        .serve_at(names::ROOT_PATH, manager)
        .serve_at(names::MODEM_PATH, modem)
        .allow_name_replacements(false)
        .replace_existing_names(false)
        .name(names::BUS_NAME)
        .build()
        .await
        .map_err(|error| not_connected(&parts.address, &error))?;
    mailbox.send(Letter::BusReady);

    let publisher = Publisher::new(connection.clone(), desk, roots, servers, status);
    let published = publisher.run(parts.publications);
    if either(published, connection.closed()).await {
        // The loop has ended: whoever still waits for a reply gets one before we go.
        connection.graceful_shutdown().await;
        Ok(())
    } else {
        Err("the bus has closed the connection".to_owned())
    }
}

fn builder(address: &Address) -> Builder<'_> {
    match address {
        Address::System => Builder::system(),
        Address::Session => Builder::session(),
        Address::Other(address) => Builder::address(address.as_str()),
    }
}

fn not_connected(address: &Address, error: &zbus::Error) -> String {
    let bus = match address {
        Address::System => "the system bus",
        Address::Session => "the session bus",
        Address::Other(address) => address,
    };
    match error {
        zbus::Error::NameTaken => format!(
            "{} is taken on {bus}: another modem-ftpd is running",
            names::BUS_NAME
        ),
        error => format!("{} cannot be served on {bus}: {error}", names::BUS_NAME),
    }
}

/// Waits for the first of two; whether it was `one`.
async fn either(one: impl Future<Output = ()>, other: impl Future<Output = ()>) -> bool {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| {
        if one.as_mut().poll(context).is_ready() {
            Poll::Ready(true)
        } else {
            other.as_mut().poll(context).map(|()| false)
        }
    })
    .await
}

/// What is behind a lock, whoever panicked while holding it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|broken| broken.into_inner())
}
