//! [`Calls`]: what the methods of the manager have in common: the caller is identified, its request
//! is sent to the event loop, and the reply awaited.

use std::os::fd::OwnedFd;

use modem_ftp_core::api::local::LocalFile;
use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{CallerId, Operation, Request};
use zbus::message::Message;

use super::call::Call;
use super::directories::Directories;
use super::error::CallError;
use super::local::{Local, Ready};
use super::options::Parsed;
use super::requests::Requests;

type Result<T> = std::result::Result<T, CallError>;

/// Calls about servers.
pub struct Calls {
    requests: Requests,
    directories: Directories,
}

impl Calls {
    /// Calls that send `requests`.
    pub fn new(requests: Requests) -> Self {
        Self {
            requests,
            directories: Directories::default(),
        }
    }

    /// An operation with the files of a server.
    pub async fn remote(&self, call: &Call, server: String, operation: Operation) -> Result<Reply> {
        let request = Request::Remote {
            server,
            operation,
            caller: call.caller(),
            uid: Some(call.uid().await?),
        };
        let (reply, room) = self.requests.ask_large(request).await?;
        call.keep(room);
        Ok(reply)
    }

    /// The same, without a value in its reply.
    pub async fn done(&self, call: &Call, server: String, operation: Operation) -> Result<Message> {
        self.remote(call, server, operation).await?;
        call.reply(&())
    }

    /// `ChangeDirectory`.
    pub async fn change_directory(
        &self,
        call: &Call,
        server: String,
        path: String,
    ) -> Result<Message> {
        let uid = call.uid().await?;
        self.directories
            .forget_gone(call.connection(), &self.requests)
            .await;
        let caller = call.caller();
        let request = Request::Remote {
            server,
            operation: Operation::ChangeDirectory(path),
            caller: caller.clone(),
            uid: Some(uid),
        };
        self.requests.ask(request).await?;
        self.directories.add(caller);
        call.reply(&())
    }

    /// `ListFd`.
    pub async fn list_into(
        &self,
        call: &Call,
        server: String,
        path: String,
        sink: OwnedFd,
    ) -> Result<Message> {
        let file = self.prepare(call, Local::SinkFd(sink)).await?;
        let (caller, uid) = (call.caller(), Some(call.uid().await?));
        let request = |file| Request::Remote {
            server,
            operation: Operation::ListInto(path, file),
            caller,
            uid,
        };
        self.requests.ask_with(file, String::new(), request).await?;
        call.reply(&())
    }

    /// `Disconnect`.
    pub async fn disconnect(&self, call: &Call) -> Result<Message> {
        let request = Request::Disconnect {
            caller: call.caller(),
            uid: Some(call.uid().await?),
        };
        self.requests.ask(request).await?;
        call.reply(&())
    }

    /// What the four transfer methods have in common: makes the local file ready, queues the
    /// transfer and, with the option `wait`, awaits its end. `name` is the file's path, empty for a
    /// descriptor.
    pub async fn transfer(
        &self,
        call: &Call,
        parsed: Parsed,
        name: String,
        local: Local,
        request: impl FnOnce(LocalFile, Options, CallerId, u32) -> Request,
    ) -> Result<Message> {
        let id = call.caller();
        let file = self.prepare(call, local).await?;
        let uid = call.uid().await?;
        let request = |file| request(file, parsed.options, id, uid);
        let wait = parsed.wait.then_some(uid);
        let path = self.requests.transfer(file, name, wait, request).await?;
        call.reply(&path)
    }

    /// Makes a local file ready. If it is a descriptor, it is closed in case of an error.
    async fn prepare(&self, call: &Call, local: Local) -> Result<Ready> {
        let accepted = call.uid().await;
        match accepted.and_then(|uid| Ok((uid, call.slot(uid)?))) {
            Ok((uid, slot)) => {
                let ready = self.requests.prepare(local, uid, slot).await?;
                // It goes to the event loop at once, and is closed there.
                call.let_go();
                Ok(ready)
            }
            Err(error) => {
                call.close(local);
                Err(error)
            }
        }
    }
}

/// The request of an upload.
pub fn upload(
    server: String,
    remote: String,
) -> impl FnOnce(LocalFile, Options, CallerId, u32) -> Request {
    move |source, options, caller, uid| Request::Upload {
        server,
        source,
        remote,
        options,
        caller,
        uid,
    }
}

/// The request of a download.
pub fn download(
    server: String,
    remote: String,
) -> impl FnOnce(LocalFile, Options, CallerId, u32) -> Request {
    move |sink, options, caller, uid| Request::Download {
        server,
        remote,
        sink,
        options,
        caller,
        uid,
    }
}
