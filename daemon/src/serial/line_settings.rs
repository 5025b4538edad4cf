//! [`LineSettings`]: how an open port has to be set. Every program that may open the tty can change
//! that at any time, and a changed bit can add, drop or alter bytes without an error.

use std::os::fd::BorrowedFd;

use nix::libc;
use nix::sys::termios::{self, BaudRate, ControlFlags, SetArg, Termios};

/// The settings of a port, as its driver has taken them.
#[derive(Clone, Debug)]
pub struct LineSettings(Termios);

impl LineSettings {
    /// The present settings of a port.
    ///
    /// # Errors
    /// The port is gone.
    pub fn of(fd: BorrowedFd<'_>) -> nix::Result<Self> {
        Ok(Self(termios::tcgetattr(fd)?))
    }

    /// Sets the port to another rate, and to everything else as it has to be.
    ///
    /// # Errors
    /// The port is gone.
    pub fn set_rate(&mut self, fd: BorrowedFd<'_>, rate: BaudRate) -> nix::Result<()> {
        termios::cfsetspeed(&mut self.0, rate)?;
        termios::tcsetattr(fd, SetArg::TCSANOW, &self.0)?;
        *self = Self::of(fd)?;
        Ok(())
    }

    /// Sets the port again if its settings are other ones. What had changed, in the words of stty(1);
    /// `None`: nothing had.
    ///
    /// # Errors
    /// The port is gone.
    pub fn restore(&self, fd: BorrowedFd<'_>) -> nix::Result<Option<String>> {
        let changed = changes(&self.0, &termios::tcgetattr(fd)?);
        if changed.is_some() {
            termios::tcsetattr(fd, SetArg::TCSANOW, &self.0)?;
        }
        Ok(changed)
    }
}

/// What is other than wanted. Control characters have no meaning in raw mode, but for the two that
/// govern reading.
fn changes(wanted: &Termios, found: &Termios) -> Option<String> {
    let (raw_wanted, raw_found) = (raw(wanted), raw(found));
    let mut names = Vec::new();
    let mut add = |name: &str, is_set: bool| {
        let sign = if is_set { "" } else { "-" };
        names.push(format!("{sign}{}", name.to_lowercase()));
    };
    let input = wanted.input_flags.symmetric_difference(found.input_flags);
    for (name, flag) in input.iter_names() {
        add(name, found.input_flags.contains(flag));
    }
    let output = wanted.output_flags.symmetric_difference(found.output_flags);
    for (name, flag) in output.iter_names() {
        add(name, found.output_flags.contains(flag));
    }
    let local = wanted.local_flags.symmetric_difference(found.local_flags);
    for (name, flag) in local.iter_names() {
        add(name, found.local_flags.contains(flag));
    }
    let differs = wanted
        .control_flags
        .symmetric_difference(found.control_flags);
    let size = ControlFlags::CSIZE;
    let rest = differs.difference(size | ControlFlags::CBAUD);
    for (name, flag) in rest.iter_names() {
        add(name, found.control_flags.contains(flag));
    }
    if differs.intersects(size) {
        let bits = match found.control_flags & size {
            ControlFlags::CS5 => "cs5",
            ControlFlags::CS6 => "cs6",
            ControlFlags::CS7 => "cs7",
            _ => "cs8",
        };
        add(bits, true);
    }
    let rate = |raw: &libc::termios| (raw.c_cflag & libc::CBAUD, raw.c_ispeed, raw.c_ospeed);
    if rate(&raw_wanted) != rate(&raw_found) {
        add("speed", true);
    }
    for (name, index) in [("min", libc::VMIN), ("time", libc::VTIME)] {
        if raw_wanted.c_cc.get(index) != raw_found.c_cc.get(index) {
            add(name, true);
        }
    }
    if raw_wanted.c_line != raw_found.c_line {
        add("line", true);
    }
    let flags = |raw: &libc::termios| (raw.c_iflag, raw.c_oflag, raw.c_cflag, raw.c_lflag);
    if names.is_empty() && flags(&raw_wanted) != flags(&raw_found) {
        names.push("flags without a name".to_owned());
    }
    (!names.is_empty()).then(|| names.join(" "))
}

fn raw(termios: &Termios) -> libc::termios {
    termios.clone().into()
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use nix::pty::openpty;
    use nix::sys::termios::{InputFlags, LocalFlags, OutputFlags};

    use super::*;

    /// What is named after a change, which is undone.
    fn named(change: impl FnOnce(&mut Termios)) -> String {
        let pty = openpty(None, None).unwrap();
        let fd = pty.slave.as_fd();
        let mut raw = termios::tcgetattr(fd).unwrap();
        termios::cfmakeraw(&mut raw);
        raw.output_flags = OutputFlags::empty();
        termios::cfsetspeed(&mut raw, BaudRate::B115200).unwrap();
        termios::tcsetattr(fd, SetArg::TCSANOW, &raw).unwrap();
        let wanted = LineSettings::of(fd).unwrap();
        assert_eq!(wanted.restore(fd), Ok(None));
        let mut other = termios::tcgetattr(fd).unwrap();
        change(&mut other);
        termios::tcsetattr(fd, SetArg::TCSANOW, &other).unwrap();
        let changed = wanted.restore(fd).unwrap();
        assert_eq!(wanted.restore(fd), Ok(None), "{changed:?} is undone");
        changed.unwrap_or_default()
    }

    #[test]
    fn what_changed_is_named_as_stty_names_it_and_undone() {
        let both = OutputFlags::OPOST | OutputFlags::ONLCR;
        assert_eq!(named(|it| it.output_flags |= both), "opost onlcr");
        assert_eq!(named(|it| it.input_flags |= InputFlags::IXON), "ixon");
        assert_eq!(named(|it| it.local_flags |= LocalFlags::ECHO), "echo");
        assert_eq!(
            named(|it| it.control_flags ^= ControlFlags::CRTSCTS),
            "crtscts"
        );
        let slower = |it: &mut Termios| {
            termios::cfsetspeed(it, BaudRate::B9600).unwrap();
        };
        assert_eq!(named(slower), "speed");
        assert_eq!(named(|it| it.control_chars[libc::VMIN] = 7), "min");
        assert_eq!(named(|it| it.control_chars[libc::VINTR] = 7), "");
    }

    #[test]
    fn every_bit_that_the_driver_takes_is_noticed() {
        for bit in 0..32 {
            for which in 0..4 {
                let pty = openpty(None, None).unwrap();
                let fd = pty.slave.as_fd();
                let wanted = LineSettings::of(fd).unwrap();
                let mut other: libc::termios = termios::tcgetattr(fd).unwrap().into();
                let flags = match which {
                    0 => &mut other.c_iflag,
                    1 => &mut other.c_oflag,
                    2 => &mut other.c_cflag,
                    _ => &mut other.c_lflag,
                };
                *flags ^= 1 << bit;
                let other = Termios::from(other);
                if termios::tcsetattr(fd, SetArg::TCSANOW, &other).is_err() {
                    continue;
                }
                let found: libc::termios = termios::tcgetattr(fd).unwrap().into();
                let before = raw(&wanted.0);
                let is_taken = (
                    before.c_iflag,
                    before.c_oflag,
                    before.c_cflag,
                    before.c_lflag,
                ) != (found.c_iflag, found.c_oflag, found.c_cflag, found.c_lflag);
                let changed = wanted.restore(fd).unwrap();
                assert_eq!(changed.is_some(), is_taken, "{which} {bit}: {changed:?}");
            }
        }
    }
}
