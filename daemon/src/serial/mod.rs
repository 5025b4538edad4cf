//! The serial port: opened and re-opened, written in order, read without blocking.

mod ioctl;
mod open_retry;
mod port;
mod send_queue;
#[cfg(test)]
mod tests;
mod tty;
mod wire;

pub use port::PortSettings;
pub use tty::{Opening, Reading, Tty};
