//! Has parts of local files hashed on the disk thread, after everything that was given to it before.

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::Extent;
use modem_ftp_dbus::ErrorName;

use super::local_files::LocalFiles;
use crate::files::RangeHash;
use crate::messages::Message;

/// Begins to hash; [`Message::Digested`] follows.
///
/// # Errors
/// `LocalIo`: the file is closed, or a pipe.
pub fn begin(files: &LocalFiles, extent: Extent) -> Result<(), Failure> {
    let file = files
        .get(extent.handle)
        .ok_or_else(|| Failure::new(ErrorName::LocalIo, "the local file is closed"))?;
    let mut hash = RangeHash::new(file, extent.offset, extent.length)?;
    let step = move || Some(Message::Digested(extent, hash.step()?));
    files.disk().run_in_steps(step);
    Ok(())
}
