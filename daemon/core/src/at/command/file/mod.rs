//! The module's files (at-file.md). What is stored there is called "stored" here, to tell it
//! from files of the host and of the server.

mod handle;
mod pointer;
mod storage;
mod whole;

pub use handle::{OpenFile, OpenFiles, OpenMode, OpenStored, ReadOpen, WriteOpen, Written};
pub use pointer::{CloseStored, Origin, Position, Seek, Truncate};
pub use storage::{DeleteStored, FreeSpace, ListStored, StorageUse, StoredFile, UsedSpace};
pub use whole::{ReadStored, Store, Summed};
