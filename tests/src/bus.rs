//! A private message bus: `dbus-daemon` configured like the system bus, with the installed policy
//! of ModemFtp; if dbus-daemon is missing, busd inside this process, which has no policy.

use crate::{Child, Error, Scratch, tools};
use futures_util::future::{Either, select};
use nix::unistd::geteuid;
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::pin::pin;
use std::process::Command;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

const START: Duration = Duration::from_secs(10);

/// The policy of Debian's system bus, shortened; `@DIR@` is the bus's folder.
const SYSTEM_BUS: &str = include_str!("../data/system-bus.conf");
/// The policy that is installed with the daemon.
const POLICY: &str = include_str!("../../dbus/org.example.ModemFtp.conf");

/// Users that only the bus knows: name and uid. Their groups have the same names and numbers.
const USERS: [(&str, u32); 5] = [
    ("modem-ftp", Bus::SERVICE),
    ("member", Bus::MEMBER),
    ("stranger", Bus::STRANGER),
    ("second", Bus::SECOND),
    ("third", Bus::THIRD),
];

/// A running bus.
#[derive(Debug)]
pub struct Bus {
    address: String,
    // Dropped in this order: the bus before its files.
    runner: Runner,
    _scratch: Scratch,
}

#[derive(Debug)]
enum Runner {
    Daemon(Child),
    Embedded(Busd),
}

impl Bus {
    /// The uid of `modem-ftp`, the daemon's user, as the bus knows it.
    pub const SERVICE: u32 = 41_990;
    /// The gid of `modem-ftp-users`, the group of the users who may call the daemon.
    pub const USERS: u32 = 41_993;
    /// The uid of a user who is only in the group `modem-ftp-users`.
    pub const MEMBER: u32 = 41_991;
    /// The uid of a user who is not in that group.
    pub const STRANGER: u32 = 41_992;
    /// The uids of other users, who may be run with that group as their primary one.
    pub const SECOND: u32 = 41_994;
    /// As [`Bus::SECOND`].
    pub const THIRD: u32 = 41_995;

    /// Starts a bus: `dbus-daemon` if it is installed, else busd.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub fn start() -> Result<Self, Error> {
        match Self::system_like() {
            Err(Error::Missing(_)) => Self::embedded(),
            bus => bus,
        }
    }

    /// Starts a `dbus-daemon` that enforces the policy of the system bus.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] if it is not installed.
    pub fn system_like() -> Result<Self, Error> {
        let program = tools::required("dbus-daemon")?;
        let scratch = Scratch::new()?;
        let folder = scratch.path().display().to_string();
        let policy = if geteuid().is_root() {
            POLICY.to_owned()
        } else {
            // The user who runs the tests may own the name instead of root.
            POLICY.replace("user=\"root\"", &format!("user=\"{}\"", geteuid()))
        };
        scratch.write("system.d/org.example.ModemFtp.conf", policy)?;
        let configuration = scratch.write("bus.conf", SYSTEM_BUS.replace("@DIR@", &folder))?;

        let mut command = Command::new(program);
        command.arg("--nofork").arg("--nopidfile").arg("--nosyslog");
        command.arg(format!("--config-file={}", configuration.display()));
        if geteuid().is_root() {
            command = with_users(&command, &scratch)?;
        }
        let mut child = Child::start("dbus-daemon", &command, &scratch.join("log"))?;
        let socket = scratch.join("bus");
        child.wait_until("the bus", START, || UnixStream::connect(&socket).ok())?;
        let address = format!("unix:path={}", socket.display());
        Ok(Self {
            address,
            runner: Runner::Daemon(child),
            _scratch: scratch,
        })
    }

    /// Starts busd on a thread of this process. It enforces no policy.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub fn embedded() -> Result<Self, Error> {
        let scratch = Scratch::new()?;
        let address = format!("unix:path={}", scratch.join("bus").display());
        let runner = Runner::Embedded(Busd::start(&address)?);
        Ok(Self {
            address,
            runner,
            _scratch: scratch,
        })
    }

    /// Its address, as `--bus` accepts it.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The name of the broker, for messages.
    #[must_use]
    pub fn broker(&self) -> &'static str {
        match self.runner {
            Runner::Daemon(_) => "dbus-daemon",
            Runner::Embedded(_) => "busd",
        }
    }

    /// Ends the bus while clients are connected, as an upgrade of the system bus does.
    ///
    /// # Errors
    ///
    /// If the kernel cannot say how it ended.
    pub fn stop(&mut self) -> Result<(), Error> {
        match &mut self.runner {
            Runner::Daemon(child) => child.stop().map(|_| ()),
            Runner::Embedded(busd) => busd.stop(),
        }
    }
}

