//! `org.example.ModemFtp`, the interface of the manager object.

use std::collections::HashMap;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::LocalFile;
use modem_ftp_core::api::options::{IfExists, Options};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Operation, Request};
use zbus::message::Header;
use zbus::{Connection, OwnedFd, OwnedObjectPath, OwnedVariant, interface};

use super::error::CallError;
use super::options::{self, Given, Parsed};
use super::requests::{Requests, local_path, unexpected};
use super::shared::Shared;
use super::{caller, properties};
use crate::files::{OpenFile, Roots};

type Result<T> = std::result::Result<T, CallError>;
type Attributes = HashMap<String, OwnedVariant>;

/// The configured servers.
#[derive(Debug, Default)]
pub struct Servers {
    /// Their names.
    pub names: Vec<String>,
    /// The name of the default one; empty if there is none.
    pub default: String,
}

/// The manager object.
pub struct Manager {
    requests: Requests,
    servers: Shared<Servers>,
}

impl Manager {
    /// A manager whose properties are read from `servers`.
    pub fn new(requests: Requests, servers: Shared<Servers>) -> Self {
        Self { requests, servers }
    }

    async fn remote(&self, server: String, operation: Operation) -> Result<Reply> {
        let request = Request::Remote { server, operation };
        self.requests.ask(request).await
    }

    /// What the four transfer methods have in common: opens the local file, queues the transfer and,
    /// with the option `wait`, awaits its end. `name` is the file's path, empty for a descriptor.
    async fn transfer(
        &self,
        call: Call<'_>,
        parsed: Parsed,
        name: String,
        open: impl FnOnce(&Roots) -> std::result::Result<OpenFile, Failure> + Send + 'static,
        request: impl FnOnce(LocalFile, Options, u32) -> Request,
    ) -> Result<OwnedObjectPath> {
        let uid = caller::uid(call.connection, &call.header).await?;
        let file = self.requests.open(open).await?;
        let request = |file| request(file, parsed.options, uid);
        let wait = parsed.wait.then_some(uid);
        self.requests.transfer(file, name, wait, request).await
    }
}

/// A method call of a caller who has to be identified.
struct Call<'c> {
    header: Header<'c>,
    connection: &'c Connection,
}

/// The request of an upload.
fn upload(server: String, remote: String) -> impl FnOnce(LocalFile, Options, u32) -> Request {
    move |source, options, uid| Request::Upload {
        server,
        source,
        remote,
        options,
        uid,
    }
}

/// The request of a download.
fn download(server: String, remote: String) -> impl FnOnce(LocalFile, Options, u32) -> Request {
    move |sink, options, uid| Request::Download {
        server,
        remote,
        sink,
        options,
        uid,
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
        self.transfer(call, parsed, local, open, upload(server, remote))
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
        self.transfer(call, parsed, String::new(), open, upload(server, remote))
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
        self.transfer(call, parsed, local, open, download(server, remote))
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
        self.transfer(call, parsed, String::new(), open, download(server, remote))
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
        self.requests.ask(Request::Disconnect).await.map(drop)
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
