//! The types that pass between the engine and the shell. They keep themselves consistent and do
//! nothing else.

pub mod fact;
pub mod failure;
pub mod line;
pub mod listing;
pub mod local;
pub mod now;
pub mod one_line;
pub mod options;
pub mod output;
pub mod payload_sink;
pub mod reply;
pub mod request;
pub mod secret;
pub mod sentence;
pub mod settings;
pub mod status;
