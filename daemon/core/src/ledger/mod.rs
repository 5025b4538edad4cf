//! What outlives the process: facts go to the shell to be stored, and what promises something waits
//! until they are.

mod handle;
mod state;

pub use handle::Ledger;
