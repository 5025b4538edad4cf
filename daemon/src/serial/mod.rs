//! The serial port: opened and re-opened, written in order, read without blocking.

mod holders;
mod ioctl;
mod line_settings;
mod lock_file;
mod open_retry;
mod port;
mod processes;
mod results;
mod rivals;
mod send_queue;
#[cfg(test)]
mod tests;
mod tty;
mod wire;

pub use port::PortSettings;
pub use results::{Opening, Reading};
pub use tty::Tty;
