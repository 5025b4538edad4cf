//! `modem-ftpd` as a process, and a D-Bus connection to it.

use crate::{Bus, Child, Config, Error, binary, tools};
use modem_ftp_dbus::names::BUS_NAME;
use modem_ftp_dbus::proxies::{ModemFtpProxy, ModemProxy, TransferProxy};
use nix::sys::signal::Signal;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::Duration;
use zbus::Connection;

/// How long it may take until the bus name is owned.
const START: Duration = Duration::from_secs(15);
/// How long bring-up may take: the module boots, registers and activates its PDP context.
const ONLINE: Duration = Duration::from_secs(60);

/// A running daemon.
#[derive(Debug)]
pub struct Daemon {
    connection: Connection,
    // Dropped in this order: the process before its files.
    child: Child,
    config: Config,
    bus: String,
}

impl Daemon {
    /// Starts the daemon and waits until its name is owned.
    ///
    /// # Errors
    ///
    /// If it ends or does not own the name in time; with its log.
    pub fn start(bus: &Bus, config: Config) -> Result<Self, Error> {
        Self::start_at(bus, bus.address(), config)
    }

    /// The same, with another way to that bus for the daemon.
    ///
    /// # Errors
    ///
    /// If it ends or does not own the name in time; with its log.
    pub fn start_at(bus: &Bus, address: &str, config: Config) -> Result<Self, Error> {
        let child = launch(address, &config)?;
        let connection = connect(bus.address())?;
        let mut daemon = Self {
            connection,
            child,
            config,
            bus: address.to_owned(),
        };
        daemon.wait_for_name()?;
        Ok(daemon)
    }

    /// Starts the daemon and waits until the module is online.
    ///
    /// # Errors
    ///
    /// If it is not after a minute; with `StateReason` and the log.
    pub fn online(bus: &Bus, config: Config) -> Result<Self, Error> {
        let mut daemon = Self::start(bus, config)?;
        daemon.wait_for_state("online")?;
        Ok(daemon)
    }

    /// Waits until `Modem1.State` is `state`.
    ///
    /// # Errors
    ///
    /// If it is not after a minute; with `StateReason` and the log.
    pub fn wait_for_state(&mut self, state: &str) -> Result<(), Error> {
        let connection = self.connection.clone();
        let mut last = String::new();
        let waited = self.child.wait_until("the state", ONLINE, || {
            last = zbus::block_on(async {
                let modem = ModemProxy::builder(&connection)
                    .cache_properties(zbus::proxy::CacheProperties::No)
                    .build()
                    .await?;
                Ok(format!(
                    "{}: {}",
                    modem.state().await?,
                    modem.state_reason().await?
                ))
            })
            .unwrap_or_else(|error: zbus::Error| error.to_string());
            last.starts_with(&format!("{state}:")).then_some(())
        });
        waited.map_err(|error| Error::failed(format!("wanted {state}, have {last}; {error}")))
    }

