//! The module itself: found, set up, unlocked, registered, its PDP context activated; its files
//! and its clock; what its URCs mean. FTP is the floor above.

mod call;
pub mod clock;
mod handle;
pub mod identity;
mod module_calls;
pub mod pdp_context;
pub mod registration;
mod results;
pub mod search;
pub mod set_up;
mod signal;
pub mod sim;
mod state;
pub mod ufs;
pub mod urc_port;
mod urcs;

pub use call::{ModuleCall, ModuleWork};
pub use handle::Modem;
