//! Transfers: queued, attempted, retried where that can help, and ended with a named failure or a
//! whole file under its final name.

mod actions;
mod attempt;
mod counting;
mod download;
mod handle;
mod left_over;
mod order;
mod queue;
mod record;
mod rename;
mod retry;
mod run;
mod settle;
mod staging;
mod upload;
mod via_ufs;

pub use handle::Transfers;
pub use left_over::LeftOver;
pub use order::Order;
pub use run::run;
