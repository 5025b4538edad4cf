//! `org.example.ModemFtp`, the interface of the manager object.

use modem_ftp_core::api::options::IfExists;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use zbus::Fd;
use zbus::message::Message;

use super::call::{Call, invalid};
use super::calls::{Calls, download, upload};
use super::entries::{AllNames, Entries};
use super::error::CallError;
use super::history;
use super::local::Local;
use super::options::{self, Borrowed, Given};
use super::properties::{self, Properties};
use super::publisher::Servers;
use super::requests::{Requests, local_path, unexpected};
use super::shared::Shared;
use super::standard::unknown_method;
use super::turns::Turns;
use crate::store::Storage;

type Result<T> = std::result::Result<T, CallError>;

/// The manager object.
pub struct Manager {
    requests: Requests,
    storage: Storage,
    servers: Shared<Servers>,
    warnings: Shared<Vec<String>>,
    calls: Calls,
    /// Receipts are read for one call at a time.
    histories: Turns,
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
            histories: Turns::default(),
        }
    }

    /// Its properties.
    pub fn properties(&self) -> Properties {
        let version = properties::version();
        let servers = &self.servers;
        let servers = servers.read(|servers| properties::servers(&servers.names, &servers.default));
        let warnings = self
            .warnings
            .read(|warnings| properties::warnings(warnings));
        [version, servers, warnings].concat()
    }

    /// Handles a method call.
    ///
    /// # Errors
    /// `InvalidArguments`; the failure that the engine replies; there is no such method.
    pub async fn call(&self, call: &Call, member: &str) -> Result<Message> {
        match member {
            "Upload" => self.upload(call).await,
            "UploadFd" => self.upload_fd(call).await,
            "Download" => self.download(call).await,
            "DownloadFd" => self.download_fd(call).await,
            "List" => match self.remote(call, Operation::List).await? {
                Reply::Entries(listing) => call.reply_large(|| Entries(listing)).await,
                _ => Err(unexpected()),
            },
            "ListRaw" => match self.remote(call, Operation::ListRaw).await? {
                Reply::Bytes(listing) => call.reply_large(|| listing).await,
                _ => Err(unexpected()),
            },
            "ListFd" => {
                // Whose descriptor it is has to be known when it is closed.
                call.uid().await?;
                let (server, path, sink) = call.read_arguments(|body| {
                    let (server, path, sink): (_, _, Fd<'_>) =
                        body.deserialize().map_err(invalid)?;
                    Ok((server, path, sink.try_into().map_err(invalid)?))
                })?;
                self.calls.list_into(call, server, path, sink).await
            }
            "ListNames" => match self.remote(call, Operation::ListNames).await? {
                Reply::Names(names) => call.reply_large(|| AllNames(names)).await,
                _ => Err(unexpected()),
            },
            "Stat" => match self.remote(call, Operation::Stat).await? {
                Reply::Stat { size, modified } => call.reply(&properties::stat(size, modified)),
                _ => Err(unexpected()),
            },
            "Delete" => self.done(call, Operation::Delete).await,
            "Rename" => {
                let (server, from, to) = call.arguments()?;
                self.calls
                    .done(call, server, Operation::Rename(from, to))
                    .await
            }
            "MakeDirectory" => self.done(call, Operation::MakeDirectory).await,
            "RemoveDirectory" => self.done(call, Operation::RemoveDirectory).await,
            "ChangeDirectory" => {
                let (server, path) = call.arguments()?;
                self.calls.change_directory(call, server, path).await
            }
            "WorkingDirectory" => {
                let operation = Operation::WorkingDirectory;
                match self
                    .calls
                    .remote(call, call.arguments()?, operation)
                    .await?
                {
                    Reply::Text(path) => call.reply(&path),
                    _ => Err(unexpected()),
                }
            }
            "Connect" => {
                let server = call.arguments()?;
                self.calls.done(call, server, Operation::Connect).await
            }
            "Disconnect" => self.calls.disconnect(call).await,
            "History" => self.history(call).await,
            "Reload" => {
                // As a call of whom it counts.
                call.uid().await?;
                self.requests.reload().await?;
                call.reply(&())
            }
            member => Err(unknown_method(member)),
        }
    }

    async fn upload(&self, call: &Call) -> Result<Message> {
        let (server, local, remote, options): (_, String, _, Given) = call.arguments()?;
        let parsed = options::parse(&options)?;
        let file = Local::Source(local_path(&local)?);
        self.calls
            .transfer(call, parsed, local, file, upload(server, remote))
            .await
    }

    async fn upload_fd(&self, call: &Call) -> Result<Message> {
        call.uid().await?;
        let (server, source, remote, parsed) = call.read_arguments(|body| {
            let (server, source, remote, options): (_, Fd<'_>, _, Borrowed<'_>) =
                body.deserialize().map_err(invalid)?;
            let parsed = options::parse_borrowed(&options)?;
            Ok((server, source.try_into().map_err(invalid)?, remote, parsed))
        })?;
        let file = Local::SourceFd(source, parsed.spool);
        self.calls
            .transfer(call, parsed, String::new(), file, upload(server, remote))
            .await
    }

    async fn download(&self, call: &Call) -> Result<Message> {
        let (server, remote, local, options): (_, _, String, Given) = call.arguments()?;
        let parsed = options::parse(&options)?;
        let path = local_path(&local)?;
        let fail_if_exists = parsed.options.if_exists == IfExists::Fail;
        let file = Local::Sink(path, fail_if_exists);
        self.calls
            .transfer(call, parsed, local, file, download(server, remote))
            .await
    }

    async fn download_fd(&self, call: &Call) -> Result<Message> {
        call.uid().await?;
        let (server, remote, sink, parsed) = call.read_arguments(|body| {
            let (server, remote, sink, options): (_, _, Fd<'_>, Borrowed<'_>) =
                body.deserialize().map_err(invalid)?;
            let parsed = options::parse_borrowed(&options)?;
            Ok((server, remote, sink.try_into().map_err(invalid)?, parsed))
        })?;
        let file = Local::SinkFd(sink);
        self.calls
            .transfer(call, parsed, String::new(), file, download(server, remote))
            .await
    }

    async fn history(&self, call: &Call) -> Result<Message> {
        let given: Given = call.arguments()?;
        let filter = history::filter(&given, call.uid().await?)?;
        // Before receipts are read: they wait for nothing but the reply.
        let _turn = self.histories.take(&call.caller().0).await?;
        let page = self.storage.history(filter).await?;
        let receipts = || page.entries.into_iter().map(history::receipt);
        call.reply_large(|| receipts().collect::<Vec<_>>()).await
    }

    /// An operation with one path on a server.
    async fn remote(&self, call: &Call, operation: fn(String) -> Operation) -> Result<Reply> {
        let (server, path) = call.arguments()?;
        self.calls.remote(call, server, operation(path)).await
    }

    /// The same, without a value in its reply.
    async fn done(&self, call: &Call, operation: fn(String) -> Operation) -> Result<Message> {
        let (server, path) = call.arguments()?;
        self.calls.done(call, server, operation(path)).await
    }
}
