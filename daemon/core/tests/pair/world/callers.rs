//! Requests of several callers and to several servers, and the end of a session.

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::LocalFile;
use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{CallerId, Operation, Request, Ticket};
use modem_ftp_core::api::status::TransferId;

use super::requests::UID;
use super::{SinkPlan, World};

impl World {
    /// A sink like this, which the shell holds open.
    pub fn add_sink(&mut self, plan: SinkPlan) -> LocalFile {
        self.shell.files.add_sink(self.now, plan)
    }

    /// Calls an operation as this caller and waits for the reply.
    pub fn call_as(&mut self, caller: &str, operation: Operation) -> Result<Reply, Failure> {
        let ticket = self.begin_as(caller, "", operation);
        self.reply(ticket)
    }

    /// Calls an operation on a server as this caller; its reply comes later.
    pub fn begin_as(&mut self, caller: &str, server: &str, operation: Operation) -> Ticket {
        self.request(Request::Remote {
            server: server.into(),
            operation,
            caller: CallerId(caller.into()),
            uid: Some(UID),
        })
    }

    /// Closes the session and waits for the reply.
    pub fn disconnect(&mut self) -> Result<Reply, Failure> {
        self.disconnect_as("")
    }

    /// Queues an upload as this caller.
    pub fn upload_as(&mut self, caller: &str, bytes: &[u8], remote: &str) -> TransferId {
        let source = self.source(bytes);
        self.queue(|server| Request::Upload {
            server,
            source,
            remote: remote.into(),
            options: Options::default(),
            caller: CallerId(caller.into()),
            uid: UID,
        })
    }

    /// Queues an upload to this server.
    pub fn upload_to(
        &mut self,
        server: &str,
        bytes: &[u8],
        remote: &str,
        options: Options,
    ) -> TransferId {
        let source = self.source(bytes);
        let server = server.to_owned();
        self.queue(|_| Request::Upload {
            server,
            source,
            remote: remote.into(),
            options,
            uid: UID,
            caller: CallerId::default(),
        })
    }

    /// This caller closes the session, and waits for the reply.
    pub fn disconnect_as(&mut self, caller: &str) -> Result<Reply, Failure> {
        let ticket = self.request(Request::Disconnect {
            caller: CallerId(caller.into()),
            uid: Some(UID),
        });
        self.reply(ticket)
    }

    /// This caller is no longer there.
    pub fn vanish(&mut self, caller: &str) {
        let ticket = self.request(Request::Gone(CallerId(caller.into())));
        assert_eq!(self.reply(ticket), Ok(Reply::Done));
    }
}
