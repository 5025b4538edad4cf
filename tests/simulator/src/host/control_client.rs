//! Client of the control socket: sends one command to a running virtual-bg96 and returns its
//! answer.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// Longest wait for an answer; the program executes commands immediately.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Sends `command` to the virtual-bg96 with the control socket at `path`. Returns the text after
/// `ok`.
///
/// # Errors
/// No process listens at `path` or answers in time; or the answer is `error …`, with that
/// text.
pub fn send_command(path: &Path, command: &str) -> io::Result<String> {
    let explain =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let mut stream = UnixStream::connect(path).map_err(explain)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(format!("{}\n", command.trim()).as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream)
        .read_line(&mut answer)
        .map_err(explain)?;
    let answer = answer.trim_end();
    match answer.strip_prefix("ok") {
        Some(text) => Ok(text.trim_start().to_owned()),
        None => {
            let text = answer.strip_prefix("error ").unwrap_or(answer);
            Err(io::Error::other(if text.is_empty() {
                "no answer".to_owned()
            } else {
                text.to_owned()
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::send_command;
    use crate::host::control_socket::ControlSocket;
    use std::os::unix::net::UnixStream;

    #[test]
    fn returns_the_answer() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("control");
        let mut control = ControlSocket::open(&path).expect("a socket");
        let answers = std::thread::spawn({
            let path = path.clone();
            move || [send_command(&path, "stats"), send_command(&path, "dance")]
        });
        while !answers.is_finished() {
            let mut fds: Vec<_> = control
                .descriptors()
                .map(|fd| nix::poll::PollFd::new(fd, nix::poll::PollFlags::POLLIN))
                .collect();
            nix::poll::poll(&mut fds, 10_u8).expect("poll");
            control.serve(|_| Ok("bytes_in=1".to_owned()));
        }
        let [good, bad] = answers.join().expect("no panic");
        assert_eq!(good.expect("ok"), "bytes_in=1");
        let text = bad.expect_err("an error").to_string();
        assert_eq!(text, "there is no command \"dance\"");
    }

    #[test]
    fn connection_error_names_the_path() {
        let error =
            send_command("/nonexistent/control".as_ref(), "stats").expect_err("no socket there");
        assert!(
            error.to_string().contains("/nonexistent/control"),
            "{error}"
        );
    }

    #[test]
    fn reports_a_connection_closed_without_answer() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("control");
        let listener = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
        let client = std::thread::spawn(move || send_command(&path, "stats"));
        let (stream, _): (UnixStream, _) = listener.accept().expect("a client");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stream), &mut String::new())
            .expect("the command");
        let error = client.join().expect("no panic").expect_err("no answer");
        assert_eq!(error.to_string(), "no answer");
    }
}
