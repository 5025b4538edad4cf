//! The programs under test: built once with the profile of the tests, or taken from a folder.

use crate::{Error, tools};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The environment variable with a folder that holds the built programs.
const FOLDER: &str = "MODEM_FTP_BIN_DIR";

/// The path of a program of this workspace: `modem-ftpd`, `modem-ftp`, `virtual-bg96`.
///
/// # Errors
///
/// If it does not build.
pub fn binary(name: &str) -> Result<PathBuf, Error> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let folder = BUILT.get_or_init(|| match env::var_os(FOLDER) {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => build().map_err(|error| error.to_string()),
    });
    let path = folder
        .as_ref()
        .map_err(|error| Error::failed(error.as_str()))?
        .join(name);
    if path.is_file() {
        Ok(path)
    } else {
        Err(Error::failed(format!("{} does not exist", path.display())))
    }
}

fn build() -> Result<PathBuf, Error> {
    // …/TARGET/PROFILE/demo, or …/TARGET/PROFILE/deps/e2e-0123456789abcdef
    let program = env::current_exe()?;
    let mut folder = program.parent().unwrap_or(Path::new("."));
    if folder.ends_with("deps") {
        folder = folder.parent().unwrap_or(folder);
    }
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    cargo.args([
        "build",
        "--quiet",
        "--bins",
        "-p",
        "modem-ftpd",
        "-p",
        "modem-ftp",
        "-p",
        "virtual-bg96",
    ]);
    if let Some(target) = folder.parent() {
        cargo.arg("--target-dir").arg(target);
    }
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    tools::output(&mut cargo)?;
    Ok(folder.to_owned())
}
