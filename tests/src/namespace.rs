//! Mounts in a private namespace, for one process: a small disk, another `/etc/passwd`.

use crate::{Error, tools};
use std::process::Command;

/// The same command, run in its own mount namespace after the shell line `mounts`.
pub fn inside(command: &Command, mounts: &str) -> Result<Command, Error> {
    let mut wrapped = Command::new(tools::required("unshare")?);
    wrapped.args(["--mount", "--propagation", "private", "--", "sh", "-ec"]);
    wrapped.arg(format!("{mounts}; exec \"$@\"")).arg("sh");
    wrapped.arg(command.get_program()).args(command.get_args());
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    wrapped.envs(variables);
    Ok(wrapped)
}
