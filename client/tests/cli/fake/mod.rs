//! A fake modem-ftpd with scripted answers, on a private bus, in this process.
//!
//! It has the D-Bus interfaces of modem-ftpd, but no modem and no FTP. What a transfer does depends
//! on the first word of its remote name (see `transfer`).

pub mod bus;
mod front;
mod modem;
pub mod receipts;
pub mod run;
mod transfer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use event_listener::{Event, Listener as _};
use modem_ftp_dbus::errors::ERROR_PREFIX;
use modem_ftp_dbus::names::{BUS_NAME, MODEM_PATH, ROOT_PATH};
use modem_ftp_dbus::proxies::Attributes;
use zbus::fdo::ObjectManager;
use zbus::message::Header;
use zbus::names::ErrorName;
use zbus::{Connection, DBusError, Message, connection};

use bus::Bus;

/// The time-out of every wait: after it, the test fails.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A bus and, except after [`Fake::without_daemon`], the daemon on it.
pub struct Fake {
    pub script: Arc<Script>,
    pub bus: Bus,
    daemon: Option<JoinHandle<()>>,
}

/// The calls that the daemon received, and its answers.
#[derive(Default)]
pub struct Script {
    calls: Mutex<Vec<String>>,
    refusals: Mutex<HashMap<String, (String, String)>>,
    files: Mutex<HashMap<String, Vec<u8>>>,
    unanswered: Mutex<Option<&'static str>>,
    /// State and StateReason of the module; `None`: searching.
    module: Mutex<Option<(String, String)>>,
    receipts: Mutex<Vec<Attributes>>,
    pub warnings: Mutex<Vec<String>>,
    /// The module is online.
    pub online: Event,
    pub stop: Event,
    /// The daemon's connection.
    connection: Mutex<Option<Connection>>,
}

/// An error reply of any name.
#[derive(Debug)]
pub struct Refusal(pub String, pub String);

impl Script {
    /// Records a call; fails if the call or its method is to be refused.
    pub fn called(&self, method: &str, arguments: &[&str]) -> Result<(), Refusal> {
        let call = format!("{method}({})", arguments.join(","));
        self.calls.lock().unwrap().push(call.clone());
        let refusals = self.refusals.lock().unwrap();
        match refusals.get(&call).or_else(|| refusals.get(method)) {
            Some((name, text)) => Err(Refusal(name.clone(), text.clone())),
            None => Ok(()),
        }
    }

    /// Leaves calls of `method` without an answer.
    pub fn never_answer(&self, method: &'static str) {
        *self.unanswered.lock().unwrap() = Some(method);
    }

    pub fn is_unanswered(&self, method: &str) -> bool {
        *self.unanswered.lock().unwrap() == Some(method)
    }

    /// State and StateReason of the module.
    pub fn module(&self) -> (String, String) {
        let searching = || ("searching".into(), "+CEREG: 2, not registered".into());
        self.module
            .lock()
            .unwrap()
            .clone()
            .unwrap_or_else(searching)
    }

    pub fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    /// Makes `call` ("Delete", or with its arguments "Delete(,a)") fail with an error of the
    /// daemon.
    pub fn refuse(&self, call: &str, error: &str, text: &str) {
        let name = if error.contains('.') {
            error.into()
        } else {
            format!("{ERROR_PREFIX}{error}")
        };
        self.refusals
            .lock()
            .unwrap()
            .insert(call.into(), (name, text.into()));
    }

    pub fn set_file(&self, remote: &str, content: &[u8]) {
        self.files
            .lock()
            .unwrap()
            .insert(remote.into(), content.into());
    }

    pub fn file(&self, remote: &str) -> Option<Vec<u8>> {
        self.files.lock().unwrap().get(remote).cloned()
    }
}

impl Fake {
    /// Starts the daemon on a bus of its own (busd).
    pub fn start() -> Self {
        Self::start_on(Bus::busd())
    }

