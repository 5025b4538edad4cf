//! `org.example.ModemFtp`, the interface of the manager object.

use std::collections::HashMap;

use modem_ftp_core::api::options::IfExists;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use zbus::message::Header;
use zbus::{Connection, OwnedFd, OwnedObjectPath, OwnedVariant, interface};

use super::calls::{Call, Calls, download, upload};
use super::error::CallError;
use super::local::Local;
use super::options::{self, Given};
use super::publisher::Servers;
use super::requests::{Requests, local_path, unexpected};
use super::shared::Shared;
use super::{caller, history, properties};
use crate::store::Storage;

type Result<T> = std::result::Result<T, CallError>;
type Attributes = HashMap<String, OwnedVariant>;

/// The manager object.
pub struct Manager {
    requests: Requests,
    storage: Storage,
    servers: Shared<Servers>,
    warnings: Shared<Vec<String>>,
    calls: Calls,
}

impl Manager {
    /// A manager whose properties are read from `servers` and `warnings`.
    pub fn new(
        requests: Requests,
        storage: Storage,
        servers: Shared<Servers>,
        warnings: Shared<Vec<String>>,
    ) -> Self {
        Self {
            calls: Calls::new(requests.clone()),
            requests,
            storage,
            servers,
            warnings,
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
        let file = Local::Source(path);
        let call = Call { header, connection };
        self.calls
            .transfer(call, parsed, local, file, upload(server, remote))
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
        let file = Local::SourceFd(source.into(), parsed.spool);
        let call = Call { header, connection };
        self.calls
            .transfer(call, parsed, String::new(), file, upload(server, remote))
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
        let file = Local::Sink(path, fail_if_exists);
        let call = Call { header, connection };
        self.calls
            .transfer(call, parsed, local, file, download(server, remote))
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
        let file = Local::SinkFd(sink.into());
        let call = Call { header, connection };
        self.calls
            .transfer(call, parsed, String::new(), file, download(server, remote))
            .await
    }

    #[zbus(out_args("entries"))]
    async fn list(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
        path: String,
    ) -> Result<Vec<Attributes>> {
        let operation = Operation::List(path);
        match self.calls.remote(&header, server, operation).await? {
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
        let operation = Operation::ListRaw(path);
        match self.calls.remote(&header, server, operation).await? {
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
        let operation = Operation::ListNames(path);
        match self.calls.remote(&header, server, operation).await? {
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
        let operation = Operation::Stat(path);
        match self.calls.remote(&header, server, operation).await? {
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
            .done(&header, server, Operation::Delete(path))
            .await
    }

    async fn rename(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
        from: String,
        to: String,
    ) -> Result<()> {
        self.calls
            .done(&header, server, Operation::Rename(from, to))
            .await
    }

    async fn make_directory(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
        path: String,
    ) -> Result<()> {
        self.calls
            .done(&header, server, Operation::MakeDirectory(path))
            .await
    }

    async fn remove_directory(
        &self,
        #[zbus(header)] header: Header<'_>,
        server: String,
        path: String,
    ) -> Result<()> {
        self.calls
            .done(&header, server, Operation::RemoveDirectory(path))
            .await
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
        let operation = Operation::WorkingDirectory;
        match self.calls.remote(&header, server, operation).await? {
            Reply::Text(path) => Ok(path),
            _ => Err(unexpected()),
        }
    }

    async fn connect(&self, #[zbus(header)] header: Header<'_>, server: String) -> Result<()> {
        self.calls.done(&header, server, Operation::Connect).await
    }

    async fn disconnect(&self, #[zbus(header)] header: Header<'_>) -> Result<()> {
        self.calls.disconnect(&header).await
    }

    #[zbus(out_args("receipts"))]
    async fn history(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        filter: Given,
    ) -> Result<Vec<Attributes>> {
        let uid = caller::uid(connection, &header).await?;
        let page = self.storage.history(history::filter(&filter, uid)?).await?;
        Ok(page.entries.into_iter().map(history::receipt).collect())
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
    #[zbus(property)]
    fn warnings(&self) -> Vec<String> {
        self.warnings.read(Vec::clone)
    }
}
