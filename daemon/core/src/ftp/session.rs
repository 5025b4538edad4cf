//! [`Session`]: the module's one FTP session (docs/module/at-ftp.md §1.3). A close has ended when
//! its result comes, not at its OK (docs/module/quirks.md F1).

use std::time::Instant;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Ftp;
use super::{login, tls};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::settings::Server;
use crate::api::status::SessionState;
use crate::at::quote::RemotePath;

/// The session, open or not.
pub struct Session {
    ftp: Ftp,
    open: Option<Server>,
    /// The directory it was in after login; the inner `None`: it cannot be returned to by name.
    home: Option<Option<RemotePath>>,
    used: Instant,
    /// The server of the last login, and what came of it.
    last_login: Option<(String, Result<(), Failure>)>,
}

impl Session {
    /// No session yet.
    pub fn new(ftp: Ftp) -> Self {
        let used = ftp.link().now().instant;
        Self {
            ftp,
            open: None,
            home: None,
            used,
            last_login: None,
        }
    }

    /// When it is to be closed unless it is used before; `None` while closed.
    pub fn idle_deadline(&self) -> Option<Instant> {
        let server = self.open.as_ref()?;
        Some(self.used + server.idle_timeout)
    }

    /// Whether it is open with settings that are no longer those of its server: it is to be closed,
    /// and with it goes an old password.
    pub fn is_outdated(&self) -> bool {
        let settings = self.ftp.link().settings();
        let is_old = |open: &Server| settings.server(&open.name) != Some(open);
        self.open.as_ref().is_some_and(is_old)
    }

    /// Notes that it was used just now.
    pub fn touch(&mut self) {
        self.used = self.ftp.link().now().instant;
    }

    /// Makes sure that a session with the server of this name is open. Returns whether it was
    /// already (the server may have dropped it meanwhile).
    ///
    /// # Errors
    /// `ConnectFailed`, `TlsFailed`, `LoginFailed` …; the session is closed then.
    pub async fn open(&mut self, name: &str) -> Result<bool, Failure> {
        let settings = self.ftp.link().settings();
        let server = settings.server(name).ok_or_else(|| {
            Failure::new(
                ErrorName::InvalidArguments,
                format!("server {name:?} is no longer configured"),
            )
        })?;
        if self.open.as_ref() == Some(server) {
            self.touch();
            return Ok(true);
        }
        self.close().await?;
        self.show(SessionState::Opening, &server.name);
        let logged_in = login::log_in(&self.ftp, server).await;
        let logged_in = logged_in.map_err(outlasting);
        let has_worked = self.ftp.link().has_logged_in(server);
        let logged_in = match has_worked {
            true => logged_in.map_err(passing),
            false => logged_in,
        };
        self.last_login = Some((server.name.clone(), logged_in.clone()));
        match logged_in {
            Ok(()) => {
                self.ftp.link().begin_session(&server.name);
                self.ftp.link().note_login(server);
                self.show(SessionState::Idle, &server.name);
                self.open = Some(server.clone());
                self.home = None;
                self.touch();
                Ok(false)
            }
            Err(failure) => {
                if failure.scope <= Scope::Session {
                    // It may be half open.
                    login::log_out(self.ftp.link()).await?;
                }
                self.show(SessionState::Closed, "");
                Err(failure)
            }
        }
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
        let ended = login::log_out(self.ftp.link()).await;
        self.show(SessionState::Closed, "");
        ended
    }

    /// The session is gone, with the PDP context, the module or the port.
    pub fn forget(&mut self) {
        if let Some(server) = self.open.take() {
            self.ftp.link().note_cut(&server.name);
        }
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
            Scope::Session => {
                // What the server refuses in so many words is no cut; 503 says that it lost the login.
                let is_said = failure.reply.is_some_and(|reply| reply != 503);
                let is_cut = !(is_said && failure.is_refusal());
                if let Some(server) = self.open.as_ref().filter(|_| is_cut) {
                    self.ftp.link().note_cut(&server.name);
                }
                self.close().await
            }
            Scope::Context | Scope::Module | Scope::Line => {
                self.forget();
                Err(failure.clone())
            }
        }
    }

    /// Shows what the session does.
    fn show(&self, session: SessionState, server: &str) {
        self.ftp.modem().show_session(session, server);
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

    /// Whether the login that failed last did so on the way to the server: the network or the server
    /// may be to blame.
    pub fn could_not_be_reached(&self) -> bool {
        let login = self.last_login.as_ref().map(|(_, login)| login);
        login.is_some_and(|login| login.as_ref().is_err_and(is_on_the_way))
    }

    /// The server of the last login and what came of it, once.
    pub fn take_last_login(&mut self) -> Option<(String, Result<(), Failure>)> {
        self.last_login.take()
    }

    /// The directory it was in after login, as far as that was found out: the outer `None` is not
    /// asked yet, the inner one that it cannot be returned to by name.
    pub(super) fn home(&self) -> Option<Option<&RemotePath>> {
        self.home.as_ref().map(Option::as_ref)
    }

    /// The directory it was in after login was found out.
    pub(super) fn set_home(&mut self, home: Option<RemotePath>) {
        self.home = Some(home);
    }

    /// What outlives this session.
    pub fn ftp(&self) -> &Ftp {
        &self.ftp
    }

    /// `failure` of a data connection, with what to change where TLS may be the cause.
    pub fn explain(&self, failure: Failure) -> Failure {
        match &self.open {
            Some(server) => tls::explain_data(server, failure),
            None => failure,
        }
    }

    /// The server the session is with.
    pub fn server(&self) -> Option<&Server> {
        self.open.as_ref()
    }
}

/// A login that failed is not tried again in a few seconds. A code of the module's TCP/IP stack says
/// nothing of the server, even if it blames a parameter (docs/module/quirks.md N3).
fn outlasting(failure: Failure) -> Failure {
    let stack = matches!(failure.code, Some(550..=574));
    if stack && failure.retry == Retry::Never {
        let name = ErrorName::ConnectFailed;
        let failure = Failure { name, ..failure };
        return failure.retry(Retry::Later).scope(Scope::Session);
    }
    match failure.retry {
        Retry::Soon => failure.retry(Retry::Later),
        Retry::Later | Retry::Slowly | Retry::Never => failure,
    }
}

/// The same login has worked: whatever the server says, it is refused for now, as while a server
/// restarts.
fn passing(failure: Failure) -> Failure {
    match failure.retry {
        Retry::Never if failure.is_of_server() => {
            let text = format!("{}; this login has worked before", failure.text);
            Failure {
                text: text.into(),
                ..failure
            }
            .retry(Retry::Slowly)
        }
        _ => failure,
    }
}

/// Whether a login failed on the way to the server.
fn is_on_the_way(failure: &Failure) -> bool {
    let name = matches!(failure.name, ErrorName::ConnectFailed | ErrorName::Timeout);
    name && failure.scope == Scope::Context && failure.code.is_some()
}
