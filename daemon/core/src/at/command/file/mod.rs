//! Files on the module, UFS (docs/module/at-file.md). They are called "stored" here, as opposed to
//! files on the host and on the server.

mod handle;
mod ufs;
mod whole;

pub use handle::{CloseStored, OpenFile, OpenFiles, OpenStored, ReadOpen};
pub use ufs::{DeleteStored, FreeSpace, ListStored, StoredFile};
pub use whole::{ReadStored, Store, Summed};
