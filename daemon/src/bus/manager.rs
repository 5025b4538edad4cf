//! `org.example.ModemFtp`, the front door.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use modem_ftp_core::api::options::IfExists;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Operation, Request};
use zbus::message::Header;
use zbus::{Connection, OwnedFd, OwnedObjectPath, OwnedVariant, interface};

use super::desk::{Desk, local_path, unexpected};
use super::error::CallError;
use super::options::{self, Given};
use super::{caller, lock, properties};
use crate::files::Local;

type Result<T> = std::result::Result<T, CallError>;
type Attributes = HashMap<String, OwnedVariant>;

/// Names of the configured servers, and the default one.
pub type Servers = Arc<Mutex<(Vec<String>, String)>>;

/// The front object.
pub struct Manager {
    desk: Desk,
    servers: Servers,
}

impl Manager {
    /// A front door with no servers yet.
    pub fn new(desk: Desk) -> Self {
        let servers = Servers::default();
        Self { desk, servers }
    }

    /// What the properties show.
    pub fn shown(&self) -> Servers {
        Arc::clone(&self.servers)
    }

    async fn remote(&self, server: String, operation: Operation) -> Result<Reply> {
        self.desk.ask(Request::Remote { server, operation }).await
    }
}

/// Who calls and what is wanted, of the four transfer methods.
async fn examine(
    connection: &Connection,
    header: &Header<'_>,
    given: &Given,
) -> Result<(u32, options::Parsed)> {
    let parsed = options::parse(given)?;
    Ok((caller::uid(connection, header).await?, parsed))
}

#[interface(name = "org.example.ModemFtp", introspection_docs = false)]
impl Manager {
    #[zbus(out_args("transfer"))]
    async fn upload(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        server: String,
        local: String,
        remote: String,
        options: Given,
    ) -> Result<OwnedObjectPath> {
        let (uid, parsed) = examine(connection, &header, &options).await?;
        let path = local_path(&local)?;
        let file = self
            .desk
            .open(move |roots| Local::source_at(roots, &path))
            .await?;
        let request = |source| Request::Upload {
            server,
            source,
            remote,
            options: parsed.options,
            uid,
        };
        self.desk
            .transfer(file, local, parsed.wait.then_some(uid), request)
            .await
    }

    #[zbus(out_args("transfer"))]
    async fn upload_fd(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        server: String,
        source: OwnedFd,
        remote: String,
        options: Given,
    ) -> Result<OwnedObjectPath> {
        let (uid, parsed) = examine(connection, &header, &options).await?;
        let file = self
            .desk
            .open(move |_| Local::source_from(source.into()))
            .await?;
        let request = |source| Request::Upload {
            server,
            source,
            remote,
            options: parsed.options,
            uid,
        };
        self.desk
            .transfer(file, String::new(), parsed.wait.then_some(uid), request)
            .await
    }

    #[zbus(out_args("transfer"))]
    async fn download(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        server: String,
        remote: String,
        local: String,
        options: Given,
    ) -> Result<OwnedObjectPath> {
        let (uid, parsed) = examine(connection, &header, &options).await?;
        let path = local_path(&local)?;
        let fail_if_exists = parsed.options.if_exists == IfExists::Fail;
        let file = self
            .desk
            .open(move |roots| Local::sink_at(roots, &path, fail_if_exists))
            .await?;
        let request = |sink| Request::Download {
            server,
            remote,
            sink,
            options: parsed.options,
            uid,
        };
        self.desk
            .transfer(file, local, parsed.wait.then_some(uid), request)
            .await
    }

    #[zbus(out_args("transfer"))]
    async fn download_fd(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        server: String,
        remote: String,
        sink: OwnedFd,
        options: Given,
    ) -> Result<OwnedObjectPath> {
        let (uid, parsed) = examine(connection, &header, &options).await?;
        let file = self
            .desk
            .open(move |_| Local::sink_from(sink.into()))
            .await?;
        let request = |sink| Request::Download {
            server,
            remote,
            sink,
            options: parsed.options,
            uid,
        };
        self.desk
            .transfer(file, String::new(), parsed.wait.then_some(uid), request)
            .await
    }

    #[zbus(out_args("entries"))]
    async fn list(&self, server: String, path: String) -> Result<Vec<Attributes>> {
        match self.remote(server, Operation::List(path)).await? {
            Reply::Entries(entries) => Ok(entries.into_iter().map(properties::entry).collect()),
            _ => Err(unexpected()),
        }
    }

    #[zbus(out_args("listing"))]
    async fn list_raw(&self, server: String, path: String) -> Result<Vec<u8>> {
        match self.remote(server, Operation::ListRaw(path)).await? {
            Reply::Bytes(listing) => Ok(listing),
            _ => Err(unexpected()),
        }
    }

    #[zbus(out_args("names"))]
    async fn list_names(&self, server: String, path: String) -> Result<Vec<String>> {
        match self.remote(server, Operation::ListNames(path)).await? {
            Reply::Names(names) => Ok(names),
            _ => Err(unexpected()),
        }
    }

    #[zbus(out_args("attributes"))]
    async fn stat(&self, server: String, path: String) -> Result<Attributes> {
        match self.remote(server, Operation::Stat(path)).await? {
            Reply::Stat { size, modified } => Ok(properties::stat(size, modified)),
            _ => Err(unexpected()),
        }
    }

    async fn delete(&self, server: String, path: String) -> Result<()> {
        self.remote(server, Operation::Delete(path)).await.map(drop)
    }

    async fn rename(&self, server: String, from: String, to: String) -> Result<()> {
        self.remote(server, Operation::Rename(from, to))
            .await
            .map(drop)
    }

    async fn make_directory(&self, server: String, path: String) -> Result<()> {
        self.remote(server, Operation::MakeDirectory(path))
            .await
            .map(drop)
    }

    async fn remove_directory(&self, server: String, path: String) -> Result<()> {
        self.remote(server, Operation::RemoveDirectory(path))
            .await
            .map(drop)
    }

    async fn change_directory(&self, server: String, path: String) -> Result<()> {
        self.remote(server, Operation::ChangeDirectory(path))
            .await
            .map(drop)
    }

    #[zbus(out_args("path"))]
    async fn working_directory(&self, server: String) -> Result<String> {
        match self.remote(server, Operation::WorkingDirectory).await? {
            Reply::Text(path) => Ok(path),
            _ => Err(unexpected()),
        }
    }

    async fn connect(&self, server: String) -> Result<()> {
        self.remote(server, Operation::Connect).await.map(drop)
    }

    async fn disconnect(&self) -> Result<()> {
        self.desk.ask(Request::Disconnect).await.map(drop)
    }

    async fn reload(&self) -> Result<()> {
        self.desk.reload().await
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    #[zbus(property)]
    fn servers(&self) -> Vec<String> {
        lock(&self.servers).0.clone()
    }

    #[zbus(property)]
    fn default_server(&self) -> String {
        lock(&self.servers).1.clone()
    }
}
