//! FTP on top of the AT conversation: the session, what is done with remote files, listings.

mod asked;
mod by_path;
mod diagnosis;
mod directories;
mod handle;
mod likeness;
pub mod listing;
mod login;
mod lookup;
pub mod operations;
mod parent;
pub mod path;
mod read_listing;
mod refused;
mod session;
mod stat;
mod take_listing;
mod tls;
mod working_directory;

pub use directories::Place;
pub use handle::Ftp;
pub use lookup::{Found, explain_not_found, listed_size, look_up, look_up_staging};
pub use parent::{Listed, entry, file_row};
pub use session::Session;
