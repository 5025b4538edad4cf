//! Checks what a transfer is asked for before it is accepted: server, remote path, options.

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::Failure;
use crate::api::local::{LARGEST, LocalFile};
use crate::api::options::{Options, Verify, Via};
use crate::api::settings::{Server, Settings};
use crate::api::status::Direction;

/// Longest name of a server that an error repeats, bytes.
const LONGEST_NAME: usize = 255;

/// The configured server behind `name`.
///
/// # Errors
/// `InvalidArguments`.
pub fn known_server<'s>(settings: &'s Settings, name: &str) -> Result<&'s Server, Failure> {
    match settings.server(name) {
        None if name.len() > LONGEST_NAME => Err(Failure::new(
            ErrorName::InvalidArguments,
            format!(
                "no server has a name of {} bytes (at most {LONGEST_NAME})",
                name.len()
            ),
        )),
        Some(server) => Ok(server),
        None if name.is_empty() => Err(Failure::new(
            ErrorName::InvalidArguments,
            "no server is named and none is the default one",
        )),
        None => Err(Failure::new(
            ErrorName::InvalidArguments,
            format!("no server {name:?} is configured"),
        )),
    }
}

/// Whether the options go together, and with this server.
///
/// # Errors
/// `InvalidArguments`.
pub fn check_options(
    direction: Direction,
    server: &Server,
    options: &Options,
) -> Result<(), Failure> {
    if options.verify == Verify::Checksum && options.via == Via::Com {
        return Err(Failure::new(
            ErrorName::InvalidArguments,
            "verify=checksum compares through the module's files and cannot go via=com",
        ));
    }
    if server.binary {
        return Ok(());
    }
    check_text(direction, options)
}

/// Whether what was asked for can be done and verified with this local file.
///
/// # Errors
/// `InvalidArguments`.
pub fn check_local(
    direction: Direction,
    local: &LocalFile,
    options: &Options,
) -> Result<(), Failure> {
    if let Some(size) = local.size.filter(|size| *size > LARGEST) {
        let text = format!("the file has {size} bytes; at most {LARGEST} can be transferred");
        return Err(Failure::new(ErrorName::InvalidArguments, text));
    }
    let is_pipe = direction == Direction::Upload && !local.rewindable;
    if is_pipe && options.verify == Verify::Content {
        return Err(Failure::new(
            ErrorName::InvalidArguments,
            "verify=content reads the local file twice, and a pipe cannot be read twice",
        ));
    }
    Ok(())
}

/// In ASCII type the length on the way is known only at the end: an upload can only be streamed,
/// a download only be counted in the module's files.
fn check_text(direction: Direction, options: &Options) -> Result<(), Failure> {
    if options.verify == Verify::Content {
        return Err(Failure::new(
            ErrorName::InvalidArguments,
            "verify=content compares bytes, and the bytes of a file of ASCII type change on the way",
        ));
    }
    let on_module = options.via == Via::Ufs || options.verify == Verify::Checksum;
    let refused = match direction {
        Direction::Upload => on_module,
        Direction::Download => options.via == Via::Com,
    };
    if !refused {
        return Ok(());
    }
    let text = match direction {
        Direction::Upload => "an upload of ASCII type cannot go through the module's files",
        Direction::Download => "a download of ASCII type can only go through the module's files",
    };
    Err(Failure::new(ErrorName::InvalidArguments, text))
}
