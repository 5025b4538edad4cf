//! A daemon of the contract's shape with scripted answers, on a private bus, in this process.
//!
//! It does what the client can see of modem-ftpd and nothing more: no modem, no FTP. What
//! a transfer does follows from the first word of its remote name (see `transfer`).

pub mod bus;
mod front;
mod modem;
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
use zbus::fdo::ObjectManager;
use zbus::message::Header;
use zbus::names::ErrorName;
use zbus::{Connection, DBusError, Message, connection};

use bus::Bus;

/// How long anything may take before a test fails.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A bus and, unless told otherwise, the daemon on it.
pub struct Fake {
    pub script: Arc<Script>,
    pub bus: Bus,
    daemon: Option<JoinHandle<()>>,
}

/// What the daemon was asked and what it answers.
#[derive(Default)]
pub struct Script {
    calls: Mutex<Vec<String>>,
    refusals: Mutex<HashMap<String, (String, String)>>,
    files: Mutex<HashMap<String, Vec<u8>>>,
    mute: Mutex<Option<&'static str>>,
    pub stop: Event,
}

/// An error reply of any name.
#[derive(Debug)]
pub struct Refusal(pub String, pub String);

impl Script {
    /// Notes a call; fails if it, or its method, is to be refused.
    pub fn called(&self, method: &str, arguments: &[&str]) -> Result<(), Refusal> {
        let call = format!("{method}({})", arguments.join(","));
        self.calls.lock().unwrap().push(call.clone());
        let refusals = self.refusals.lock().unwrap();
        match refusals.get(&call).or_else(|| refusals.get(method)) {
            Some((name, text)) => Err(Refusal(name.clone(), text.clone())),
            None => Ok(()),
        }
    }

    /// Makes `method` one that is never answered.
    pub fn never_answer(&self, method: &'static str) {
        *self.mute.lock().unwrap() = Some(method);
    }

    pub fn is_mute(&self, method: &str) -> bool {
        *self.mute.lock().unwrap() == Some(method)
    }

    pub fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    /// Makes `call` ("Delete", or with its arguments "Delete(,a)") fail with one of our errors.
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
    /// With the daemon on a bus of its own.
    pub fn start() -> Self {
        Self::enter(Bus::busd())
    }

    /// The same on a real dbus-daemon; `None`, loudly, where there is none.
    pub fn start_on_dbus_daemon() -> Option<Self> {
        Bus::dbus_daemon().map(Self::enter)
    }

    /// A bus with nobody on it.
    pub fn nobody(bus: Bus) -> Self {
        Self {
            script: Arc::default(),
            bus,
            daemon: None,
        }
    }

    fn enter(bus: Bus) -> Self {
        let script: Arc<Script> = Arc::default();
        let (serving, address) = (script.clone(), bus.address().to_owned());
        let ready = Arc::new(Event::new());
        let waiting = ready.listen();
        let daemon = std::thread::spawn(move || {
            zbus::block_on(async {
                let stopped = serving.stop.listen();
                let connection = serve(&address, &serving).await.expect("the fake daemon");
                ready.notify(usize::MAX);
                stopped.await;
                // The bus may have gone first.
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

    /// The folder the client runs in.
    pub fn folder(&self) -> &Path {
        self.bus.folder()
    }

    /// A file in the test's own folder.
    pub fn local(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::write(&path, content).unwrap();
        path
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
