//! A private bus in a temporary folder: busd in this process, or a real dbus-daemon.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;

use event_listener::{Event, Listener as _};
use tempfile::TempDir;

use super::DEADLINE;

/// A message bus; it ends when dropped.
pub struct Bus {
    folder: TempDir,
    address: String,
    broker: Option<Broker>,
}

enum Broker {
    Busd(Arc<Event>, JoinHandle<()>),
    DbusDaemon(Child),
}

impl Bus {
    /// Starts busd in this process.
    pub fn busd() -> Self {
        let (folder, address) = folder_and_address();
        let (ready, end) = (Arc::new(Event::new()), Arc::new(Event::new()));
        let (waiting, ended) = (ready.listen(), end.listen());
        let at = address.clone();
        let thread = std::thread::spawn(move || {
            zbus::block_on(async {
                let mut bus = busd::bus::Bus::for_address(Some(&at)).await.expect("busd");
                ready.notify(usize::MAX);
                futures_lite::future::or(async { bus.run().await.expect("busd") }, ended).await;
            });
        });
        assert!(
            waiting.wait_timeout(DEADLINE).is_some(),
            "busd does not start"
        );
        Self {
            folder,
            address,
            broker: Some(Broker::Busd(end, thread)),
        }
    }

    /// Starts a real dbus-daemon; `None` after a message if it is missing.
    pub fn dbus_daemon() -> Option<Self> {
        let (folder, address) = folder_and_address();
        // The kernel kills it if the test is killed.
        let spawned = Command::new("setpriv")
            .args(["--pdeathsig=KILL", "dbus-daemon", "--session", "--nofork"])
            .arg(format!("--address={address}"))
            .arg("--print-address=1")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut ready = String::new();
        let broker = spawned.ok().map(|mut child| {
            let out = child.stdout.take().unwrap();
            BufReader::new(out).read_line(&mut ready).unwrap();
            Broker::DbusDaemon(child)
        });
        let bus = Self {
            folder,
            address,
            broker,
        };
        if ready.is_empty() {
            let required = std::env::var_os("MODEM_FTP_REQUIRE_ALL").is_some();
            assert!(
                !required,
                "this cannot be tested without dbus-daemon and setpriv"
            );
            eprintln!("SKIPPED: this cannot be tested without dbus-daemon and setpriv");
            return None;
        }
        Some(bus)
    }

    /// Its address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its folder: the socket is called `bus`, all other files are the test's.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends the bus; a dbus-daemon closes all its connections.
    pub fn end(&mut self) {
        match self.broker.take() {
            Some(Broker::DbusDaemon(mut child)) => {
                let _ = child.kill();
                let _ = child.wait();
            }
            Some(Broker::Busd(end, thread)) => {
                end.notify(usize::MAX);
                assert!(
                    thread.join().is_ok() || std::thread::panicking(),
                    "busd panicked"
                );
            }
            None => {}
        }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.end();
    }
}

fn folder_and_address() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("unix:path={}", folder.path().join("bus").display());
    (folder, address)
}
