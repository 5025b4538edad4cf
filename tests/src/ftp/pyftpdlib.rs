//! pyftpdlib, started by `tests/scripts/pyftpdlib_server.py`.

use super::Security;
use super::place::Place;
use crate::{Error, tools};
use std::path::Path;
use std::process::Command;

/// Gives the command that starts the server.
pub fn command(place: &Place) -> Result<Command, Error> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/pyftpdlib_server.py");
    let mut command = Command::new(tools::python()?);
    command
        .env("PYTHONUNBUFFERED", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(script);
    command.arg("--port").arg(place.port.to_string());
    command.arg("--root").arg(&place.root);
    command.arg("--user").arg(&place.options.user);
    command.env("FTP_PASSWORD", &place.options.password);
    if place.options.read_only {
        command.arg("--read-only");
    }
    if place.options.never_replace {
        command.arg("--never-replace");
    }
    if let Some(tls) = &place.tls {
        command.arg("--certificate").arg(&tls.both);
        if place.options.security == Security::Implicit {
            command.arg("--implicit");
        }
        if place.options.client_certificate {
            command.arg("--authority").arg(&tls.authority);
        }
    }
    Ok(command)
}
