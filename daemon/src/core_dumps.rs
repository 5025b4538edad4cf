//! No core dump, and no other process of the same user, shows the daemon's memory: there are passwords
//! in it. Root can still read it.

use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};

/// Forbids core dumps, and ptrace(2) and `/proc/PID/mem` to others than root. To be called before the
/// first secret is read. A kernel that refuses is no reason not to run.
pub fn forbid() {
    // The kernel makes no dump of a process that is not dumpable, not even for a program that
    // core_pattern names, to which the limit does not apply. The limit also holds for what the
    // daemon starts, which is dumpable again.
    let forbidden =
        prctl::set_dumpable(false).and_then(|()| setrlimit(Resource::RLIMIT_CORE, 0, 0));
    if let Err(error) = forbidden {
        eprintln!(
            "modem-ftpd: core dumps cannot be forbidden: {}",
            error.desc()
        );
    }
}

#[cfg(test)]
mod tests {
    use nix::sys::resource::getrlimit;

    use super::*;

    #[test]
    fn there_is_no_core_dump() {
        forbid();
        assert_eq!(prctl::get_dumpable(), Ok(false));
        assert_eq!(getrlimit(Resource::RLIMIT_CORE), Ok((0, 0)));
    }
}
