//! Local files of transfers: opened safely, and read and written without blocking the event loop.

mod append_file;
mod block;
mod content;
mod descriptor;
mod disk;
mod failure;
mod leftovers;
mod line_ends;
mod local_key;
mod open_file;
mod passed_path;
mod pipe;
mod private_directory;
mod range_hash;
mod root;
mod roots;
mod same_file;
mod sink;
mod sink_state;
mod source;
mod staging;
mod sync;
#[cfg(test)]
mod tests;

pub use block::{BLOCK_SIZE, Block, Blocks};
pub use content::Hashing;
pub use disk::{Disk, Lane, Owner, STEP, SYNC};
pub use failure::{errno_failure, io_failure};
pub use leftovers::remove_leftovers;
pub use line_ends::{FromNetwork, ToNetwork};
pub use local_key::{FileKey, is_spool_name};
pub use open_file::{OpenFile, Sink, Source};
pub use passed_path::path_beneath_root;
pub use pipe::PipeReader;
pub use range_hash::RangeHash;
pub use roots::Roots;
pub use sink::SinkFile;
pub use source::{Extent, SourceFile, Stamp};
