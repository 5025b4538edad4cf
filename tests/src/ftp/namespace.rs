//! Mounts that only one server sees, gone with it: a disk that can fill up, a PAM folder.

use super::place::{Place, needs_root};
use crate::{Error, tools};
use std::ffi::OsString;
use std::process::Command;

/// The same command in a mount namespace of its own, where something is to be mounted.
pub fn wrap(command: Command, place: &Place) -> Result<Command, Error> {
    match place.options.disk {
        None => Ok(command),
        Some(size) => {
            needs_root("a disk of the server's own")?;
            let (uid, gid, root) = (place.uid, place.gid, place.root.display());
            let disk = format!(
                "mount -t tmpfs -o size={size},uid={uid},gid={gid},mode=755 tmpfs '{root}'"
            );
            inside(&command, &disk)
        }
    }
}

/// The same command after the shell line `mounts`, whose mounts nobody else sees.
pub fn inside(command: &Command, mounts: &str) -> Result<Command, Error> {
    let mut wrapped = Command::new(tools::required("unshare")?);
    wrapped.args(["--mount", "--propagation", "private", "--", "sh", "-ec"]);
    wrapped.arg(format!("{mounts}; exec \"$@\"")).arg("sh");
    wrapped.arg(command.get_program()).args(command.get_args());
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    wrapped.envs(variables.map(|(name, value)| (OsString::from(name), OsString::from(value))));
    Ok(wrapped)
}
