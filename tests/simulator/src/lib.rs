//! virtual-bg96: a Quectel BG96 imitated well enough to develop and test a driver against it.
//!
//! [`Module`](module::Module) is the module as a plain state machine, [`remote`] the FTP server side
//! behind it, [`ufs`] its files, [`port::Port`] all of it joined for a transport. It is a second
//! reading of the reference and shares nothing with the daemon.

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
