//! The commands that need no data connection, and what their replies say.

use suppaftp::{FtpError, Status};

use super::super::{Failure, Verb};
use super::failure;
use super::names::text;
use super::worker::Ftp;

/// The text of a reply, without its code.
fn reply_text(body: &[u8]) -> Vec<u8> {
    body.get(4..).unwrap_or(&[]).trim_ascii().to_vec()
}

/// The path of a 257 reply: between quotes, with doubled quotes inside (RFC 959, appendix II).
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

/// Does one command; gives the text it is about.
pub(super) fn command(ftp: &mut Ftp, verb: Verb) -> Result<Vec<u8>, Failure> {
    let nothing = |()| Vec::new();
    let result = match verb {
        Verb::ChangeDirectory(path) => ftp.cwd(text(&path)).map(nothing),
        Verb::Delete(path) => ftp.rm(text(&path)).map(nothing),
        Verb::MakeDirectory(path) => ftp.mkdir(text(&path)).map(nothing),
        Verb::RemoveDirectory(path) => ftp.rmdir(text(&path)).map(nothing),
        Verb::Rename(from, to) => ftp.rename(text(&from), text(&to)).map(nothing),
        Verb::Size(path) => {
            let reply = ftp.custom_command(format!("SIZE {}", text(&path)), &[Status::File]);
            reply.map(|reply| reply_text(&reply.body))
        }
        Verb::ModificationTime(path) => {
            let reply = ftp.custom_command(format!("MDTM {}", text(&path)), &[Status::File]);
            reply.map(|reply| reply_text(&reply.body))
        }
        Verb::PrintDirectory => {
            let reply = ftp.custom_command("PWD", &[Status::PathCreated]);
            reply.and_then(|reply| quoted_path(&reply.body).ok_or(FtpError::BadResponse))
        }
    };
    result.map_err(|error| failure::of(&error))
}

#[cfg(test)]
mod tests {
    use super::{quoted_path, reply_text};

    #[test]
    fn replies_are_read() {
        assert_eq!(
            quoted_path(b"257 \"/a \"\"b\"\"\" is current\r\n").unwrap(),
            b"/a \"b\""
        );
        assert_eq!(quoted_path(b"257 none\r\n"), None);
        assert_eq!(reply_text(b"213 20140708110039\r\n"), b"20140708110039");
    }
}
