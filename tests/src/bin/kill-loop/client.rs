//! [`Client`]: the calls of one thread, which block until they are answered or the daemon is gone.

use std::os::fd::OwnedFd;

use modem_ftp_dbus::names::{
    BUS_NAME, ROOT_PATH, TRANSFER_INTERFACE, transfer_number, transfer_path,
};
use modem_ftp_dbus::proxies::{Attributes, ModemFtpProxy, Options, TransferProxy};
use modem_ftp_tests::{Error, connect};
use zbus::proxy::CacheProperties;
use zbus::{Connection, Fd, Variant};

use crate::answer::Answer;
use crate::model::{Object, Objects};

/// What is asked of a transfer.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    Cancel,
    Pause,
    Resume,
    Forget,
}

/// A connection to the bus.
pub struct Client(Connection);

impl Client {
    /// Connects to the bus at `address`.
    pub fn new(address: &str) -> Result<Self, Error> {
        connect(address).map(Self)
    }

    async fn front(&self) -> zbus::Result<ModemFtpProxy<'_>> {
        let builder = ModemFtpProxy::builder(&self.0);
        builder.cache_properties(CacheProperties::No).build().await
    }

    /// Uploads a file below a root.
    pub fn upload(&self, local: &str, remote: &str, options: &Options<'_>) -> Answer<u64> {
        let call = async {
            let front = self.front().await?;
            number(&front.upload("plant", local, remote, options).await?)
        };
        zbus::block_on(call).into()
    }

    /// Uploads what a descriptor has.
    pub fn upload_fd(&self, fd: OwnedFd, remote: &str, options: &Options<'_>) -> Answer<u64> {
        let call = async {
            let front = self.front().await?;
            number(
                &front
                    .upload_fd("plant", Fd::from(fd), remote, options)
                    .await?,
            )
        };
        zbus::block_on(call).into()
    }

    /// Downloads to a file below a root.
    pub fn download(&self, remote: &str, local: &str, options: &Options<'_>) -> Answer<u64> {
        let call = async {
            let front = self.front().await?;
            number(&front.download("plant", remote, local, options).await?)
        };
        zbus::block_on(call).into()
    }

    /// Renames a file on the server.
    pub fn rename(&self, from: &str, to: &str) -> Answer<()> {
        zbus::block_on(async { self.front().await?.rename("plant", from, to).await }).into()
    }

    /// Calls a method of a transfer.
    pub fn act(&self, number: u64, action: Action) -> Answer<()> {
        let call = async {
            let transfer = TransferProxy::builder(&self.0)
                .path(transfer_path(number))
                .cache_properties(CacheProperties::No)
                .build()
                .await?;
            match action {
                Action::Cancel => transfer.cancel().await,
                Action::Pause => transfer.pause().await,
                Action::Resume => transfer.resume().await,
                Action::Forget => transfer.forget().await,
            }
        };
        zbus::block_on(call).into()
    }

    /// All receipts, newest first.
    pub fn history(&self) -> zbus::Result<Vec<Attributes>> {
        zbus::block_on(async {
            let front = self.front().await?;
            let mut all: Vec<Attributes> = Vec::new();
            loop {
                let mut filter = Options::new();
                if let Some(row) = all.last().and_then(|last| number_of(last, "Row")) {
                    filter.insert("before", Variant::from(row));
                }
                let page = front.history(&filter).await?;
                if page.is_empty() {
                    return Ok(all);
                }
                all.extend(page);
            }
        })
    }

    /// All transfers; `None`: the daemon is away.
    pub fn objects(&self) -> Option<Objects> {
        let objects = zbus::block_on(async {
            let manager = zbus::fdo::ObjectManagerProxy::builder(&self.0)
                .destination(BUS_NAME)
                .path(ROOT_PATH)
                .build()
                .await?;
            Ok::<_, zbus::Error>(manager.get_managed_objects().await?)
        });
        let mut all = Objects::new();
        for (path, interfaces) in objects.ok()? {
            let Some(number) = transfer_number(path.as_str()) else {
                continue;
            };
            for (interface, properties) in interfaces {
                if interface.as_str() == TRANSFER_INTERFACE {
                    all.insert(number, object(&properties));
                }
            }
        }
        Some(all)
    }
}

fn number(path: &zbus::OwnedObjectPath) -> zbus::Result<u64> {
    transfer_number(path.as_str())
        .ok_or_else(|| zbus::Error::Failure(format!("{path} is no transfer")))
}

fn object(properties: &Attributes) -> Object {
    let [direction, remote] = ["Direction", "Remote"].map(|key| text_of(properties, key));
    Object {
        state: text_of(properties, "State"),
        what: format!("{direction} {remote} {:?}", properties.get("Error")),
    }
}

/// A text of an `a{sv}`; "" if it has none of this name.
pub fn text_of(attributes: &Attributes, key: &str) -> String {
    match attributes.get(key).map(|it| &**it) {
        Some(Variant::Str(text)) => text.to_string(),
        _ => String::new(),
    }
}

/// A number of an `a{sv}`.
pub fn number_of(attributes: &Attributes, key: &str) -> Option<u64> {
    match attributes.get(key).map(|it| &**it) {
        Some(Variant::U64(number)) => Some(*number),
        _ => None,
    }
}
