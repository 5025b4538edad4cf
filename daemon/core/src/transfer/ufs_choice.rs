//! Whether an attempt goes through the module's files: as its options say, if the file fits there.

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use crate::api::failure::Failure;
use crate::api::options::{Verify, Via};
use crate::at::command::file::FreeSpace;

/// Storage is given in blocks of this, bytes (docs/module/quirks.md U3).
const BLOCK: u64 = 4096;

/// Whether this attempt goes through the module's files.
///
/// # Errors
/// What breaks the line while the free space is asked for; `RemoteFull` stays out of it: a file
/// that does not fit goes through `com` when the choice is ours.
pub async fn is_wanted(attempt: &Attempt) -> Result<bool, Failure> {
    let lossy = !attempt.link().settings().modem.hardware_flow_control;
    let wanted = match attempt.options.via {
        Via::Com => false,
        Via::Ufs => true,
        Via::Auto => attempt.options.verify == Verify::Checksum || lossy,
    };
    if !wanted || attempt.text {
        // How long a text gets on the way is not known beforehand.
        return Ok(false);
    }
    let Some(size) = attempt.size.filter(|size| *size > 0) else {
        // An empty file or a stream of unknown length cannot be declared to QFUPL.
        return Ok(false);
    };
    let free = attempt.link().send(FreeSpace).await?;
    let fits = size.div_ceil(BLOCK) * BLOCK <= free;
    match attempt.options.via {
        _ if fits => Ok(true),
        Via::Auto if attempt.options.verify != Verify::Checksum => {
            tracing::info!(size, free, "too large for the module's storage; streaming");
            Ok(false)
        }
        _ => Err(Failure::new(
            ErrorName::Failed,
            format!("{size} bytes do not fit into the module's storage ({free} bytes free)"),
        )),
    }
}
