//! Requests, as far as they can be decided at once: what is wrong with them is answered
//! before anything is queued; what needs the module is queued.

use std::sync::Arc;
use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::calls::{Call, Calls, Work};
use super::published::publish_servers;
use super::transfer_orders::{check_local, check_options, known_server};
use crate::api::failure::Failure;
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::request::{CallerId, Operation, Request, Ticket};
use crate::api::secret::Secret;
use crate::api::settings::{Server, Settings};
use crate::api::status::{Direction, ModemState};
use crate::at::command::raw::Raw;
use crate::ftp::{Ftp, Place, path};
use crate::link::Port;
use crate::modem::{ModuleCall, ModuleWork};
use crate::transfer::{Order, Transfers};

/// How long a call may wait for a module that is on its way online.
const WAIT_ONLINE: Duration = Duration::from_secs(60);

/// How long the final result of a raw line may take.
const RAW_TIMEOUT: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(1)..=Duration::from_secs(600);

/// `Ok(None)`: the reply comes later.
type Accepted = Result<Option<Reply>, Failure>;

/// Where requests go.
pub struct Requests {
    ftp: Ftp,
    transfers: Transfers,
    calls: Calls,
}

impl Requests {
    /// Requests for these.
    pub fn new(ftp: Ftp, transfers: Transfers, calls: Calls) -> Self {
        Self {
            ftp,
            transfers,
            calls,
        }
    }

    /// Accepts one request, or refuses it.
    pub fn accept(&self, ticket: Ticket, request: Request) {
        let reply = match request {
            Request::Upload {
                server,
                source,
                remote,
                options,
                caller,
                uid,
            } => self.transfer(
                ticket,
                &caller,
                Order {
                    direction: Direction::Upload,
                    server,
                    local: source,
                    remote,
                    options,
                    uid,
                },
            ),
            Request::Download {
                server,
                remote,
                sink,
                options,
                caller,
                uid,
            } => self.transfer(
                ticket,
                &caller,
                Order {
                    direction: Direction::Download,
                    server,
                    local: sink,
                    remote,
                    options,
                    uid,
                },
            ),
            Request::Remote {
                server,
                operation,
                caller,
                uid,
            } => {
                let place = Place {
                    caller,
                    uid,
                    server,
                };
                self.remote(ticket, place, operation)
            }
            Request::Disconnect { caller, uid } => self
                .check_online()
                .and_then(|()| self.call(ticket, uid, Work::Disconnect(caller))),
            Request::Gone(caller) => {
                self.ftp.forget_directories(&caller);
                Ok(Some(Reply::Done))
            }
            Request::Transfer { id, action, uid } => {
                self.transfers.act(ticket, id, action, uid).map(|()| None)
            }
            Request::Reset => self.module_call(ticket, ModuleWork::Reset),
            Request::Command { line, timeout } => self.command(ticket, line, timeout),
            Request::Reload(settings) => {
                self.reload(*settings);
                Ok(Some(Reply::Done))
            }
        };
        let link = self.ftp.link();
        match reply {
            Ok(None) => {}
            Ok(Some(reply)) => link.put(Output::Reply(ticket, Ok(reply))),
            Err(failure) => link.put(Output::Reply(ticket, Err(failure))),
        }
    }

    /// Accepts a transfer; the reply comes when it is stored.
    fn transfer(&self, ticket: Ticket, caller: &CallerId, order: Order) -> Accepted {
        let (handle, key) = (order.local.handle, order.local.key.clone());
        let accepted = self
            .check(caller, order)
            .and_then(|order| self.transfers.accept(ticket, order));
        if accepted.is_err() {
            self.ftp.link().put(Output::Release(handle, key));
        }
        accepted.map(|()| None)
    }

