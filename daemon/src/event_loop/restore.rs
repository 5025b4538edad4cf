//! What is done with local files when the daemon starts: copies in the spool that no transfer refers
//! to and staging files of incomplete downloads are removed.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use modem_ftp_core::api::status::TransferState;

use super::disk_jobs::DiskJobs;
use crate::files::{FileKey, Owner, Roots, remove_leftovers};
use crate::messages::Found;
use crate::spool::Spool;

/// Does that for the spool, into which nothing may be copied before, and has it done for the
/// directories of downloads, each of which may be on a file system that does not answer.
pub fn keep_files(disk: &DiskJobs, spool: &Arc<Spool>, roots: Arc<Roots>, found: &Found) {
    // Without a database nothing is known of the files.
    if !found.is_usable {
        return;
    }
    let mut owners = HashMap::new();
    let mut sinks: HashMap<(u32, PathBuf), Vec<OsString>> = HashMap::new();
    for transfer in &found.stored.transfers {
        let is_done = transfer.status.state == TransferState::Done;
        match transfer.local.as_ref().map(FileKey::parse) {
            Some(Ok(FileKey::Spooled(_))) if is_done => {}
            Some(Ok(FileKey::Spooled(name))) => {
                owners.insert(name, transfer.status.uid);
            }
            Some(Ok(FileKey::Sink(path))) => {
                if let (Some(directory), Some(name)) = (path.parent(), path.file_name()) {
                    let of_user = (transfer.status.uid, directory.to_owned());
                    let names = sinks.entry(of_user).or_default();
                    names.push(name.to_owned());
                }
            }
            Some(Ok(FileKey::Source(..)) | Err(_)) | None => {}
        }
    }
    let label = found.set_aside.as_ref();
    if let Some(aside) = label.and_then(|label| spool.set_aside(label)) {
        let aside = aside.display();
        tracing::error!("the files of the lost queue were renamed to {aside}");
    }
    spool.adopt(&owners);
    for ((uid, directory), files) in sinks {
        let (lane, roots) = (
            disk.lane(Owner::User(uid), directory.display().to_string()),
            Arc::clone(&roots),
        );
        lane.run_silently(move || remove_leftovers(&roots, &directory, &files));
    }
}
