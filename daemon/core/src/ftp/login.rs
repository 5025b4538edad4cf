//! Login: every setting is sent before every open (nothing says that they last,
//! docs/module/at-ftp.md §2.1), then TLS, QFTPOPEN and the directory.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Ftp;
use super::{diagnosis, tls};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::settings::{Security, Server};
use crate::at::command::ftp::{ChangeDirectory, Close, Open, SessionStatus, Setting, Status};
use crate::at::quote::{Host, Password, RemotePath, User};
use crate::link::{Link, OnAbort};

/// Between two questions whether the module has finished what it was doing.
const POLL: Duration = Duration::from_secs(1);
/// Questions in all: rsptimeout is 180 s at most, and a margin.
const POLLS: u32 = 200;

/// Logs in to a server.
///
/// # Errors
/// `ConnectFailed`, `TlsFailed`, `LoginFailed` and others; the session may be half open then.
pub async fn log_in(ftp: &Ftp, server: &Server) -> Result<(), Failure> {
    let link = ftp.link();
    let handshake = match server.security {
        Security::None => Duration::ZERO,
        Security::Implicit | Security::Explicit => server.tls.handshake_timeout,
    };
    link.set_time_outs(server.response_timeout, handshake);
    wait_while_busy(link).await?;
    send_settings(ftp, server).await?;
    if server.security != Security::None {
        tls::prepare(ftp.modem(), server).await?;
    }
    open(ftp, server).await?;
    if server.directory.is_empty() {
        return Ok(());
    }
    change_directory(link, server).await
}

/// Logs out. A server that has closed the connection already is no failure.
///
/// # Errors
/// With scope `Context` or more: the close did not end.
pub async fn log_out(link: &Link) -> Result<(), Failure> {
    match link.send(Close).await {
        Ok(()) => Ok(()),
        Err(failure) if failure.scope <= Scope::Session => {
            tracing::debug!("{failure} (on close)");
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

/// Waits until the module has finished what was begun before the daemon started (603, state 0, 2
/// or 3).
async fn wait_while_busy(link: &Link) -> Result<(), Failure> {
    for _ in 0..POLLS {
        match link.send(Status).await {
            Ok(SessionStatus::Closed) => return Ok(()),
            Ok(SessionStatus::Idle) => return log_out(link).await,
            Ok(_) if link.is_stopping() => break,
            Ok(_) => link.sleep(POLL, OnAbort::GoOn).await?,
            // If something is wrong with the session, the open reports it.
            Err(failure) if failure.scope <= Scope::Session => return Ok(()),
            Err(failure) => return Err(failure),
        }
    }
    Err(Failure::new(
        ErrorName::Timeout,
        "the module's FTP session does not come to rest",
    )
    .retry(Retry::Later)
    .scope(Scope::Context))
}

async fn send_settings(ftp: &Ftp, server: &Server) -> Result<(), Failure> {
    let link = ftp.link();
    let context = link.settings().network.context;
    let settings = [
        Setting::Context(context),
        Setting::Account {
            user: User::or_empty("user name", &server.user)?,
            password: Password::new("password", &server.password)?,
        },
        Setting::Ascii(!server.binary),
        Setting::Passive(server.passive),
        Setting::ResponseTimeout(server.response_timeout.as_secs() as u8),
        Setting::Security(server.security as u8),
        Setting::SslContext(server.tls.context),
        Setting::ControlAddress(server.data_address_control),
    ];
    for setting in settings {
        link.send(setting).await?;
    }
    ftp.modem().show(shown(server, context), |status, shown| {
        status.settings = shown
    });
    Ok(())
}

/// `Modem1.Settings`: what was sent, without the password.
fn shown(server: &Server, context: u8) -> Vec<(String, String)> {
    let settings = [
        ("account", server.user.clone()),
        ("filetype", u8::from(!server.binary).to_string()),
        ("transmode", u8::from(server.passive).to_string()),
        ("contextid", context.to_string()),
        ("rsptimeout", server.response_timeout.as_secs().to_string()),
        ("ssltype", (server.security as u8).to_string()),
        ("sslctxid", server.tls.context.to_string()),
        (
            "data_address",
            u8::from(server.data_address_control).to_string(),
        ),
    ];
    let settings = settings.into_iter();
    settings
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

/// Sends QFTPOPEN, and finds out why a TLS handshake failed.
async fn open(ftp: &Ftp, server: &Server) -> Result<(), Failure> {
    let host = Host::new("host name", &server.host)?;
    let port = server.port;
    let Err(failure) = ftp.link().send(Open { host, port }).await else {
        ftp.modem().note_login_result(true);
        ftp.logged_in();
        return Ok(());
    };
    if failure.name == ErrorName::Timeout && failure.code.is_none() {
        ftp.modem().note_login_result(false);
    }
    Err(match failure.name {
        ErrorName::TlsFailed => diagnosis::of(ftp.link(), server, failure).await,
        _ => failure,
    })
}

/// Changes to the configured directory. There is no other one to fall back to: files would go
/// somewhere else.
async fn change_directory(link: &Link, server: &Server) -> Result<(), Failure> {
    let path = RemotePath::new("directory", &server.directory)?;
    let changed = link.send(ChangeDirectory { path }).await;
    changed.map_err(|failure| {
        let Server {
            directory, name, ..
        } = server;
        failure.context(format!(
            "after login, changing to the directory {directory} of the server {name}"
        ))
    })
}
