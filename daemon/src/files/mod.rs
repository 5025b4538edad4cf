//! Local files of transfers: opened safely, and read and written without blocking the event loop.

mod block;
mod descriptor;
mod disk;
mod failure;
mod line_ends;
mod open_file;
mod pipe;
mod roots;
mod sink;
mod source;
mod staging;
#[cfg(test)]
mod tests;

pub use block::{BLOCK_SIZE, Block, Blocks};
pub use disk::Disk;
pub use failure::io_failure;
pub use line_ends::{FromNetwork, ToNetwork};
pub use open_file::{OpenFile, Sink, Source};
pub use roots::Roots;
pub use sink::SinkFile;
pub use source::Extent;
