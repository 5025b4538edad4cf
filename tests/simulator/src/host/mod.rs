//! The program around a [`Port`](crate::port::Port): a pty or a USB device, a line of exact pace, a control socket,
//! a log. Everything that touches the kernel is here.

mod control;
mod event_loop;
mod line;
mod log;
mod options;
mod pacer;
mod pty;
mod signals;
mod tell;
mod transport;
mod usb;

pub use control::{COMMANDS, Command};
pub use event_loop::run;
pub use options::Options;
pub use pacer::Pacer;
pub use tell::tell;
