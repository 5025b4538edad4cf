//! Fixtures of the end-to-end tests and of the demonstration. Every server, bus, module and daemon
//! that they start belongs to one test, listens on 127.0.0.1 or on a unix socket only, and ends
//! when its value is dropped.

mod bench;
mod binaries;
mod bus;
mod bus_proxy;
mod certificates;
mod child;
mod cli;
mod config;
mod daemon;
mod error;
mod ftp;
mod modem;
mod namespace;
mod need;
mod payload;
mod port;
pub mod process;
mod random;
mod scratch;
mod signals;
mod tools;
pub mod trouble;
mod wait;

pub use bench::{Bench, sentence, tail};
pub use binaries::binary;
pub use bus::Bus;
pub use bus_proxy::BusProxy;
pub use certificates::{Certificates, Identity};
pub use child::Child;
pub use cli::{Cli, Outcome, Running};
pub use config::Config;
pub use daemon::{Daemon, connect};
pub use error::Error;
pub use ftp::{FtpServer, Kind, Options, Security, hostile};
pub use modem::Modem;
pub use need::need;
pub use payload::payload;
pub use port::{free_port, listeners};
pub use random::Random;
pub use scratch::Scratch;
pub use signals::with_default_signals;
pub use tools::installed;
pub use wait::{until, within};
