//! Finds the programs that cargo does not build.
//!
//! `tests/run` installs the ordinary ones. It unpacks the FTP servers, whose Debian packages
//! conflict, below `target/test-tools` (or `MODEM_FTP_TOOLS`).

use crate::Error;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder that is `TOOLS` in `tests/scripts/lib.sh`.
fn folder() -> PathBuf {
    match env::var_os("MODEM_FTP_TOOLS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/test-tools"),
    }
}

/// An installed program: from `PATH`, or from the system's folders, which the `PATH` of an ordinary
/// user may lack.
pub fn installed(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain([
            "/usr/sbin".into(),
            "/sbin".into(),
            "/usr/bin".into(),
            "/bin".into(),
        ])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// An installed program.
///
/// # Errors
///
/// [`Error::Missing`] if it is not installed.
pub fn required(name: &str) -> Result<PathBuf, Error> {
    installed(name).ok_or_else(|| Error::missing(format!("the program {name}")))
}

/// A file of an unpacked server: the package's path below `TOOLS/servers/NAME`.
pub fn unpacked(server: &str, file: &str) -> Result<PathBuf, Error> {
    let path = folder().join("servers").join(server).join(file);
    match path.canonicalize() {
        Ok(path) => Ok(path),
        Err(_) => Err(Error::missing(format!("{server} ({})", path.display()))),
    }
}

/// A command for an unpacked program, with the path of the libraries unpacked for it.
pub fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("LD_LIBRARY_PATH", folder().join("lib"));
    command
}

/// The Python interpreter that has pyftpdlib.
pub fn python() -> Result<PathBuf, Error> {
    let path = folder().join("python/bin/python");
    if path.exists() {
        Ok(path)
    } else {
        Err(Error::missing(format!("pyftpdlib ({})", path.display())))
    }
}

/// Runs a command until it ends and gives its standard output.
pub fn output(command: &mut Command) -> Result<String, Error> {
    let output = command.output().map_err(|error| {
        Error::failed(format!(
            "cannot run {}: {error}",
            command.get_program().display()
        ))
    })?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let text = String::from_utf8_lossy(&output.stderr);
        Err(Error::failed(format!(
            "{}: {}",
            command.get_program().display(),
            text.trim()
        )))
    }
}
