//! The control socket: one command a line, one answer a line, `ok …` or `error …`.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::fault::{Fault, Knob};
use crate::module::{Injection, SimState, Statistics};
use crate::port::Port;

/// Longest command.
const LINE_LIMIT: usize = 4096;

/// What can be asked on the control socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `fault`, `clear`, `urc`, `reset`, `powerdown`, `powerup`, `pdpdeact`, `registration`, `signal`, `sim`
    Inject(Injection),
    /// `dtr 0|1`: what a pty cannot carry.
    Dtr(bool),
    /// `unplug`
    Unplug,
    /// `replug`
    Replug,
    /// `stats`
    Stats,
    /// `state`
    State,
    /// `faults`
    Faults,
}

impl FromStr for Command {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let rest = rest.trim();
        let number = |range: &[u8]| {
            let number = rest.parse().ok().filter(|number| range.contains(number));
            number.ok_or_else(|| format!("{word} takes one of {range:?}"))
        };
        if rest.is_empty()
            != matches!(
                word,
                "reset"
                    | "powerdown"
                    | "powerup"
                    | "pdpdeact"
                    | "unplug"
                    | "replug"
                    | "stats"
                    | "state"
                    | "faults"
            )
            && COMMANDS.contains(&word)
        {
            return Err(format!(
                "{word} takes {} argument",
                if rest.is_empty() { "an" } else { "no" }
            ));
        }
        Ok(Self::Inject(match word {
            "fault" => Injection::Fault(rest.parse::<Fault>()?),
            "clear" if rest == "all" => Injection::ClearAll,
            "clear" => Injection::Clear(
                Knob::named(rest).ok_or_else(|| format!("there is no fault {rest:?}"))?,
            ),
            "urc" => Injection::Urc(rest.to_owned()),
            "reset" => Injection::Reset,
            "powerdown" => Injection::PowerDown,
            "powerup" => Injection::PowerUp,
            "pdpdeact" => Injection::PdpDeactivated,
            "registration" => Injection::Registration(number(&[0, 1, 2, 3, 4, 5])?),
            "signal" => {
                let rssi = rest.parse().ok().filter(|rssi| *rssi <= 31 || *rssi == 99);
                Injection::Signal(rssi.ok_or("signal takes 0 to 31, or 99")?)
            }
            "sim" => {
                Injection::Sim(SimState::named(rest).ok_or("sim takes ready, pin, puk or absent")?)
            }
            "dtr" => return Ok(Self::Dtr(number(&[0, 1])? == 1)),
            "unplug" => return Ok(Self::Unplug),
            "replug" => return Ok(Self::Replug),
            "stats" => return Ok(Self::Stats),
            "state" => return Ok(Self::State),
            "faults" => return Ok(Self::Faults),
            _ => return Err(format!("there is no command {word:?}")),
        }))
    }
}

/// The first words of all commands.
pub const COMMANDS: &[&str] = &[
    "fault",
    "clear",
    "urc",
    "reset",
    "powerdown",
    "powerup",
    "pdpdeact",
    "registration",
    "signal",
    "sim",
    "dtr",
    "unplug",
    "replug",
    "stats",
    "state",
    "faults",
];

/// `stats` as text. Times are 0 until both ends of a stay in data mode are known.
pub(super) fn statistics(statistics: &Statistics) -> String {
    let use_ = statistics.data_mode;
    let nanos = match (use_.begin, use_.end) {
        (Some(begin), Some(end)) => end.saturating_duration_since(begin).as_nanos(),
        _ => 0,
    };
    format!(
        "bytes_in={} bytes_out={} data_bytes={} data_ns={nanos}",
        statistics.bytes_in, statistics.bytes_out, use_.bytes
    )
}

/// `state` as text.
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

/// One connected test.
struct Client {
    stream: UnixStream,
    typed: Vec<u8>,
}

impl Client {
    /// Reads what is there; `false` when the client has left.
    fn read(&mut self) -> bool {
        let mut piece = [0; 1024];
        loop {
            match self.stream.read(&mut piece) {
                Ok(0) => return false,
                Ok(count) => self.typed.extend(piece.iter().take(count)),
                Err(error) => {
                    return matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted);
                }
            }
            if self.typed.len() > LINE_LIMIT {
                return false;
            }
        }
    }

    fn next_line(&mut self) -> Option<String> {
        let end = self.typed.iter().position(|&byte| byte == b'\n')?;
        let line: Vec<u8> = self.typed.drain(..=end).collect();
        Some(String::from_utf8_lossy(&line).into_owned())
    }
}

/// The socket and everybody connected to it.
pub(super) struct Control {
    listener: UnixListener,
    path: PathBuf,
    clients: Vec<Client>,
}

impl Control {
    /// Listens at `path`. A socket nobody listens at any more is replaced.
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

    /// Everything to wait for.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        std::iter::once(self.listener.as_fd())
            .chain(self.clients.iter().map(|client| client.stream.as_fd()))
    }

    /// Serves whoever has said something.
    pub(super) fn serve(&mut self, mut answer: impl FnMut(Command) -> Result<String, String>) {
        while let Ok((stream, _)) = self.listener.accept() {
            if stream.set_nonblocking(true).is_ok() {
                self.clients.push(Client {
                    stream,
                    typed: Vec::new(),
                });
            }
        }
        self.clients.retain_mut(|client| {
            let stays = client.read();
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
            stays
        });
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::{COMMANDS, Command};
    use crate::module::{Injection, SimState};

    #[test]
    fn commands_are_read() {
        for (line, command) in [
            ("reset\n", Command::Inject(Injection::Reset)),
            (
                "urc +QIND: \"csq\",1,99",
                Command::Inject(Injection::Urc("+QIND: \"csq\",1,99".into())),
            ),
            (
                "registration 5",
                Command::Inject(Injection::Registration(5)),
            ),
            ("signal 99", Command::Inject(Injection::Signal(99))),
            (
                "sim absent",
                Command::Inject(Injection::Sim(SimState::Absent)),
            ),
            (
                "fault slow=3",
                Command::Inject(Injection::Fault("slow=3".parse().unwrap())),
            ),
            ("clear all", Command::Inject(Injection::ClearAll)),
            ("dtr 0", Command::Dtr(false)),
            ("stats", Command::Stats),
        ] {
            assert_eq!(line.parse::<Command>().unwrap(), command);
        }
    }

    #[test]
    fn wrong_ones_get_one_sentence() {
        for (line, text) in [
            ("dance", "there is no command \"dance\""),
            ("reset now", "reset takes no argument"),
            ("urc", "urc takes an argument"),
            (
                "registration 9",
                "registration takes one of [0, 1, 2, 3, 4, 5]",
            ),
            ("signal 40", "signal takes 0 to 31, or 99"),
            ("clear x", "there is no fault \"x\""),
        ] {
            assert_eq!(line.parse::<Command>().unwrap_err(), text);
        }
    }

    #[test]
    fn every_known_word_is_a_command() {
        for word in COMMANDS {
            for line in [
                (*word).to_owned(),
                format!("{word} 1"),
                format!("{word} all"),
                format!("{word} slow=1"),
            ] {
                if let Err(text) = line.parse::<Command>() {
                    assert!(!text.starts_with("there is no command"), "{word}");
                }
            }
        }
    }
}
