//! A second opinion before anything is rebuilt: whether the module reaches something else than the
//! server that fails. A wrong setting of one server, or a server that is down, is no fault of the
//! module.

use crate::api::failure::{Failure, Scope};
use crate::api::settings::Server;
use crate::at::command::ftp::NameList;
use crate::at::command::network::Ping;
use crate::at::quote::{Host, RemotePath};
use crate::ftp::Session;
use crate::link::Link;

/// Other servers that are asked, at most.
const OTHERS: usize = 2;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opinion {
    /// The module works; this shows it.
    Works(String),
    /// Another server fails as well.
    Agrees(String),
    /// Nobody else can be asked.
    Alone,
}

/// Whether the module reaches anything while logins on `server` fail. With `thorough`, logins on
/// other servers are tried.
///
/// # Errors
/// With a scope above `Context`: what failed meanwhile.
pub async fn on_logins(
    session: &mut Session,
    server: &str,
    thorough: bool,
) -> Result<Opinion, Failure> {
    let link = session.ftp().link().clone();
    let others = others(&link, server);
    let own = own(&link, server);
    for asked in own.iter().chain(&others) {
        if answers_ping(&link, asked).await? {
            return Ok(Opinion::Works(format!("{} answers AT+QPING", asked.host)));
        }
    }
    let mut opinion = Opinion::Alone;
    for other in others.iter().filter(|_| thorough) {
        match session.open(&other.name).await {
            Ok(_) => return Ok(Opinion::Works(format!("a login on {} works", other.name))),
            Err(failure) if failure.scope > Scope::Context => return Err(failure),
            // Whoever refuses can be reached.
            Err(failure) if failure.reply.is_some() => {
                return Ok(Opinion::Works(format!("{} answers", other.name)));
            }
            Err(_) => opinion = Opinion::Agrees(other.name.clone()),
        }
    }
    Ok(opinion)
}

/// Whether data connections work with anybody while they fail with `server`.
///
/// # Errors
/// With a scope above `Context`: what failed meanwhile.
pub async fn on_data(session: &mut Session, server: &str) -> Result<Opinion, Failure> {
    let link = session.ftp().link().clone();
    let failed = link.data_connections().failed_with;
    let mut opinion = Opinion::Alone;
    for other in others(&link, server) {
        if failed.contains(&other.name) {
            opinion = Opinion::Agrees(other.name);
            continue;
        }
        match lists(session, &other.name).await {
            Ok(()) => return Ok(Opinion::Works(format!("a listing of {} works", other.name))),
            Err(failure) if failure.scope > Scope::Context => return Err(failure),
            Err(_) if link.data_connections().failed_with.contains(&other.name) => {
                opinion = Opinion::Agrees(other.name);
            }
            Err(failure) => tracing::info!("{} cannot tell: {failure}", other.name),
        }
    }
    if opinion == Opinion::Alone
        && let Some(own) = own(&link, server)
        && answers_ping(&link, &own).await?
    {
        return Ok(Opinion::Works(format!("{} answers AT+QPING", own.host)));
    }
    Ok(opinion)
}

/// Lists the directory of the login, which needs a data connection.
async fn lists(session: &mut Session, server: &str) -> Result<(), Failure> {
    session.open(server).await?;
    let path = RemotePath::new("remote path", ".")?;
    let listed = session
        .ftp()
        .link()
        .receive_listing(NameList { path })
        .await;
    let listed = listed.map(drop);
    if let Err(failure) = &listed {
        session.after(failure).await?;
    }
    listed
}

/// Whether the server's host answers an echo request; many do not.
async fn answers_ping(link: &Link, server: &Server) -> Result<bool, Failure> {
    let context = link.settings().network.context;
    let host = Host::new("host name", &server.host)?;
    match link.send(Ping { context, host }).await {
        Ok(answered) => Ok(answered),
        Err(failure) if failure.scope > Scope::Context => Err(failure),
        Err(failure) => {
            tracing::debug!("{failure}");
            Ok(false)
        }
    }
}

fn own(link: &Link, server: &str) -> Option<Server> {
    link.settings().server(server).cloned()
}

/// Other servers, each on a host of its own.
fn others(link: &Link, server: &str) -> Vec<Server> {
    let settings = link.settings();
    let host = settings.server(server).map(|own| own.host.clone());
    let others = settings.servers.iter();
    let others = others.filter(|other| host.as_ref() != Some(&other.host));
    others.take(OTHERS).cloned().collect()
}
