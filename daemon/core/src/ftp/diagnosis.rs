//! Why TLS failed: the module reports 631 for every cause (docs/module/quirks.md N4), so the
//! handshake is tried again with one check less at a time. The account is replaced first: no
//! password goes to a server that was not verified.

use crate::api::failure::{Failure, Scope};
use crate::api::secret::Secret;
use crate::api::settings::Server;
use crate::at::command::ftp::{Close, Open, Setting};
use crate::at::command::network::Clock;
use crate::at::command::tls::{ContextSetting, SslSetting};
use crate::at::quote::{Host, Password, User};
use crate::link::Link;
use crate::modem::clock;

/// The failure with its cause in words, as far as it can be found out.
pub async fn of(link: &Link, server: &Server, failure: Failure) -> Failure {
    match cause(link, server).await {
        Ok(cause) => Failure {
            text: format!("{}; {cause}", failure.text).into(),
            ..failure
        },
        // The port closed or the module restarted meanwhile: that has to be dealt with first.
        Err(other) if other.scope > Scope::Session => other,
        Err(_) => failure,
    }
}

async fn cause(link: &Link, server: &Server) -> Result<String, Failure> {
    let tls = &server.tls;
    link.send(Setting::Account {
        user: User::or_empty("user name", "anonymous")?,
        password: Password::new("password", &Secret::default())?,
    })
    .await?;
    if tls.verify > 0 && tls.check_time {
        if let Some(wrong) = wrong_clock(link).await? {
            return Ok(wrong);
        }
        if shakes_hands(link, server, SslSetting::IgnoreLocalTime(true)).await? {
            return Ok(
                "the server's certificate has expired or is not valid yet (it is accepted when \
                 dates are ignored)"
                    .into(),
            );
        }
    }
    if tls.verify > 0 && shakes_hands(link, server, SslSetting::SecurityLevel(0)).await? {
        return Ok(
            "the server's certificate is not signed by the configured CA (it is accepted when \
             nothing is verified)"
                .into(),
        );
    }
    Ok(if tls.verify > 1 {
        "the server accepts no handshake of ours: it refuses our client certificate, or there is \
         no common TLS version (up to 1.2) or cipher suite (RSA certificates only)"
            .into()
    } else {
        "the server accepts no handshake even when nothing is verified: it wants a client \
         certificate (verify = \"mutual\"), or there is no common TLS version (up to 1.2) or \
         cipher suite (RSA certificates only)"
            .into()
    })
}

/// What is wrong with the clock, if it could not be set.
async fn wrong_clock(link: &Link) -> Result<Option<String>, Failure> {
    let module = link.send(Clock).await?;
    Ok(clock::complaint(module, link.now().unix))
}

/// Whether the handshake works with this setting changed. That the login then fails is meant.
async fn shakes_hands(link: &Link, server: &Server, setting: SslSetting) -> Result<bool, Failure> {
    let context = server.tls.context;
    link.send(ContextSetting { context, setting }).await?;
    let host = Host::new("host name", &server.host)?;
    let port = server.port;
    let opened = link.send(Open { host, port }).await;
    let shaken = match &opened {
        Ok(()) => true,
        // Whoever answers to the login has finished the handshake.
        Err(failure) if failure.scope <= Scope::Session => failure.reply.is_some(),
        Err(failure) => return Err(failure.clone()),
    };
    match link.send(Close).await {
        Err(failure) if failure.scope > Scope::Session => Err(failure),
        _ => Ok(shaken),
    }
}
