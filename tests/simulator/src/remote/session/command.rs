//! FTP commands without a data connection, and the values in their replies (RFC 959, RFC 3659).

use suppaftp::{FtpError, Status};

use super::super::{Failure, FtpCommand};
use super::encoding::text;
use super::failure;
use super::worker::Ftp;

/// The text of a reply, without its code.
fn reply_text(body: &[u8]) -> Vec<u8> {
    body.get(4..).unwrap_or(&[]).trim_ascii().to_vec()
}

/// The path in a 257 reply: in double quotes; a quote in the path is doubled (RFC 959, appendix
/// II).
fn quoted_path(body: &[u8]) -> Option<Vec<u8>> {
    let start = body.iter().position(|&byte| byte == b'"')?;
    let mut path = Vec::new();
    let mut rest = body.get(start + 1..)?.iter().peekable();
    while let Some(&byte) = rest.next() {
        if byte == b'"' && rest.next_if(|next| **next == b'"').is_none() {
            return Some(path);
        }
        path.push(byte);
    }
    None
}

/// Executes one command; returns the value in the reply, if it has one.
pub(super) fn execute(ftp: &mut Ftp, command: FtpCommand) -> Result<Vec<u8>, Failure> {
    let nothing = |()| Vec::new();
    let result = match command {
        FtpCommand::ChangeDirectory(path) => ftp.cwd(text(&path)).map(nothing),
        FtpCommand::Delete(path) => ftp.rm(text(&path)).map(nothing),
        FtpCommand::MakeDirectory(path) => ftp.mkdir(text(&path)).map(nothing),
        FtpCommand::RemoveDirectory(path) => ftp.rmdir(text(&path)).map(nothing),
        FtpCommand::Rename(from, to) => ftp.rename(text(&from), text(&to)).map(nothing),
        FtpCommand::Size(path) => {
            let reply = ftp.custom_command(format!("SIZE {}", text(&path)), &[Status::File]);
            reply.map(|reply| reply_text(&reply.body))
        }
        FtpCommand::ModificationTime(path) => {
            let reply = ftp.custom_command(format!("MDTM {}", text(&path)), &[Status::File]);
            reply.map(|reply| reply_text(&reply.body))
        }
        FtpCommand::PrintDirectory => {
            let reply = ftp.custom_command("PWD", &[Status::PathCreated]);
            reply.and_then(|reply| quoted_path(&reply.body).ok_or(FtpError::BadResponse))
        }
    };
    result.map_err(|error| failure::from_error(&error))
}

#[cfg(test)]
mod tests {
    use super::{quoted_path, reply_text};

    #[test]
    fn extracts_values_from_replies() {
        assert_eq!(
            quoted_path(b"257 \"/a \"\"b\"\"\" is current\r\n").unwrap(),
            b"/a \"b\""
        );
        assert_eq!(quoted_path(b"257 none\r\n"), None);
        assert_eq!(reply_text(b"213 20140708110039\r\n"), b"20140708110039");
    }
}
