//! FTP on top of the AT conversation: the session, what is done with remote files, listings.

mod asked;
mod diagnosis;
mod directories;
mod handle;
pub mod listing;
mod login;
mod lookup;
pub mod operations;
pub mod path;
mod read_listing;
mod session;
mod take_listing;
mod tls;
mod working_directory;

pub use directories::Place;
pub use handle::Ftp;
pub use lookup::{Found, look_up};
pub use session::Session;
