//! The serial port: opened and re-opened, written in order, read without blocking.

mod ioctl;
mod line_settings;
mod open_retry;
mod port;
mod results;
mod send_queue;
#[cfg(test)]
mod tests;
mod tty;
mod wire;

pub use port::PortSettings;
pub use results::{Opening, Reading};
pub use tty::Tty;
