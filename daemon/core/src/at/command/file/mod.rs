//! The module's files (docs/module/at-file.md). What is stored there is called "stored" here, to tell it
//! from files of the host and of the server.

mod handle;
mod storage;
mod whole;

pub use handle::{CloseStored, OpenFile, OpenFiles, OpenStored, ReadOpen};
pub use storage::{DeleteStored, FreeSpace, ListStored, StoredFile};
pub use whole::{ReadStored, Store, Summed};