/// The bus looks up users and groups by number: it gets its own `/etc/passwd` and `/etc/group`.
fn with_users(command: &Command, scratch: &Scratch) -> Result<Command, Error> {
    let mut passwd = fs::read_to_string("/etc/passwd")?;
    let mut group = fs::read_to_string("/etc/group")?;
    for (name, id) in USERS {
        passwd.push_str(&format!("{name}:x:{id}:{id}::/:/bin/false\n"));
        group.push_str(&format!("{name}:x:{id}:\n"));
    }
    group.push_str(&format!("modem-ftp-users:x:{}:member\n", Bus::USERS));
    let passwd = scratch.write("passwd", passwd)?;
    let group = scratch.write("group", group)?;
    let mount = |file: &Path, onto: &str| format!("mount --bind '{}' {onto}", file.display());
    let mounts = format!(
        "{}; {}",
        mount(&passwd, "/etc/passwd"),
        mount(&group, "/etc/group")
    );
    crate::namespace::inside(command, &mounts)
}

/// busd on its thread.
#[derive(Debug)]
struct Busd {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Busd {
    fn start(address: &str) -> Result<Self, Error> {
        let address = address.to_owned();
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = std::sync::mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("busd".to_owned())
            .spawn(move || {
                zbus::block_on(async {
                    let mut bus = match busd::bus::Bus::for_address(Some(&address)).await {
                        Ok(bus) => bus,
                        // Sending fails only if the starting thread has given up.
                        Err(error) => return drop(ready.send(Err(error.to_string()))),
                    };
                    let _ = ready.send(Ok(()));
                    if let Either::Left((Err(error), _)) =
                        select(pin!(bus.run()), pin!(stopped)).await
                    {
                        eprintln!("busd: {error}");
                    }
                });
            })?;
        match started.recv_timeout(START) {
            Ok(Ok(())) => Ok(Self {
                stop: Some(stop),
                thread: Some(thread),
            }),
            Ok(Err(error)) => Err(Error::failed(format!("busd: {error}"))),
            Err(_) => Err(Error::failed("busd does not start")),
        }
    }

    fn stop(&mut self) -> Result<(), Error> {
        if let Some(stop) = self.stop.take() {
            // An error means that it has ended already.
            let _ = stop.send(());
        }
        match self.thread.take().map(JoinHandle::join) {
            Some(Err(_)) => Err(Error::failed("busd panicked")),
            _ => Ok(()),
        }
    }
}

impl Drop for Busd {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{connect, need};

    fn may_own(bus: &Bus, name: &'static str) -> bool {
        let connection = connect(bus.address()).unwrap();
        zbus::block_on(connection.request_name(name)).is_ok()
    }

    #[test]
    fn dbus_daemon_allows_the_daemons_name_and_no_other() {
        let Some(bus) = need(Bus::system_like()) else {
            return;
        };
        assert!(may_own(&bus, "org.example.ModemFtp"));
        assert!(!may_own(&bus, "org.example.Other"));
    }

    #[test]
    fn busd_serves_until_it_is_dropped() {
        let bus = Bus::embedded().unwrap();
        let address = bus.address().to_owned();
        assert!(may_own(&bus, "org.example.ModemFtp"));
        drop(bus);
        assert!(connect(&address).is_err());
    }
}
