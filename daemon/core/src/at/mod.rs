//! The AT commands: how each is written, what may follow it, and how its answer is read. No I/O and
//! no timers: the link passes received bytes in and applies the time-outs.

pub mod answer;
pub mod awaited;
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
pub use awaited::Awaited;
pub use channel::{Channel, Event};
pub use command::{Command, Conversation, Length, Lines, Patience};
pub use urc::Urc;

#[cfg(test)]
mod tests;
