//! [`DataConnections`]: whether the module can open data connections, over all servers. With some
//! failures of the module the control connection works and no data connection does
//! (docs/module/quirks.md F2).

use super::handle::Link;
use super::state::DataConnections;
use crate::api::failure::Failure;
use crate::at::command::Command;

/// "Data connection could not be opened" (docs/module/at-ftp.md §4); a server's 425 has it too.
const NOT_OPENED: u32 = 615;
/// "Data connection closed".
const CLOSED: u32 = 607;
/// "Connection closed, transfer aborted", a server's 426.
const ABORTED: u32 = 616;

/// Whether a failure is of the data connection: it could not be opened, or was closed too early.
pub fn is_of_data_connection(failure: &Failure) -> bool {
    matches!(failure.code, Some(NOT_OPENED | CLOSED | ABORTED))
}

impl Link {
    /// A session with this server begins.
    pub fn begin_session(&self, server: &str) {
        self.state.change_with(server, |state, server| {
            server.clone_into(&mut state.data.server);
            state.facts.begin_session(server);
        });
    }

    /// What is known of the module's data connections.
    pub fn data_connections(&self) -> DataConnections {
        self.state.get(|state| state.data.clone())
    }

    /// A command that needs a data connection was answered. `moved`: bytes that went through, as far
    /// as is known.
    pub(super) fn note_data<C: Command, R>(&self, result: &Result<R, Failure>, moved: u64) {
        if !C::NEEDS_DATA_CONNECTION {
            return;
        }
        match result {
            Ok(_) => {
                self.note_type::<C>();
                self.state.change(|state| state.data.worked());
            }
            Err(failure) if failure.code == Some(NOT_OPENED) => {
                self.state.change(|state| state.data.failed());
            }
            // It was opened, and broke before anything went through.
            Err(failure) if is_of_data_connection(failure) && moved == 0 => {
                self.state.change(|state| state.data.failed());
            }
            Err(_) if moved > 0 => self.state.change(|state| state.data.worked()),
            Err(_) => {}
        }
    }
}
