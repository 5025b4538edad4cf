//! The module as procedures see it, one conversation at a time. A procedure is an `async fn` that
//! sends a command, waits for its answer and goes on; the compiler makes the state machine of it.
//! The engine polls it by hand after every input, so there is no executor, thread or clock: a
//! procedure moves only when bytes, answers or the time come in.

mod answer;
mod command;
mod command_mode;
mod commit;
mod data_connections;
mod data_mode_exit;
mod digest;
mod handle;
mod input;
mod left;
mod line_check;
mod optional;
mod pace;
mod payload;
mod port;
mod pump;
mod receive;
mod reception;
mod restart;
mod send;
mod server_memory;
mod silence;
mod state;
mod stop;
mod time_outs;
mod ufs_transfer;
mod wait;

pub use command::tolerate;
pub use data_connections::is_of_data_connection;
pub use digest::Digest;
pub use handle::Link;
pub use line_check::HELD;
pub use payload::{LocalEnd, PayloadDestination, PayloadSource};
pub use state::{Abort, DataConnections, OPENING, Port, Sign};
pub use wait::{OnAbort, Waited};
