//! Has parts of local files hashed, after everything that was to be read or written before.

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::Extent;
use modem_ftp_dbus::ErrorName;

use super::local_files::LocalFiles;
use crate::files::{RangeHash, STEP};
use crate::messages::Message;

/// Begins to hash; [`Message::Digested`] follows.
///
/// # Errors
/// `LocalIo`: the file is closed, or a pipe.
pub fn begin(files: &LocalFiles, extent: Extent) -> Result<(), Failure> {
    let handle = extent.handle;
    let (Some(file), Some(lane)) = (files.get(handle), files.lane(handle)) else {
        return Err(Failure::new(ErrorName::LocalIo, "the local file is closed"));
    };
    let mut hash = RangeHash::new(file, extent.offset, extent.length)?;
    let message = move |result| Message::Digested(extent, result);
    files
        .disk()
        .run_in_steps(lane, STEP, move || hash.step(), message);
    Ok(())
}
