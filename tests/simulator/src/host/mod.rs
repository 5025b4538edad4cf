//! The program around a [`Port`](crate::port::Port): pty or USB device, paced serial line, control
//! socket, log. Terminals, signals, sockets and the clock are used only here and in
//! [`usb`](crate::usb).

mod control_client;
mod control_command;
mod control_socket;
mod event_loop;
mod log;
mod options;
mod pacer;
mod pty;
mod serial_line;
mod signals;
mod transport;
mod usb;

pub use control_client::send_command;
pub use control_command::{COMMANDS, ControlCommand};
pub use event_loop::run;
pub use options::Options;
pub use pacer::Pacer;
