//! How many descriptors the daemon may hold: every transfer that waits keeps its file open.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Raises the limit to what the system allows. That it cannot be raised is no reason to end: some
/// transfers are refused then.
pub fn raise_descriptors() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard));
    if let Err(error) = raised {
        tracing::warn!("the limit of open files stays as it is: {error}");
    }
}
