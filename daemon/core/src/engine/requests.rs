//! Requests, as far as they can be decided at once: what is wrong with them is answered
//! before anything is queued; what needs the module is queued.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::{actions, publish};
use crate::api::failure::Failure;
use crate::api::local::LocalFile;
use crate::api::options::{IfExists, Options, Verify, Via};
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::request::{Operation, Request, Ticket};
use crate::api::secret::Secret;
use crate::api::settings::Settings;
use crate::api::status::{Direction, ModemState};
use crate::at::command::raw::Raw;
use crate::ftp::path;
use crate::link::state::{Line, State};
use crate::transfer::queue::{Call, Order, Work};

/// How long a call may wait for a module that is on its way online.
const WAIT_ONLINE: Duration = Duration::from_secs(60);

/// How long the final result of a raw line may take.
const RAW_TIMEOUT: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(1)..=Duration::from_secs(600);

/// Takes one request.
pub fn take(state: &mut State, ticket: Ticket, request: Request) {
    let reply = match request {
        Request::Upload {
            server,
            source,
            remote,
            options,
            uid,
        } => accept(
            state,
            Direction::Upload,
            server,
            source,
            remote,
            options,
            uid,
        ),
        Request::Download {
            server,
            remote,
            sink,
            options,
            uid,
        } => accept(
            state,
            Direction::Download,
            server,
            sink,
            remote,
            options,
            uid,
        ),
        Request::Remote { server, operation } => remote(state, ticket, &server, operation),
        Request::Disconnect => online(state).and_then(|()| call(state, ticket, Work::Disconnect)),
        Request::Transfer { id, action, uid } => actions::take(state, ticket, id, action, uid),
        Request::Reset => open(state).and_then(|()| call(state, ticket, Work::Reset)),
        Request::Command { line, timeout } => command(state, ticket, line, timeout),
        Request::Reload(settings) => reload(state, *settings),
    };
    match reply {
        Ok(None) => {}
        Ok(Some(reply)) => {
            publish::transfers(state);
            state.outputs.push_back(Output::Reply(ticket, Ok(reply)));
        }
        Err(failure) => state.outputs.push_back(Output::Reply(ticket, Err(failure))),
    }
}

/// `Ok(None)`: the reply comes later.
pub type Taken = Result<Option<Reply>, Failure>;

fn accept(
    state: &mut State,
    direction: Direction,
    server: String,
    local: LocalFile,
    remote: String,
    options: Options,
    uid: u32,
) -> Taken {
    let handle = local.handle;
    let accepted =
        check(state, direction, &server, &remote, &options).and_then(|(server, remote)| {
            let order = Order {
                direction,
                server,
                local,
                remote,
                options,
                uid,
            };
            state.queue.accept(order, state.now.unix)
        });
    match accepted {
        Ok(id) => Ok(Some(Reply::Queued(id))),
        Err(failure) => {
            state.outputs.push_back(Output::Release(handle));
            Err(failure)
        }
    }
}

/// The server's configured name and the remote path as it stands now.
fn check(
    state: &State,
    direction: Direction,
    server: &str,
    remote: &str,
    options: &Options,
) -> Result<(String, String), Failure> {
    let server = known(state, server)?;
    let remote = path::resolve(state.directories.get(&server).map(String::as_str), remote);
    path::check_file(&remote)?;
    if options.if_exists == IfExists::Resume || options.verify == Verify::Content {
        return Err(Failure::new(
            ErrorName::InvalidArguments,
            "if-exists=resume and verify=content are not available in this version",
        ));
    }
    if options.verify == Verify::Checksum && options.via == Via::Com {
        return Err(Failure::new(
            ErrorName::InvalidArguments,
            "verify=checksum compares through the module's files and cannot go via=com",
        ));
    }
    check_text(state, direction, &server, options)?;
    Ok((server, remote))
}

/// In ASCII type the length on the way is known only at the end: an upload can only be streamed,
/// a download only be counted in the module's files.
fn check_text(
    state: &State,
    direction: Direction,
    server: &str,
    options: &Options,
) -> Result<(), Failure> {
    let text = state
        .settings
        .server(server)
        .is_some_and(|server| !server.binary);
    let stored = options.via == Via::Ufs || options.verify == Verify::Checksum;
    let refused = match direction {
        Direction::Upload => stored,
        Direction::Download => options.via == Via::Com,
    };
    if !(text && refused) {
        return Ok(());
    }
    let text = match direction {
        Direction::Upload => "an upload of ASCII type cannot go through the module's files",
        Direction::Download => "a download of ASCII type can only go through the module's files",
    };
    Err(Failure::new(ErrorName::InvalidArguments, text))
}

/// The configured name behind `server`.
fn known(state: &State, server: &str) -> Result<String, Failure> {
    match state.settings.server(server) {
        Some(server) => Ok(server.name.clone()),
        None if server.is_empty() => Err(Failure::new(
            ErrorName::InvalidArguments,
            "no server is named and none is the default one",
        )),
        None => Err(Failure::new(
            ErrorName::InvalidArguments,
            format!("no server {server:?} is configured"),
        )),
    }
}

fn remote(state: &mut State, ticket: Ticket, server: &str, operation: Operation) -> Taken {
    let server = known(state, server)?;
    path::check_operation(&operation)?;
    online(state)?;
    call(state, ticket, Work::Remote(server, operation))
}

fn command(state: &mut State, ticket: Ticket, line: Secret, timeout: Duration) -> Taken {
    if !state.settings.modem.allow_raw_commands {
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
    open(state)?;
    call(state, ticket, Work::Command(line, timeout))
}

fn call(state: &mut State, ticket: Ticket, work: Work) -> Taken {
    let expires = state.now.instant + WAIT_ONLINE;
    let ticket = Some(ticket);
    state.queue.call(Call {
        ticket,
        work,
        expires,
    })?;
    Ok(None)
}

/// Whether the line is there.
fn open(state: &State) -> Result<(), Failure> {
    match &state.line {
        Line::Open { .. } => Ok(()),
        Line::Opening => Ok(()),
        Line::Closed(reason) => Err(Failure::new(ErrorName::ModemUnavailable, reason.clone())),
    }
}

/// Whether the module is online or on its way there by itself.
fn online(state: &State) -> Result<(), Failure> {
    match (&state.modem.state, &state.trouble) {
        (ModemState::Absent | ModemState::Locked | ModemState::Failed, Some(trouble)) => {
            Err(trouble.clone())
        }
        _ => Ok(()),
    }
}

fn reload(state: &mut State, settings: Settings) -> Taken {
    if settings.modem != state.settings.modem || settings.network != state.settings.network {
        state.notices.reconfigured = true;
    }
    state.modem.device.clone_from(&settings.modem.device);
    state.settings = std::rc::Rc::new(settings);
    publish::servers(state);
    Ok(Some(Reply::Done))
}