    /// Starts it with the same files after it has ended, without waiting for its name.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub fn launch(&mut self) -> Result<(), Error> {
        self.child = launch(&self.bus, &self.config)?;
        Ok(())
    }

    /// The same, with another way to the bus.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub fn launch_at(&mut self, address: &str) -> Result<(), Error> {
        address.clone_into(&mut self.bus);
        self.launch()
    }

    /// Waits until the daemon owns its name.
    ///
    /// # Errors
    ///
    /// If it ends or does not own the name in time; with its log.
    pub fn wait_for_name(&mut self) -> Result<(), Error> {
        let connection = self.connection.clone();
        self.child.wait_until("the bus name", START, || {
            let owned = zbus::block_on(async {
                let bus = zbus::fdo::DBusProxy::new(&connection).await?;
                Ok::<_, zbus::Error>(bus.name_has_owner(BUS_NAME.try_into()?).await?)
            });
            owned.is_ok_and(|owned| owned).then_some(())
        })
    }

    /// Kills it (SIGKILL) and starts it again with the same files.
    ///
    /// # Errors
    ///
    /// If it does not own the name again in time.
    pub fn crash(&mut self) -> Result<(), Error> {
        self.kill()?;
        self.launch_again()
    }

    /// Kills it; [`Daemon::launch_again`] starts it with the same files.
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn kill(&mut self) -> Result<(), Error> {
        self.child.kill().map(drop)
    }

    /// Starts it with the same files after it has ended.
    ///
    /// # Errors
    ///
    /// If it does not take the name.
    pub fn launch_again(&mut self) -> Result<(), Error> {
        self.launch()?;
        self.wait_for_name()
    }

    /// The folder in which it keeps what survives a restart.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.config.scratch().join("state")
    }

    /// Ends it with SIGTERM and gives its exit code, if it has one. It has as much time as the unit
    /// gives it (`TimeoutStopSec`): it cleans up on the server.
    ///
    /// # Errors
    ///
    /// If the kernel cannot say how it ended.
    pub fn stop(&mut self) -> Result<Option<i32>, Error> {
        Ok(self.child.stop_within(Duration::from_secs(20))?.code())
    }

    /// How it ended, or `None` while it runs.
    ///
    /// # Errors
    ///
    /// If the kernel cannot say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>, Error> {
        self.child.ended()
    }

    /// Sends it a signal.
    ///
    /// # Errors
    ///
    /// If it has ended.
    pub fn signal(&self, signal: Signal) -> Result<(), Error> {
        self.child.signal(signal)
    }

    /// The test's own connection to the bus.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Its configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The root: the folder for `Upload` and `Download` by path.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.config.root()
    }

    /// Its log so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.child.log()
    }

    /// The end of its log, for a message.
    #[must_use]
    pub fn tail(&self) -> String {
        self.child.tail()
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A proxy of the interface `org.example.ModemFtp`.
    ///
    /// # Errors
    ///
    /// If the bus has ended.
    pub async fn front(&self) -> zbus::Result<ModemFtpProxy<'_>> {
        ModemFtpProxy::new(&self.connection).await
    }

    /// A proxy of `Modem1`, without a cache of properties.
    ///
    /// # Errors
    ///
    /// If the bus has ended.
    pub async fn modem(&self) -> zbus::Result<ModemProxy<'_>> {
        ModemProxy::builder(&self.connection)
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await
    }

    /// A proxy of a transfer, without a cache of properties.
    ///
    /// # Errors
    ///
    /// If the path is not valid.
    pub async fn transfer(&self, path: &str) -> zbus::Result<TransferProxy<'_>> {
        TransferProxy::builder(&self.connection)
            .path(path.to_owned())
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await
    }
}

fn launch(bus: &str, config: &Config) -> Result<Child, Error> {
    let program = binary("modem-ftpd")?;
    let mut command = match config.descriptors() {
        None => Command::new(program),
        Some(most) => {
            // It becomes the daemon: the process is the same.
            let mut command = Command::new(tools::required("prlimit")?);
            command.arg(format!("--nofile={most}:{most}")).arg(program);
            command
        }
    };
    command
        .arg("--bus")
        .arg(bus)
        .arg("--config")
        .arg(config.write()?);
    match config.log_filter() {
        Some(filter) => command.env("RUST_LOG", filter),
        // The tester's own environment must not change the log.
        None => command.env_remove("RUST_LOG"),
    };
    let variables = config.variables().iter();
    command.envs(variables.map(|(name, value)| (name, value)));
    Child::start("modem-ftpd", &command, &config.scratch().join("log"))
}

/// A connection to the bus at `address`.
///
/// # Errors
///
/// If no bus answers there.
pub fn connect(address: &str) -> Result<Connection, Error> {
    let connected =
        zbus::block_on(async { zbus::connection::Builder::address(address).build().await });
    connected.map_err(|error| Error::failed(format!("cannot connect to {address}: {error}")))
}
