//! The control socket: answers each command line with one line, `ok …` or `error …`.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use super::control_command::ControlCommand;
use crate::module::Statistics;
use crate::port::Port;

/// Longest command line in bytes; a client that sends more is disconnected.
const LINE_LIMIT: usize = 4096;

/// The answer to `stats`. `data_ns` is 0 until the last stay in data mode has ended.
pub(super) fn statistics(statistics: &Statistics) -> String {
    let data = statistics.data_mode;
    let nanos = match (data.begin, data.end) {
        (Some(begin), Some(end)) => end.saturating_duration_since(begin).as_nanos(),
        _ => 0,
    };
    format!(
        "bytes_in={} bytes_out={} data_bytes={} data_ns={nanos}",
        statistics.bytes_in, statistics.bytes_out, data.bytes
    )
}

/// The answer to `state`.
pub(super) fn condition(port: &Port) -> String {
    let condition = port.condition();
    format!(
        "running={} data_mode={} ftp={} registration={} dtr={} rate={}",
        u8::from(condition.running),
        u8::from(condition.data_mode),
        condition.ftp,
        condition.registration,
        u8::from(condition.dtr),
        condition.line_rate
    )
}

/// One connected client.
struct Client {
    stream: UnixStream,
    received: Vec<u8>,
}

impl Client {
    /// Reads what is available; `false` when the client has closed the connection.
    fn read(&mut self) -> bool {
        let mut chunk = [0; 1024];
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) => return false,
                Ok(count) => self.received.extend(chunk.iter().take(count)),
                Err(error) => {
                    return matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted);
                }
            }
            if self.received.len() > LINE_LIMIT {
                return false;
            }
        }
    }

    fn next_line(&mut self) -> Option<String> {
        let end = self.received.iter().position(|&byte| byte == b'\n')?;
        let line: Vec<u8> = self.received.drain(..=end).collect();
        Some(String::from_utf8_lossy(&line).into_owned())
    }
}

/// The listening socket and the connected clients; removes the socket file when dropped.
pub(super) struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
    clients: Vec<Client>,
}

impl ControlSocket {
    /// Listens at `path`. Replaces a socket file on which no process listens any more.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if UnixStream::connect(path)
            .is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
        {
            fs::remove_file(path)?;
        }
        let listener = UnixListener::bind(path)?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            listener,
            path: path.to_owned(),
            clients: Vec::new(),
        })
    }

    /// The descriptors to poll for reading.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        std::iter::once(self.listener.as_fd())
            .chain(self.clients.iter().map(|client| client.stream.as_fd()))
    }

    /// Accepts new clients and answers every complete command line.
    pub(super) fn serve(
        &mut self,
        mut answer: impl FnMut(ControlCommand) -> Result<String, String>,
    ) {
        while let Ok((stream, _)) = self.listener.accept() {
            if stream.set_nonblocking(true).is_ok() {
                self.clients.push(Client {
                    stream,
                    received: Vec::new(),
                });
            }
        }
        self.clients.retain_mut(|client| {
            let connected = client.read();
            while let Some(line) = client.next_line() {
                let text = match line.parse().and_then(&mut answer) {
                    Ok(text) if text.is_empty() => "ok\n".to_owned(),
                    Ok(text) => format!("ok {text}\n"),
                    Err(text) => format!("error {text}\n"),
                };
                if client.stream.write_all(text.as_bytes()).is_err() {
                    return false;
                }
            }
            connected
        });
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // The file may have been removed already.
        let _ = fs::remove_file(&self.path);
    }
}
