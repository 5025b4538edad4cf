//! The sockets of a session, shared with another thread, which closes them to interrupt a blocked
//! worker.

use std::net::{Shutdown, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
struct OpenSockets {
    /// [`Sockets::cut`] was called.
    cut: bool,
    control: Option<TcpStream>,
    /// The socket and whether the transfer is a download.
    data: Option<(TcpStream, bool)>,
}

/// The control and the data connection of a session.
#[derive(Debug, Default)]
pub(super) struct Sockets(Mutex<OpenSockets>);

fn close(socket: &TcpStream) {
    // The error can only be that it is closed already.
    let _ = socket.shutdown(Shutdown::Both);
}

impl Sockets {
    fn state(&self) -> MutexGuard<'_, OpenSockets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers the control connection; closes it at once if the session was cut meanwhile.
    pub(super) fn set_control(&self, socket: &TcpStream) {
        let mut state = self.state();
        if state.cut {
            close(socket);
        }
        state.control = socket.try_clone().ok();
    }

    /// Registers the data connection; closes it at once if the session was cut meanwhile.
    pub(super) fn set_data(&self, socket: &TcpStream, download: bool) {
        let mut state = self.state();
        if state.cut {
            close(socket);
        }
        state.data = socket.try_clone().ok().map(|socket| (socket, download));
    }

    /// Unregisters the data connection.
    pub(super) fn forget_data(&self) {
        self.state().data = None;
    }

    /// Closes the data connection of a download, which interrupts a worker blocked in reading.
    pub(super) fn stop_download(&self) {
        if let Some((socket, true)) = &self.state().data {
            close(socket);
        }
    }

    /// Closes both connections and those registered later.
    pub(super) fn cut(&self) {
        let mut state = self.state();
        state.cut = true;
        state.control.iter().for_each(close);
        state.data.iter().for_each(|(socket, _)| close(socket));
    }
}
