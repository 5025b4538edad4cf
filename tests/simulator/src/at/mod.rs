//! The V.25ter layer (docs/module/at-serial.md §3, §4): parses bytes into command lines and
//! commands, and formats result codes, information lines and URCs. It does not depend on any
//! extended command.

pub(crate) mod args;
pub(crate) mod command_line;
pub(crate) mod dce;
pub(crate) mod escape;
pub(crate) mod parse;
pub(crate) mod profile;
pub(crate) mod results;
pub(crate) mod transcript;
