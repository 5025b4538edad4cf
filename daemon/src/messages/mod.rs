//! Everything that passes between the threads: messages to the event loop through its [`Inbox`],
//! and [`Publication`]s from the event loop to the bus thread.

mod found;
mod inbox;
mod message;
mod publication;

pub use found::Found;
pub use inbox::Inbox;
pub use message::{
    BlockRead, Call, FileOpened, Message, PassedFile, ReplyTo, SinkCommitted, SinkWritten,
};
pub use publication::{Publication, Publications};
