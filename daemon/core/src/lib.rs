//! What ModemFtp decides, without I/O: bytes, answers and the time go in, things to do come
//! out. Nothing in here has a file descriptor, a clock or a thread.

pub mod api;
pub mod at;
mod calendar;
pub mod engine;
mod ftp;
mod ledger;
mod link;
mod modem;
mod recovery;
mod shared;
mod transfer;

pub use ftp::listing;
