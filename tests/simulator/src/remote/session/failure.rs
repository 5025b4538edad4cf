//! From suppaftp's errors to [`Failure`].

use std::io::{self, ErrorKind};

use suppaftp::FtpError;

use super::super::Failure;

/// Marks an error as "the data connection could not be opened".
#[derive(Debug)]
pub(super) struct NoDataConnection;

impl std::fmt::Display for NoDataConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no data connection")
    }
}

impl std::error::Error for NoDataConnection {}

/// The reply code a response begins its last line with.
fn code(body: &[u8]) -> Option<u16> {
    let last = body.trim_ascii_end().rsplit(|&byte| byte == b'\n').next()?;
    str::from_utf8(last.get(..3)?).ok()?.parse().ok()
}

fn of_io(error: &io::Error) -> Failure {
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
        ErrorKind::InvalidData => Failure::Nonsense,
        _ => Failure::Network,
    }
}

/// Why a call failed.
pub(super) fn of(error: &FtpError) -> Failure {
    match error {
        FtpError::ConnectionError(error) => of_io(error),
        FtpError::SecureError(_) => Failure::Tls,
        FtpError::UnexpectedResponse(response) => {
            code(&response.body).map_or(Failure::Nonsense, Failure::Reply)
        }
        FtpError::BadResponse
        | FtpError::InvalidAddress(_)
        | FtpError::DataConnectionAlreadyOpen => Failure::Nonsense,
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn the_last_line_counts() {
        assert_eq!(code(b"550-first\r\n550 second\r\n"), Some(550));
        assert_eq!(code(b"226 done\r\n"), Some(226));
        assert_eq!(code(b"x"), None);
    }
}
