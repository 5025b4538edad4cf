//! Transfers: queued, attempted, retried where that can help, and ended with a named failure or a
//! whole file under its final name.

mod actions;
mod attempt;
mod chores;
mod clean_up;
mod counting;
mod directory;
mod download;
mod empty;
mod ending;
mod expiry;
mod failing_servers;
mod handle;
mod in_doubt;
mod inquire;
mod inquiry;
mod order;
mod overlap;
mod partial;
mod queue;
mod record;
mod refusal;
mod rename;
mod resume;
mod retry;
mod run;
mod runnable;
mod seams;
mod server_holds;
mod servers;
mod settle;
mod shown;
mod staging;
mod stream;
mod traces;
mod traits;
mod untyped;
mod upload;
mod verify;
mod via_ufs;

pub use clean_up::clean_up;
pub use handle::Transfers;
pub use inquire::inquire;
pub use order::Order;
pub use run::{run, settle};
