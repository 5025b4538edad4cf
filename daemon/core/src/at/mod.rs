//! The AT conversation: what is said to the module, what may come back, what it means.
//! Pure data and state; the link gives it bytes and decides about time.

pub mod answer;
pub mod channel;
pub mod checksum;
pub mod codes;
pub mod command;
mod ending;
mod exchange;
mod fields;
mod lexer;
pub mod quote;
mod results;
pub mod urc;

pub use answer::{Answer, Cme, Outcome};
pub use channel::{Awaited, Channel, Event};
pub use command::{Command, Conversation, Length, Lines, Patience};
pub use urc::Urc;

#[cfg(test)]
mod tests;
