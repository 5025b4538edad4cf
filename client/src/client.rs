//! The connection to the bus and the daemon behind it.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::str::FromStr as _;

use modem_ftp_dbus::errors::{ErrorName, exit};
use modem_ftp_dbus::names::{
    BUS_NAME, FRONT_INTERFACE, MODEM_INTERFACE, MODEM_PATH, ROOT_PATH, TRANSFER_INTERFACE,
    transfer_number, transfer_path,
};
use modem_ftp_dbus::proxies::{Attributes, ModemFtpProxy, ModemProxy, TransferProxy};
use zbus::connection::Builder;
use zbus::fdo::{DBusProxy, ObjectManagerProxy, PropertiesProxy};
use zbus::names::{InterfaceName, WellKnownName};
use zbus::proxy::CacheProperties;
use zbus::{Address, Connection};

use crate::directory::{Directory, resolve};
use crate::failure::{Failure, reason};
use crate::interrupt::Interrupt;
use crate::output::Output;

/// What every verb needs: the bus, the chosen server, the output, the stop request.
pub struct Client<'a> {
    /// The bus.
    pub connection: Connection,
    /// The interface `org.example.ModemFtp`.
    pub front: ModemFtpProxy<'static>,
    /// The server named on the command line, or "".
    pub server: String,
    /// Where results go.
    pub output: &'a Output,
    /// Ctrl-C and the other signals.
    pub interrupt: Interrupt,
    directory: Directory,
    /// The working directory, once it was read: it stays the same for all paths of a verb.
    read: OnceCell<Option<String>>,
}

impl<'a> Client<'a> {
    /// Connects to `bus`: "system", "session" or an address.
    pub async fn connect(
        bus: &str,
        server: String,
        output: &'a Output,
        interrupt: Interrupt,
    ) -> Result<Self, Failure> {
        let directory = Directory::new(bus);
        let builder = match bus {
            "system" => Builder::system(),
            "session" => Builder::session(),
            address => Builder::address(Address::from_str(address).map_err(|_| {
                Failure::usage(format!(
                    "--bus {address}: neither \"system\" nor \"session\" nor a D-Bus address \
                     such as unix:path=/run/bus"
                ))
            })?),
        };
        // No method time-out: a call to Wait lasts as long as its transfer.
        let connection = builder.build().await.map_err(no_bus)?;
        // Start a daemon that is installed but not running, and fail now if that is impossible:
        // some brokers (busd) never answer a call to a name without an owner.
        let bus = DBusProxy::new(&connection).await?;
        let name = WellKnownName::try_from(BUS_NAME)?;
        if !bus.name_has_owner(name.clone().into()).await? {
            let started = bus.start_service_by_name(name, 0).await;
            started.map_err(|error| not_running(error.into()))?;
        }
        let front = ModemFtpProxy::builder(&connection)
            .cache_properties(CacheProperties::No)
            .build()
            .await?;
        Ok(Self {
            connection,
            front,
            server,
            output,
            interrupt,
            directory,
            read: OnceCell::new(),
        })
    }

    /// The working directory on the server, if this login session set one.
    pub async fn directory(&self) -> Result<Option<&str>, Failure> {
        if self.read.get().is_none() {
            let directory = match self.directory.is_used() {
                true => self.directory.get(&self.server_name().await?)?,
                false => None,
            };
            // Nobody else sets it meanwhile.
            let _ = self.read.set(directory);
        }
        Ok(self.read.get().and_then(Option::as_deref))
    }

    /// A remote path as it is to be sent: a relative one starts at the working directory.
    pub async fn remote(&self, path: &str) -> Result<String, Failure> {
        if path.starts_with('/') {
            return Ok(path.to_owned());
        }
        Ok(resolve(self.directory().await?, path))
    }

    /// Makes `path` the working directory of this login session, once the server has changed to it.
    pub async fn change_directory(&self, path: &str) -> Result<(), Failure> {
        let path = self.remote(path).await?;
        self.directory.prepare()?;
        self.front.change_directory(&self.server, &path).await?;
        // The daemon answers what the server called the directory.
        let path = self.front.working_directory(&self.server).await?;
        self.directory.set(&self.server_name().await?, &path)
    }

    /// The name of the server, also where none was given.
    async fn server_name(&self) -> Result<String, Failure> {
        if self.server.is_empty() {
            return Ok(self.front.default_server().await?);
        }
        Ok(self.server.clone())
    }

    /// The interface `org.example.ModemFtp.Modem1`.
    pub async fn modem(&self) -> Result<ModemProxy<'static>, Failure> {
        let builder = ModemProxy::builder(&self.connection);
        Ok(builder
            .cache_properties(CacheProperties::No)
            .build()
            .await?)
    }

    /// Transfer `number`, which may not exist.
    pub async fn transfer(&self, number: u64) -> Result<TransferProxy<'static>, Failure> {
        let builder = TransferProxy::builder(&self.connection).path(transfer_path(number));
        Ok(builder
            .cache_properties(CacheProperties::No)
            .build()
            .await?)
    }

    /// The properties interface of the object at `path`.
    pub async fn properties(&self, path: String) -> Result<PropertiesProxy<'static>, Failure> {
        Ok(PropertiesProxy::builder(&self.connection)
            .destination(BUS_NAME)
            .path(path)
            .build()
            .await?)
    }

    /// All properties of the modem.
    pub async fn modem_properties(&self) -> Result<Attributes, Failure> {
        let properties = self.properties(MODEM_PATH.into()).await?;
        Ok(properties
            .get_all(InterfaceName::try_from(MODEM_INTERFACE)?)
            .await?)
    }

    /// The properties of the daemon.
    pub async fn front_properties(&self) -> Result<Attributes, Failure> {
        let properties = self.properties(ROOT_PATH.into()).await?;
        Ok(properties
            .get_all(InterfaceName::try_from(FRONT_INTERFACE)?)
            .await?)
    }

    /// All transfers with their properties, by number.
    pub async fn transfers(&self) -> Result<Vec<(u64, Attributes)>, Failure> {
        let objects = ObjectManagerProxy::builder(&self.connection)
            .destination(BUS_NAME)
            .path(ROOT_PATH)
            .build()
            .await?
            .get_managed_objects()
            .await?;
        let mut transfers: Vec<_> = objects
            .into_iter()
            .filter_map(|(path, mut interfaces): (_, HashMap<_, Attributes>)| {
                Some((
                    transfer_number(&path)?,
                    interfaces.remove(TRANSFER_INTERFACE)?,
                ))
            })
            .collect();
        transfers.sort_unstable_by_key(|&(number, _)| number);
        Ok(transfers)
    }
}

/// The failure of a call to transfer `number`: NotFound if there is no such object.
pub fn of_transfer(number: u64, failure: Failure) -> Failure {
    if failure.is_unknown_object() {
        return Failure::new(
            ErrorName::NotFound,
            format!("there is no transfer {number}"),
        );
    }
    failure
}

fn not_running(failure: Failure) -> Failure {
    if failure.exit == exit::DAEMON {
        return failure;
    }
    Failure {
        exit: exit::DAEMON,
        text: format!("modem-ftpd is not running: {}", failure.text),
        ..failure
    }
}

fn no_bus(error: zbus::Error) -> Failure {
    let text = match &error {
        zbus::Error::Connection(cause, address) => {
            format!("no message bus at {address}: {}", reason(cause))
        }
        other => format!("no message bus: {other}"),
    };
    Failure {
        exit: exit::DAEMON,
        name: "org.freedesktop.DBus.Error.NoServer".into(),
        text,
    }
}
