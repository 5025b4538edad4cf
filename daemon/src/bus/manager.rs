//! `org.example.ModemFtp`, the interface of the manager object.

use std::collections::HashMap;

use modem_ftp_core::api::options::IfExists;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use zbus::message::Header;
use zbus::{Connection, OwnedFd, OwnedObjectPath, OwnedVariant, interface};

use super::calls::{Call, Calls, download, upload};
use super::error::CallError;
use super::options::{self, Given};
use super::properties;
use super::publisher::Servers;
use super::requests::{Requests, local_path, unexpected};
use super::shared::Shared;
use crate::files::{OpenFile, Roots};

type Result<T> = std::result::Result<T, CallError>;
type Attributes = HashMap<String, OwnedVariant>;

/// The manager object.
pub struct Manager {
    requests: Requests,
    servers: Shared<Servers>,
    calls: Calls,
}

impl Manager {
    /// A manager whose properties are read from `servers`.
    pub fn new(requests: Requests, servers: Shared<Servers>) -> Self {
        Self {
            calls: Calls::new(requests.clone()),
            requests,
            servers,
        }
    }
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
        let parsed = options::parse(&options)?;
        let path = local_path(&local)?;
        let open = move |roots: &Roots| OpenFile::source_at(roots, &path);
        let call = Call { header, connection };
        self.calls
            .transfer(call, parsed, local, open, upload(server, remote))
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
        let parsed = options::parse(&options)?;
        let open = move |_: &Roots| OpenFile::source_from(source.into());
        let call = Call { header, connection };
        self.calls
            .transfer(call, parsed, String::new(), open, upload(server, remote))
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
        let parsed = options::parse(&options)?;
        let path = local_path(&local)?;
        let fail_if_exists = parsed.options.if_exists == IfExists::Fail;
        let open = move |roots: &Roots| OpenFile::sink_at(roots, &path, fail_if_exists);
        let call = Call { header, connection };
        self.calls
            .transfer(call, parsed, local, open, download(server, remote))
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
        let parsed = options::parse(&options)?;
        let open = move |_: &Roots| OpenFile::sink_from(sink.into());
        let call = Call { header, connection };
        self.calls
            .transfer(call, parsed, String::new(), open, download(server, remote))
            .await
    }

    #[zbus(out_args("entries"))]
    async fn list(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
        path: String,
    ) -> Result<Vec<Attributes>> {
        match self
            .calls
            .remote(&header, server, Operation::List(path))
            .await?
        {
            Reply::Entries(entries) => Ok(entries.into_iter().map(properties::entry).collect()),
            _ => Err(unexpected()),
        }
    }

    #[zbus(out_args("listing"))]
    async fn list_raw(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
        path: String,
    ) -> Result<Vec<u8>> {
        match self
            .calls
            .remote(&header, server, Operation::ListRaw(path))
            .await?
        {
            Reply::Bytes(listing) => Ok(listing),
            _ => Err(unexpected()),
        }
    }

    #[zbus(out_args("names"))]
    async fn list_names(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
        path: String,
    ) -> Result<Vec<String>> {
        match self
            .calls
            .remote(&header, server, Operation::ListNames(path))
            .await?
        {
            Reply::Names(names) => Ok(names),
            _ => Err(unexpected()),
        }
    }

    #[zbus(out_args("attributes"))]
    async fn stat(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
        path: String,
    ) -> Result<Attributes> {
        match self
            .calls
            .remote(&header, server, Operation::Stat(path))
            .await?
        {
            Reply::Stat { size, modified } => Ok(properties::stat(size, modified)),
            _ => Err(unexpected()),
        }
    }

    async fn delete(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
        path: String,
    ) -> Result<()> {
        self.calls
            .remote(&header, server, Operation::Delete(path))
            .await
            .map(drop)
    }

    async fn rename(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
        from: String,
        to: String,
    ) -> Result<()> {
        self.calls
            .remote(&header, server, Operation::Rename(from, to))
            .await
            .map(drop)
    }

    async fn make_directory(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
        path: String,
    ) -> Result<()> {
        self.calls
            .remote(&header, server, Operation::MakeDirectory(path))
            .await
            .map(drop)
    }

    async fn remove_directory(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
        path: String,
    ) -> Result<()> {
        self.calls
            .remote(&header, server, Operation::RemoveDirectory(path))
            .await
            .map(drop)
    }

    async fn change_directory(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        server: String,
        path: String,
    ) -> Result<()> {
        let call = Call { header, connection };
        self.calls.change_directory(call, server, path).await
    }

    #[zbus(out_args("path"))]
    async fn working_directory(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
    ) -> Result<String> {
        match self
            .calls
            .remote(&header, server, Operation::WorkingDirectory)
            .await?
        {
            Reply::Text(path) => Ok(path),
            _ => Err(unexpected()),
        }
    }

    async fn connect(&self, #[zbus(header)] header: Header<'_>, server: String) -> Result<()> {
        self.calls
            .remote(&header, server, Operation::Connect)
            .await
            .map(drop)
    }

    async fn disconnect(&self, #[zbus(header)] header: Header<'_>) -> Result<()> {
        self.calls.disconnect(&header).await
    }

    async fn reload(&self) -> Result<()> {
        self.requests.reload().await
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    #[zbus(property)]
    fn servers(&self) -> Vec<String> {
        self.servers.read(|servers| servers.names.clone())
    }

    #[zbus(property)]
    fn default_server(&self) -> String {
        self.servers.read(|servers| servers.default.clone())
    }
}
