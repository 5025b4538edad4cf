//! The sockets of a session as another thread may close them: that is what wakes a blocked worker.

use std::net::{Shutdown, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
struct State {
    cut: bool,
    control: Option<TcpStream>,
    data: Option<(TcpStream, bool)>,
}

/// Handles to the control and the data connection.
#[derive(Debug, Default)]
pub(super) struct Sockets(Mutex<State>);

fn close(socket: &TcpStream) {
    // It may be closed already, which is as good.
    let _ = socket.shutdown(Shutdown::Both);
}

impl Sockets {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the control connection; closes it at once if the session was cut meanwhile.
    pub(super) fn set_control(&self, socket: &TcpStream) {
        let mut state = self.state();
        if state.cut {
            close(socket);
        }
        state.control = socket.try_clone().ok();
    }

    /// Remembers the data connection.
    pub(super) fn set_data(&self, socket: &TcpStream, download: bool) {
        let mut state = self.state();
        if state.cut {
            close(socket);
        }
        state.data = socket.try_clone().ok().map(|socket| (socket, download));
    }

    /// The data connection is closed.
    pub(super) fn forget_data(&self) {
        self.state().data = None;
    }

    /// Wakes a worker that waits for more of a download.
    pub(super) fn stop_download(&self) {
        if let Some((socket, true)) = &self.state().data {
            close(socket);
        }
    }

    /// Ends everything.
    pub(super) fn cut(&self) {
        let mut state = self.state();
        state.cut = true;
        state.control.iter().for_each(close);
        state.data.iter().for_each(|(socket, _)| close(socket));
    }
}
