//! Translates suppaftp's errors to [`Failure`].

use std::io::{self, ErrorKind};

use suppaftp::FtpError;

use super::super::Failure;

/// Marks an I/O error as a failure to open the data connection.
#[derive(Debug)]
pub(super) struct NoDataConnection;

impl std::fmt::Display for NoDataConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no data connection")
    }
}

impl std::error::Error for NoDataConnection {}

/// The reply code, taken from the last line of a response.
fn code(body: &[u8]) -> Option<u16> {
    let last = body.trim_ascii_end().rsplit(|&byte| byte == b'\n').next()?;
    str::from_utf8(last.get(..3)?).ok()?.parse().ok()
}

fn from_io_error(error: &io::Error) -> Failure {
    let inner = error.get_ref();
    if inner.is_some_and(|inner| inner.is::<NoDataConnection>()) {
        return Failure::DataOpen;
    }
    if inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
        return Failure::Tls;
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => Failure::Refused,
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Failure::Timeout,
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected => Failure::ControlClosed,
        ErrorKind::InvalidInput => Failure::Reply(501),
        ErrorKind::InvalidData => Failure::InvalidReply,
        _ => Failure::Network,
    }
}

/// The failure that an error of suppaftp stands for.
pub(super) fn from_error(error: &FtpError) -> Failure {
    match error {
        FtpError::ConnectionError(error) => from_io_error(error),
        FtpError::SecureError(_) => Failure::Tls,
        FtpError::UnexpectedResponse(response) => {
            code(&response.body).map_or(Failure::InvalidReply, Failure::Reply)
        }
        FtpError::BadResponse
        | FtpError::InvalidAddress(_)
        | FtpError::DataConnectionAlreadyOpen => Failure::InvalidReply,
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn reply_code_is_in_the_last_line() {
        assert_eq!(code(b"550-first\r\n550 second\r\n"), Some(550));
        assert_eq!(code(b"226 done\r\n"), Some(226));
        assert_eq!(code(b"x"), None);
    }
}