    /// Starts it on a real dbus-daemon; `None` after a message if dbus-daemon is missing.
    pub fn start_on_dbus_daemon() -> Option<Self> {
        Bus::dbus_daemon().map(Self::start_on)
    }

    /// A bus without the daemon.
    pub fn without_daemon(bus: Bus) -> Self {
        Self {
            script: Arc::default(),
            bus,
            daemon: None,
        }
    }

    fn start_on(bus: Bus) -> Self {
        let script: Arc<Script> = Arc::default();
        let (serving, address) = (script.clone(), bus.address().to_owned());
        let ready = Arc::new(Event::new());
        let waiting = ready.listen();
        let daemon = std::thread::spawn(move || {
            zbus::block_on(async {
                let stopped = serving.stop.listen();
                let connection = serve(&address, &serving).await.expect("the fake daemon");
                *serving.connection.lock().unwrap() = Some(connection.clone());
                ready.notify(usize::MAX);
                stopped.await;
                serving.connection.lock().unwrap().take();
                // The bus may have ended before.
                let _ = connection.close().await;
            });
        });
        assert!(
            waiting.wait_timeout(DEADLINE).is_some(),
            "the fake daemon does not come up"
        );
        Self {
            script,
            bus,
            daemon: Some(daemon),
        }
    }

    /// Gives the module a state, and reports the change.
    pub fn set_module(&self, state: &str, reason: &str) {
        *self.script.module.lock().unwrap() = Some((state.into(), reason.into()));
        let connection = self.script.connection.lock().unwrap().clone().unwrap();
        zbus::block_on(async {
            let objects = connection.object_server();
            let modem = objects
                .interface::<_, modem::Modem>(MODEM_PATH)
                .await
                .unwrap();
            let (emitter, modem) = (modem.signal_emitter(), modem.get().await);
            modem.state_changed(emitter).await.unwrap();
            modem.state_reason_changed(emitter).await.unwrap();
        });
        if state == "online" {
            self.script.online.notify(usize::MAX);
        }
    }

    /// The client's current directory.
    pub fn folder(&self) -> &Path {
        self.bus.folder()
    }

    /// Creates a file there.
    pub fn local(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The names in that folder, sorted, without the bus's socket.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "bus")
            .collect();
        names.sort();
        names
    }

    /// Waits until `call` was made.
    pub fn wait_for_call(&self, call: &str) {
        self.wait_for_calls(call, 1);
    }

    /// Waits until `call` was made `times` times.
    pub fn wait_for_calls(&self, call: &str, times: usize) {
        let made = || {
            self.script
                .calls()
                .iter()
                .filter(|made| *made == call)
                .count()
        };
        wait_until(call, || made() >= times);
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.script.stop.notify(usize::MAX);
        if let Some(daemon) = self.daemon.take() {
            assert!(
                daemon.join().is_ok() || std::thread::panicking(),
                "the fake daemon panicked"
            );
        }
    }
}

/// Waits for `condition`, and fails the test if it does not come.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < DEADLINE, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}

async fn serve(address: &str, script: &Arc<Script>) -> zbus::Result<Connection> {
    connection::Builder::address(address)
        .serve_at(ROOT_PATH, ObjectManager)
        .serve_at(ROOT_PATH, front::Front::new(script.clone()))
        .serve_at(MODEM_PATH, modem::Modem::new(script.clone()))
        .name(BUS_NAME)
        .build()
        .await
}

impl From<zbus::Error> for Refusal {
    fn from(error: zbus::Error) -> Self {
        Self(
            "org.freedesktop.DBus.Error.Failed".into(),
            error.to_string(),
        )
    }
}

impl DBusError for Refusal {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        Message::error(call, self.name()).build(&(&self.1,))
    }

    fn name(&self) -> ErrorName<'_> {
        ErrorName::try_from(self.0.as_str()).unwrap()
    }

    fn description(&self) -> Option<&str> {
        Some(&self.1)
    }
}
