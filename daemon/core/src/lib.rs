//! What ModemFtp decides, without I/O: bytes, answers and the time go in, things to do come
//! out. Nothing in here has a file descriptor, a clock or a thread.

pub mod at;
mod calendar;
pub mod engine;
pub mod failure;
mod ftp;
mod link;
mod modem;
pub mod request;
pub mod secret;
pub mod settings;
pub mod status;
mod transfer;
