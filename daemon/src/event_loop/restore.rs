//! What is done with local files when the daemon starts: copies in the spool that no transfer refers
//! to and staging files of incomplete downloads are removed.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use modem_ftp_core::api::status::TransferState;

use super::disk_jobs::DiskJobs;
use crate::files::{FileKey, Roots, remove_leftovers};
use crate::messages::Found;
use crate::spool::Spool;

/// Has the disk thread do that, before anything else.
pub fn keep_files(disk: &DiskJobs, spool: &Arc<Spool>, roots: Vec<PathBuf>, found: &Found) {
    // Without a database nothing is known of the files.
    if !found.is_usable {
        return;
    }
    let mut owners = HashMap::new();
    let mut sinks = Vec::new();
    for transfer in &found.stored.transfers {
        let is_done = transfer.status.state == TransferState::Done;
        match transfer.local.as_ref().map(FileKey::parse) {
            Some(Ok(FileKey::Spooled(_))) if is_done => {}
            Some(Ok(FileKey::Spooled(name))) => {
                owners.insert(name, transfer.status.uid);
            }
            Some(Ok(FileKey::Sink(path))) => sinks.push(path),
            Some(Ok(FileKey::Source(..)) | Err(_)) | None => {}
        }
    }
    let (spool, set_aside) = (Arc::clone(spool), found.set_aside.clone());
    disk.run_silently(move || {
        if let Some(aside) = set_aside.and_then(|label| spool.set_aside(&label)) {
            let aside = aside.display();
            tracing::error!("the files of the lost queue were renamed to {aside}");
        }
        spool.adopt(&owners);
        remove_leftovers(&Roots(roots), &sinks);
    });
}
