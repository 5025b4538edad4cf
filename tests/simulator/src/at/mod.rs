//! The V.25ter layer: from bytes to command lines to commands, and back to result lines.
//! Nothing in here knows what any extended command means.

pub(crate) mod args;
pub(crate) mod cme;
pub(crate) mod escape;
pub(crate) mod line;
pub(crate) mod parse;
pub(crate) mod profile;
pub(crate) mod terminal;
pub(crate) mod transcript;
