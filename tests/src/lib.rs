//! Fixtures of the end-to-end tests and of the demonstration: every server, bus, module and
//! daemon they start belongs to one test, listens on 127.0.0.1 or a unix socket only, and is
//! gone when its value is dropped.

mod certificates;
mod child;
mod error;
mod ftp;
mod need;
mod port;
mod scratch;
mod tools;
mod wait;

pub use certificates::{Certificates, Identity};
pub use child::Child;
pub use error::Error;
pub use ftp::{FtpServer, Kind, Options, Security};
pub use need::need;
pub use port::{free_port, listeners};
pub use scratch::Scratch;
pub use wait::{until, within};
