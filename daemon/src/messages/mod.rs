//! Everything that passes between the threads: messages to the event loop through its [`Inbox`],
//! and [`Publication`]s from the event loop to the bus thread.

mod found;
mod inbox;
mod message;
mod publication;
mod publications;
mod unsent;

pub use found::Found;
pub use inbox::Inbox;
pub use message::{
    BlockRead, Call, FileOpened, Message, PassedFile, ReplyTo, SinkCommitted, SinkWritten,
};
pub use publication::Publication;
pub use publications::{Publications, Unpublished, publications};
pub use unsent::{Answer, Room, Unsent};
