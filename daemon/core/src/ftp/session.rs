//! [`Session`]: the module's one FTP session (docs/module/at-ftp.md §1.3). Every setting is sent before
//! every open (nothing says that they last); a close is over at its result, not at its OK
//! (docs/module/quirks.md F1).

use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use super::{diagnosis, tls};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::settings::{Security, Server};
use crate::api::status::SessionState;
use crate::at::command::ftp::{ChangeDirectory, Close, Open, SessionStatus, Setting, Status};
use crate::at::quote::{Host, Password, RemotePath, User};
use crate::link::Link;

/// How often a session that is busy closing is looked at, and how often in all.
const POLL: Duration = Duration::from_secs(1);
/// rsptimeout at most, and a margin.
const POLLS: u32 = 200;

/// The session, open or not.
pub struct Session {
    link: Link,
    open: Option<Server>,
    used: Instant,
}

impl Session {
    /// No session yet.
    pub fn new(link: Link) -> Self {
        let used = link.with(|state| state.now.instant);
        Self {
            link,
            open: None,
            used,
        }
    }

    /// When it is to be closed unless it is used before; `None` while closed.
    pub fn idle_deadline(&self) -> Option<Instant> {
        let server = self.open.as_ref()?;
        Some(self.used + server.idle_timeout)
    }

    /// Notes that it was used just now.
    pub fn touch(&mut self) {
        self.used = self.link.with(|state| state.now.instant);
    }

    /// Makes sure that a session with the server of this name is open. Returns whether it was
    /// already (the server may have dropped it meanwhile).
    ///
    /// # Errors
    /// `ConnectFailed`, `TlsFailed`, `LoginFailed` …; the session is closed then.
    pub async fn open(&mut self, name: &str) -> Result<bool, Failure> {
        let server = self
            .link
            .with(|state| state.settings.server(name).cloned())
            .ok_or_else(|| {
                Failure::new(
                    ErrorName::InvalidArguments,
                    format!("server {name:?} is no longer configured"),
                )
            })?;
        if self.open.as_ref() == Some(&server) {
            self.touch();
            return Ok(true);
        }
        self.close().await?;
        self.show(SessionState::Opening, &server.name);
        let opened = self.log_in(&server).await;
        match opened {
            Ok(()) => {
                self.show(SessionState::Idle, &server.name);
                self.open = Some(server);
                self.touch();
                Ok(false)
            }
            Err(failure) => {
                if failure.scope <= Scope::Session {
                    // Half open or not at all: leave nothing behind.
                    self.end().await?;
                }
                self.show(SessionState::Closed, "");
                Err(failure)
            }
        }
    }

    /// Settings, TLS, open, directory.
    async fn log_in(&self, server: &Server) -> Result<(), Failure> {
        let context = self.link.with(|state| {
            state.response_timeout = server.response_timeout;
            state.handshake_timeout = if server.security == Security::None {
                Duration::ZERO
            } else {
                server.tls.handshake_timeout
            };
            state.settings.network.context
        });
        self.wait_while_busy().await?;
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
            self.link.send(setting).await?;
        }
        self.show_settings(server, context);
        if server.security != Security::None {
            tls::prepare(&self.link, server).await?;
        }
        let host = Host::new("host name", &server.host)?;
        let port = server.port;
        let opened = self.link.send(Open { host, port }).await;
        self.link.with(|state| match &opened {
            Ok(()) => {
                (state.results.seen, state.results.missing) = (true, 0);
                state.logged_in = true;
            }
            Err(failure) if failure.name == ErrorName::Timeout && failure.code.is_none() => {
                state.results.missing = state.results.missing.saturating_add(1);
            }
            Err(_) => {}
        });
        match opened {
            Err(failure) if failure.name == ErrorName::TlsFailed => {
                return Err(diagnosis::of(&self.link, server, failure).await);
            }
            opened => opened?,
        }
        if !server.directory.is_empty() {
            self.change_directory("directory", &server.directory)
                .await?;
        }
        let last = self
            .link
            .with(|state| state.directories.get(&server.name).cloned());
        match last {
            Some(last) => self.restore_directory(server, &last).await,
            None => Ok(()),
        }
    }

    /// Goes back to where `ChangeDirectory` had led before. That it is gone now must not keep
    /// everybody out.
    async fn restore_directory(&self, server: &Server, last: &str) -> Result<(), Failure> {
        match self.change_directory("working directory", last).await {
            Err(failure) if failure.scope == Scope::Command => {
                tracing::warn!("{failure}; the working directory is that of the login again");
                self.link
                    .with(|state| state.directories.remove(&server.name));
                Ok(())
            }
            other => other,
        }
    }

    async fn change_directory(&self, what: &'static str, path: &str) -> Result<(), Failure> {
        let path = RemotePath::new(what, path)?;
        self.link
            .send(ChangeDirectory { path })
            .await
            .map_err(|failure| failure.context("after login"))
    }

    /// Waits until the module has finished what an earlier life left (603, state 0, 2 or 3).
    async fn wait_while_busy(&self) -> Result<(), Failure> {
        for _ in 0..POLLS {
            if self.link.with(|state| state.stopping) {
                break;
            }
            match self.link.send(Status).await {
                Ok(SessionStatus::Closed) => return Ok(()),
                Ok(SessionStatus::Idle) => return self.end().await,
                Ok(_) => self.link.sleep(POLL).await,
                // Whatever it does not like about the question, the open will tell.
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

    /// Closes the session, if one is open.
    ///
    /// # Errors
    /// With scope `Context` or more: the close did not end.
    pub async fn close(&mut self) -> Result<(), Failure> {
        let Some(server) = self.open.take() else {
            return Ok(());
        };
        self.show(SessionState::Closing, &server.name);
        let ended = self.end().await;
        self.show(SessionState::Closed, "");
        ended
    }

    /// Logs out. That the server has gone already is no failure.
    async fn end(&self) -> Result<(), Failure> {
        match self.link.send(Close).await {
            Ok(()) => Ok(()),
            Err(failure) if failure.scope <= Scope::Session => {
                tracing::debug!("{failure} (on close)");
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// The session went away with what carried it.
    pub fn forget(&mut self) {
        self.open = None;
        self.show(SessionState::Closed, "");
    }

    /// After `failure`: whether the session is still usable is seen from its scope; if it is not,
    /// it is closed or forgotten.
    ///
    /// # Errors
    /// `failure` itself, when more than the session broke.
    pub async fn after(&mut self, failure: &Failure) -> Result<(), Failure> {
        match failure.scope {
            Scope::Command => {
                self.touch();
                Ok(())
            }
            Scope::Session => self.close().await,
            Scope::Context | Scope::Module | Scope::Line => {
                self.forget();
                Err(failure.clone())
            }
        }
    }

    /// Shows what the session does.
    pub fn show(&self, session: SessionState, server: &str) {
        self.link.with(|state| {
            state.modem.session = session;
            state.modem.server = server.to_owned();
        });
    }

    /// Shows that bytes move, or no more.
    pub fn transferring(&self, moves: bool) {
        if let Some(server) = &self.open {
            let session = if moves {
                SessionState::Transferring
            } else {
                SessionState::Idle
            };
            self.show(session, &server.name);
        }
    }

    /// The server the session is with.
    pub fn server(&self) -> Option<&Server> {
        self.open.as_ref()
    }

    fn show_settings(&self, server: &Server, context: u8) {
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
        self.link.with(|state| {
            state.modem.settings = settings
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect();
        });
    }
}
