//! FTP on top of the AT conversation: the session, what is done with remote files, listings.

mod diagnosis;
mod handle;
mod listing;
mod login;
mod lookup;
pub mod operations;
pub mod path;
mod read_listing;
mod session;
mod tls;

pub use handle::Ftp;
pub use lookup::{Found, look_up};
pub use session::Session;
