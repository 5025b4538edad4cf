//! The limit of open descriptors. Every queued transfer of a pipe, and of a descriptor that is not
//! copied into the spool, keeps it open.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Raises the soft limit to the hard limit. If that fails, the daemon still runs, and opening files
/// may fail earlier.
pub fn raise_descriptors() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard));
    if let Err(error) = raised {
        tracing::warn!("the limit of open files cannot be raised: {error}");
    }
}
