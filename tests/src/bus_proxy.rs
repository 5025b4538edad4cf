//! [`BusProxy`]: stands between the daemon and its bus, and can stop reading what the daemon sends,
//! as a bus does that is stopped or overloaded. Others use the bus as before. It passes no
//! descriptors on.

use crate::{Error, Scratch};
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// A proxy for one connection.
#[derive(Debug)]
pub struct BusProxy {
    address: String,
    socket: PathBuf,
    gate: Arc<Gate>,
    _scratch: Scratch,
}

#[derive(Debug, Default)]
struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    is_held: bool,
    is_ended: bool,
}

impl BusProxy {
    /// Starts a proxy for the bus at this address (`unix:path=…`), for the first that connects.
    ///
    /// # Errors
    ///
    /// If the bus has no path, or the socket cannot be made.
    pub fn start(bus: &str) -> Result<Self, Error> {
        let path = bus.strip_prefix("unix:path=");
        let path = path.ok_or_else(|| Error::failed(format!("{bus} has no path")))?;
        let bus = PathBuf::from(path.split(',').next().unwrap_or(path));
        let scratch = Scratch::new()?;
        let socket = scratch.join("proxy");
        let listener = UnixListener::bind(&socket)?;
        let gate = Arc::new(Gate::default());
        let own = Arc::clone(&gate);
        thread::Builder::new()
            .name("bus-proxy".to_owned())
            .spawn(move || {
                if let Err(error) = serve(&listener, &bus, &own) {
                    eprintln!("the proxy of the bus: {error}");
                }
            })?;
        Ok(Self {
            address: format!("unix:path={}", socket.display()),
            socket,
            gate,
            _scratch: scratch,
        })
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Stops reading what the daemon sends, or goes on.
    pub fn hold(&self, is_held: bool) {
        self.gate.change(|state| state.is_held = is_held);
    }
}

impl Drop for BusProxy {
    fn drop(&mut self) {
        self.gate.change(|state| state.is_ended = true);
        // If nobody has connected, the thread still waits for that.
        let _ = UnixStream::connect(&self.socket);
    }
}

impl Gate {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    /// Waits while the bus is not to read; false at the end.
    fn pass(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let held = |state: &mut State| state.is_held && !state.is_ended;
        let state = self.changed.wait_while(state, held);
        !state.unwrap_or_else(PoisonError::into_inner).is_ended
    }
}

fn serve(listener: &UnixListener, bus: &PathBuf, gate: &Gate) -> io::Result<()> {
    let (daemon, _) = listener.accept()?;
    if !gate.pass() {
        return Ok(());
    }
    let bus = UnixStream::connect(bus)?;
    let (from_bus, to_daemon) = (bus.try_clone()?, daemon.try_clone()?);
    let back = thread::spawn(move || copy(&from_bus, &to_daemon, || true));
    copy(&daemon, &bus, || gate.pass());
    // Both threads end when either end has closed.
    let _ = back.join();
    Ok(())
}

/// Copies until either end has closed, and closes the other.
fn copy(mut from: &UnixStream, mut to: &UnixStream, may_go_on: impl Fn() -> bool) {
    let mut buffer = vec![0; 16 * 1024];
    while may_go_on() {
        match from.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => {
                let bytes = buffer.get(..count).unwrap_or_default();
                if to.write_all(bytes).is_err() {
                    break;
                }
            }
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