    /// The order with its server's configured name and its remote path resolved.
    fn check(&self, caller: &CallerId, order: Order) -> Result<Order, Failure> {
        let settings = self.ftp.link().settings();
        let server = known_server(&settings, &order.server)?;
        path::check_file(&order.remote)?;
        let directory = self.directory(caller, server);
        let remote = path::resolve(directory.as_deref(), &order.remote);
        path::check_file(&remote)?;
        let options = server.complete(order.options);
        check_options(order.direction, server, &options)?;
        check_local(order.direction, &order.local, &options)?;
        Ok(Order {
            server: server.name.clone(),
            remote,
            options,
            ..order
        })
    }

    /// Where the relative paths of a caller start: its working directory, else the server's
    /// configured one. `None`: where every session stands.
    fn directory(&self, caller: &CallerId, server: &Server) -> Option<String> {
        let own = self.ftp.directory(caller, &server.name);
        let configured = || Some(server.directory.clone()).filter(|path| path.starts_with('/'));
        own.or_else(configured)
    }

    fn remote(&self, ticket: Ticket, place: Place, operation: Operation) -> Accepted {
        let settings = self.ftp.link().settings();
        let server = known_server(&settings, &place.server)?;
        let place = Place {
            server: server.name.clone(),
            ..place
        };
        path::check_operation(&operation)?;
        match &operation {
            Operation::WorkingDirectory => {
                if let Some(own) = self.ftp.directory(&place.caller, &place.server) {
                    return Ok(Some(Reply::Text(own)));
                }
            }
            Operation::ChangeDirectory(_) => self.ftp.check_directory_room(&place)?,
            _ => {}
        }
        let directory = self.directory(&place.caller, server);
        let operation = path::resolve_operation(directory.as_deref(), operation);
        path::check_operation(&operation)?;
        self.check_online()?;
        self.call(ticket, place.uid, Work::Remote(place, operation))
    }

    fn command(&self, ticket: Ticket, line: Secret, timeout: Duration) -> Accepted {
        if !self.ftp.link().settings().modem.allow_raw_commands {
            return Err(Failure::new(
                ErrorName::NotAuthorized,
                "raw commands are switched off (modem.allow_raw_commands)",
            ));
        }
        Raw::new(line.expose(), timeout)?;
        if !RAW_TIMEOUT.contains(&timeout) {
            return Err(Failure::new(
                ErrorName::InvalidArguments,
                "the time-out of an AT line is 1 to 600000 ms",
            ));
        }
        self.module_call(ticket, ModuleWork::Raw(line, timeout))
    }

    fn call(&self, ticket: Ticket, uid: Option<u32>, work: Work) -> Accepted {
        self.calls.check_room(uid)?;
        self.calls.queue(Call {
            ticket,
            work,
            uid,
            expires: self.ftp.link().after(WAIT_ONLINE),
        });
        Ok(None)
    }

    fn module_call(&self, ticket: Ticket, work: ModuleWork) -> Accepted {
        if let Port::Closed(reason) = self.ftp.link().port() {
            return Err(Failure::new(ErrorName::ModemUnavailable, reason));
        }
        self.calls.check_module_room()?;
        self.ftp
            .modem()
            .queue_module_call(ModuleCall { ticket, work });
        Ok(None)
    }

    /// Whether the module is online or on its way there by itself.
    fn check_online(&self) -> Result<(), Failure> {
        let modem = self.ftp.modem();
        match (modem.stage().0, modem.trouble()) {
            (ModemState::Absent | ModemState::Locked | ModemState::Failed, Some(trouble)) => {
                Err(trouble)
            }
            _ => Ok(()),
        }
    }

    fn reload(&self, settings: Settings) {
        let modem = self.ftp.modem();
        let old = modem.link().settings();
        if settings.modem != old.modem || settings.network != old.network {
            modem.reconfigure();
        }
        modem.show(settings.modem.device.clone(), |status, device| {
            status.device = device;
        });
        self.transfers.reconfigured(&old, &settings);
        modem.link().set_settings(Arc::new(settings));
        publish_servers(modem);
    }
}
