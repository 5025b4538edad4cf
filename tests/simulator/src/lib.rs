//! virtual-bg96: a Quectel BG96 simulator for developing and testing a driver.
//!
//! [`Module`](module::Module) is the module as a state machine without I/O, [`remote`] is its FTP
//! client's network side, [`ufs`] its file storage; [`port::Port`] connects them for a transport.
//! The crate implements docs/module independently of the daemon and shares no code with it.

mod at;
mod cmd;
pub mod fault;
mod ftp;
pub mod host;
pub mod module;
pub mod port;
pub mod remote;
mod secret;
pub mod ufs;
pub mod usb;
