//! The serial line: opened and re-opened, written in order, read without ever blocking.

mod ioctl;
mod line;
mod outgoing;
mod port;
#[cfg(test)]
mod tests;
mod wire;

pub use line::{Line, Opening, Reading};
pub use port::Setup;
