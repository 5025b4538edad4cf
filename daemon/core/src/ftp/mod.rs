//! FTP on top of the AT conversation: the session, what is done with remote files, listings.

mod diagnosis;
pub mod listing;
pub mod operations;
pub mod path;
mod session;
pub mod tls;

pub use session::Session;
