//! What a job in service showed of servers, network and module, and what follows: a server that
//! fails is left alone; the PDP context or the module is rebuilt only if they are to blame
//! (docs/module/quirks.md F2, N3).

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::policy::{CONTEXT_TRIES, Recovery};
use super::second_opinion::{self, Opinion};
use crate::api::failure::{Failure, Retry};
use crate::api::settings::Security;
use crate::ftp::Session;
use crate::transfer::Transfers;

/// Data connections in a row that cannot be opened before the module is suspected.
const DATA_FAILURES: u32 = 3;
/// How long the module is not suspected after its data connections worked with another server.
const EXONERATED: Duration = Duration::from_secs(3600);
/// Logins in a row that the module's own TCP/IP stack fails before it is suspected.
const STACK_FAILURES: u32 = 3;
/// TLS logins after which such failures are known to be due to the module (N3: about 20).
const WEARING: u32 = 10;

impl Recovery {
    /// Judges a job that has ended with `result`.
    ///
    /// # Errors
    /// What has to be rebuilt, with its cause.
    pub async fn judge(
        &mut self,
        session: &mut Session,
        transfers: &Transfers,
        result: Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.is_network_blamed = false;
        let unreachable = session.could_not_be_reached();
        let login = session.take_last_login();
        if let Some((server, login)) = &login {
            self.note_login(session, server, login);
        }
        let more_failures = self.note_data(session, transfers);
        match (result, login) {
            (Err(failure), Some((server, _))) if unreachable => {
                return self.judge_login(session, transfers, &server, failure).await;
            }
            (result, login) => {
                if let Some((server, login)) = &login {
                    transfers.note_login(server, login);
                }
                result?;
            }
        }
        if more_failures {
            self.judge_data(session).await?;
        }
        self.judge_stack(session)
    }

    fn note_login(&mut self, session: &Session, server: &str, login: &Result<(), Failure>) {
        match login {
            Ok(()) => {
                self.worked.insert(server.to_owned());
                self.stack_failures = 0;
                let settings = session.ftp().link().settings();
                let server = settings.server(server);
                if server.is_some_and(|server| server.security != Security::None) {
                    self.tls_logins = self.tls_logins.saturating_add(1);
                    self.stack_cures.worked();
                }
            }
            Err(failure) if is_of_stack(failure) => {
                self.stack_failures = self.stack_failures.saturating_add(1);
            }
            Err(_) => {}
        }
    }

    /// Notes what became of data connections. Whether more of them failed.
    fn note_data(&mut self, session: &Session, transfers: &Transfers) -> bool {
        let now = session.ftp().link().data_connections();
        let before = std::mem::replace(&mut self.data, now.clone());
        if now.successes != before.successes {
            self.data_cures.worked();
            self.exonerated = None;
            transfers.note_data(&now.server, None);
        }
        let more = now.failures > before.failures
            || (now.failures > 0 && now.successes != before.successes);
        if more {
            let text = format!(
                "{} opens no data connection, while the control connection works",
                now.server
            );
            let failure = Failure::new(ErrorName::ConnectFailed, text);
            transfers.note_data(&now.server, Some(&failure));
        }
        more
    }

    /// A login failed for a reason that can be the network's or the server's.
    async fn judge_login(
        &mut self,
        session: &mut Session,
        transfers: &Transfers,
        server: &str,
        failure: Failure,
    ) -> Result<(), Failure> {
        let thorough = self.context_tries() >= CONTEXT_TRIES;
        let opinion = second_opinion::on_logins(session, server, thorough).await?;
        self.note_probe(session, transfers);
        self.is_setting_suspected = match opinion {
            Opinion::Works(why) => {
                tracing::info!("{failure}; not the network's fault: {why}");
                transfers.note_login(server, &Err(failure));
                return Ok(());
            }
            Opinion::Agrees(_) => false,
            Opinion::Alone => !self.worked.contains(server) && !transfers.has_done(server),
        };
        self.is_network_blamed = true;
        Err(failure)
    }

    /// Whether the job that was judged last could not reach its server because of the network.
    pub fn is_network_blamed(&self) -> bool {
        self.is_network_blamed
    }

    /// Several data connections in a row could not be opened.
    async fn judge_data(&mut self, session: &mut Session) -> Result<(), Failure> {
        let now = session.ftp().link().now().instant;
        let exonerated = self.exonerated.is_some_and(|until| now < until);
        if self.data.failures < DATA_FAILURES || exonerated {
            return Ok(());
        }
        let server = self.data.server.clone();
        let opinion = second_opinion::on_data(session, &server).await?;
        // A probe that worked says nothing about the server that fails.
        self.data = session.ftp().link().data_connections();
        session.take_last_login();
        if let Opinion::Works(why) = opinion {
            tracing::warn!(
                "{server} opens no data connection, but the module does ({why}): check the \
                 server's passive ports and data_address in modem-ftp.toml(5)"
            );
            self.exonerated = Some(now + EXONERATED);
            return Ok(());
        }
        let now = session.ftp().link().now().instant;
        let Some(cure) = self.data_cures.next(now) else {
            return Ok(());
        };
        self.wants_power = cure.power;
        session.close().await?;
        let servers: Vec<_> = self.data.failed_with.iter().map(String::as_str).collect();
        let text = format!(
            "{} data connections in a row failed (with {}), while the control connection works",
            self.data.failures,
            servers.join(", ")
        );
        Err(Failure::new(ErrorName::BearerFailed, text)
            .retry(Retry::Later)
            .scope(cure.scope))
    }

    /// Several logins in a row were failed by the module itself.
    fn judge_stack(&mut self, session: &Session) -> Result<(), Failure> {
        let worn = self.tls_logins >= WEARING || self.stack_cures.has_begun();
        if self.stack_failures < STACK_FAILURES || !worn {
            return Ok(());
        }
        let now = session.ftp().link().now().instant;
        let Some(cure) = self.stack_cures.next(now) else {
            return Ok(());
        };
        // One more failure after the cure shows that it did not help.
        self.stack_failures = STACK_FAILURES - 1;
        self.wants_power = cure.power;
        let text = "the module's TCP/IP stack fails every login after many TLS sessions";
        Err(Failure::new(ErrorName::BearerFailed, text)
            .retry(Retry::Later)
            .scope(cure.scope))
    }

    /// What a second opinion showed of the servers that were asked.
    fn note_probe(&mut self, session: &mut Session, transfers: &Transfers) {
        if let Some((server, login)) = session.take_last_login() {
            transfers.note_login(&server, &login);
            self.note_login(session, &server, &login);
        }
    }
}

/// Whether a login failed within the module: a code of its TCP/IP stack, or one that says nothing.
fn is_of_stack(failure: &Failure) -> bool {
    failure.reply.is_none_or(|reply| reply == 0) && matches!(failure.code, Some(550..=574 | 601))
}
