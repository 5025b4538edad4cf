//! What a scenario requests: transfers, calls, faults.

use std::time::Duration;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::{Handle, LocalFile};
use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, CallerId, Operation, Request, Ticket};
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::status::{TransferId, TransferState, TransferStatus};
use virtual_bg96::fault::Knob;
use virtual_bg96::module::Injection;

use super::World;
use super::line::Replacement;
use super::{SinkPlan, SourcePlan};

/// The owner of every transfer.
pub(super) const UID: u32 = 1000;

impl World {
    /// Makes a request; its reply comes later.
    pub fn request(&mut self, request: Request) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.engine.request(self.now(), ticket, request);
        self.settle();
        ticket
    }

    /// Waits for a reply.
    pub fn reply(&mut self, ticket: Ticket) -> Result<Reply, Failure> {
        self.run_until(|world| world.seen.replies.contains_key(&ticket));
        self.seen.replies[&ticket].clone()
    }

    /// Calls an operation on the default server and waits for the reply.
    pub fn call(&mut self, operation: Operation) -> Result<Reply, Failure> {
        let ticket = self.begin(operation);
        self.reply(ticket)
    }

    /// Calls an operation on the default server; its reply comes later.
    pub fn begin(&mut self, operation: Operation) -> Ticket {
        self.begin_as("", "", operation)
    }

    /// Sends a raw command and waits for the reply.
    pub fn raw(&mut self, line: &str) -> Result<Reply, Failure> {
        let ticket = self.request(Request::Command {
            line: Secret::new(line.into()),
            timeout: Duration::from_secs(10),
        });
        self.reply(ticket)
    }

    /// Queues an upload of these bytes.
    pub fn upload(&mut self, bytes: &[u8], remote: &str, options: Options) -> TransferId {
        let plan = SourcePlan {
            bytes: bytes.to_vec(),
            ..SourcePlan::default()
        };
        self.upload_from(plan, remote, options).0
    }

    /// Queues an upload.
    pub fn upload_from(
        &mut self,
        plan: SourcePlan,
        remote: &str,
        options: Options,
    ) -> (TransferId, Handle) {
        let (ticket, handle) = self.begin_upload(plan, remote, options);
        (self.queued(ticket), handle)
    }

    /// Queues an upload; the reply with its number comes later.
    pub fn begin_upload(
        &mut self,
        plan: SourcePlan,
        remote: &str,
        options: Options,
    ) -> (Ticket, Handle) {
        let source = self.shell.files.add_source(plan);
        let handle = source.handle;
        let ticket = self.request(Request::Upload {
            server: String::new(),
            source,
            remote: remote.into(),
            options,
            caller: CallerId::default(),
            uid: UID,
        });
        (ticket, handle)
    }

    /// Queues a download.
    pub fn download(&mut self, remote: &str, options: Options) -> (TransferId, Handle) {
        self.download_to(SinkPlan::default(), remote, options)
    }

    /// Queues a download to a sink like this.
    pub fn download_to(
        &mut self,
        plan: SinkPlan,
        remote: &str,
        options: Options,
    ) -> (TransferId, Handle) {
        let (ticket, handle) = self.begin_download(plan, remote, options);
        (self.queued(ticket), handle)
    }

    /// Queues a download; the reply with its number comes later.
    pub fn begin_download(
        &mut self,
        plan: SinkPlan,
        remote: &str,
        options: Options,
    ) -> (Ticket, Handle) {
        let sink = self.add_sink(plan);
        let handle = sink.handle;
        let ticket = self.request(Request::Download {
            server: String::new(),
            remote: remote.into(),
            sink,
            options,
            caller: CallerId::default(),
            uid: UID,
        });
        (ticket, handle)
    }

    /// Makes a request for a transfer on the default server, and waits for its number.
    pub(super) fn queue(&mut self, request: impl FnOnce(String) -> Request) -> TransferId {
        let ticket = self.request(request(String::new()));
        self.queued(ticket)
    }

    /// Waits for the number of a transfer.
    pub fn queued(&mut self, ticket: Ticket) -> TransferId {
        match self.reply(ticket) {
            Ok(Reply::Queued(id)) => id,
            other => panic!("not queued: {other:?}"),
        }
    }

    /// The number of a transfer, if it was told.
    pub fn told(&self, ticket: Ticket) -> Option<TransferId> {
        match self.seen.replies.get(&ticket) {
            Some(Ok(Reply::Queued(id))) => Some(*id),
            _ => None,
        }
    }

    /// A source for a request that is to be refused.
    pub fn source(&mut self, bytes: &[u8]) -> LocalFile {
        self.shell.files.add_source(SourcePlan {
            bytes: bytes.to_vec(),
            ..SourcePlan::default()
        })
    }

    /// Waits for a transfer's end.
    pub fn finish(&mut self, id: TransferId) -> TransferStatus {
        self.run_until(|world| world.transfer(id).state.is_final());
        self.transfer(id).clone()
    }

    /// Waits until a transfer has that state.
    pub fn until_transfer(&mut self, id: TransferId, state: TransferState) {
        self.run_until(|world| world.transfer(id).state == state);
    }

    /// Uploads with default options; the transfer must be done.
    pub fn put(&mut self, bytes: &[u8], remote: &str) -> TransferStatus {
        let id = self.upload(bytes, remote, Options::default());
        let status = self.finish(id);
        assert_eq!(
            status.state,
            TransferState::Done,
            "{status:?}, {}",
            self.dialogue()
        );
        status
    }

    /// Uploads with as many attempts as it takes, whatever failures are still scripted.
    pub fn put_patiently(&mut self, bytes: &[u8], remote: &str) {
        let options = Options {
            retries: 30,
            ..Options::default()
        };
        for _ in 0..4 {
            let id = self.upload(bytes, remote, options.clone());
            if self.finish(id).state == TransferState::Done {
                return;
            }
        }
        panic!("it never works again, {}", self.dialogue());
    }

    /// Downloads with default options; the transfer must be done.
    pub fn get(&mut self, remote: &str) -> Vec<u8> {
        let (id, handle) = self.download(remote, Options::default());
        let status = self.finish(id);
        assert_eq!(status.state, TransferState::Done, "{status:?}");
        self.landed(handle).expect("a file under its final name")
    }

    /// The content of a sink's final name.
    pub fn landed(&self, handle: Handle) -> Option<Vec<u8>> {
        self.shell.files.landed(handle)
    }

    /// What was written to a pipe so far.
    pub fn written(&self, handle: Handle) -> &[u8] {
        self.shell.files.written(handle)
    }

    /// Whether a local file was released.
    pub fn is_released(&self, handle: Handle) -> bool {
        self.shell.files.is_released(handle)
    }

    /// Whether no local file is open.
    pub fn holds_nothing(&self) -> bool {
        self.shell.files.is_empty()
    }

    /// More bytes for a pipe, or its end.
    pub fn feed(&mut self, handle: Handle, bytes: &[u8], end: bool) {
        self.shell.files.feed(handle, bytes, end);
    }

    /// Somebody writes other bytes into a source.
    pub fn rewrite(&mut self, handle: Handle, bytes: &[u8]) {
        self.shell.files.rewrite(handle, bytes);
    }

    /// Whether there is a file under the staging name of a sink.
    pub fn is_staged(&self, handle: Handle) -> bool {
        self.shell.files.is_staged(handle)
    }

    /// Whether the disk of a sink still refuses something.
    pub fn fault_is_left(&self, handle: Handle) -> bool {
        self.shell.files.has_fault(handle)
    }

    /// The disk of a sink works again.
    pub fn repair(&mut self, handle: Handle) {
        self.shell.files.repair(handle);
    }

    /// Calls a method of a transfer; its reply comes later.
    pub fn act(&mut self, id: TransferId, action: Action) -> Ticket {
        self.request(Request::Transfer {
            id,
            action,
            uid: UID,
        })
    }

    /// Replaces a text of the module on the line, the next `times` times.
    pub fn replace(&mut self, said: impl AsRef<[u8]>, heard: impl AsRef<[u8]>, times: usize) {
        self.line.replacements.push(Replacement {
            said: said.as_ref().to_vec(),
            heard: heard.as_ref().to_vec(),
            times,
            done: 0,
        });
    }

    /// Sets a fault of the simulator.
    pub fn fault(&mut self, fault: &str) {
        let fault = fault.parse().expect("a fault");
        self.inject(Injection::Fault(fault));
        if fault_is_strict(self) {
            self.line.strict = true;
        }
    }

    /// Clears a fault of the simulator.
    pub fn heal(&mut self, name: &str) {
        self.inject(Injection::Clear(Knob::named(name).expect("a knob")));
    }

    /// Something happens to the module.
    pub fn inject(&mut self, injection: Injection) {
        self.port.inject(self.now, injection);
    }
}

/// This fault is carried out by the transport.
fn fault_is_strict(world: &World) -> bool {
    world.port.module().has_fault(Knob::StrictBaud)
}
