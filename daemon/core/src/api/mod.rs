//! The types that pass between the engine and the shell. They have no behaviour beyond their own
//! consistency: no conversation with the module and no decision is made here.

pub mod fact;
pub mod failure;
pub mod local;
pub mod now;
pub mod options;
pub mod output;
pub mod payload_sink;
pub mod reply;
pub mod request;
pub mod secret;
pub mod settings;
pub mod status;
