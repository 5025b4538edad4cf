//! TLS of a session: the SSL context, which is volatile and set key by key before every open
//! (docs/module/at-ssl.md §1), PEM files on the module, the module's clock.

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::{Failure, Scope};
use crate::api::settings::{Pem, Security, Server, Settings, Tls};
use crate::at::command::tls::{ContextSetting, ContextSettingNames, SslSetting};
use crate::at::quote::FileName;
use crate::link::tolerate;
use crate::modem::{Modem, clock, ufs};

/// Sets everything that `Open` with FTPS needs.
///
/// # Errors
/// `TlsFailed` when a file cannot be stored or a setting is refused.
pub async fn prepare(modem: &Modem, server: &Server) -> Result<(), Failure> {
    let link = modem.link();
    let tls = &server.tls;
    let context = tls.context;
    let mut settings = vec![
        SslSetting::Version(tls.version),
        SslSetting::CipherSuite(tls.cipher),
        SslSetting::SecurityLevel(tls.verify),
        SslSetting::IgnoreLocalTime(!tls.check_time),
        SslSetting::NegotiateTime(tls.handshake_timeout.as_secs() as u16),
    ];
    let wanted: Vec<&Pem> = files(tls);
    ufs::remove_old_certificates(modem, &every_name(&link.settings())).await?;
    for pem in wanted {
        ufs::provide(modem, pem)
            .await
            .map_err(|failure| blame(failure, "a PEM file"))?;
    }
    let name = |pem: &Pem| FileName::new("file on the module", &pem.name);
    if let Some(ca) = tls.ca.as_ref().filter(|_| tls.verify > 0) {
        settings.push(SslSetting::CaCertificate(name(ca)?));
    }
    if let Some(certificate) = tls.certificate.as_ref().filter(|_| tls.verify > 1) {
        settings.push(SslSetting::ClientCertificate(name(certificate)?));
    }
    if let Some(key) = tls.key.as_ref().filter(|_| tls.verify > 1) {
        settings.push(SslSetting::ClientKey(name(key)?));
    }
    for setting in settings {
        link.send(ContextSetting { context, setting })
            .await
            .map_err(|failure| blame(failure, "the TLS settings"))?;
    }
    if knows_sni(modem).await? {
        // Many servers fail without it (docs/module/quirks.md F19).
        let setting = SslSetting::ServerNameIndication(true);
        tolerate(link.send(ContextSetting { context, setting }).await)?;
    }
    if tls.check_time && tls.verify > 0 {
        clock::ensure(modem).await?;
    }
    Ok(())
}

/// Whether the firmware has `sni` among its settings; asked once after each set-up of the module.
async fn knows_sni(modem: &Modem) -> Result<bool, Failure> {
    if let Some(known) = modem.knows_sni() {
        return Ok(known);
    }
    let known = match modem.link().send(ContextSettingNames).await {
        Ok(names) => names.iter().any(|name| name == "sni"),
        refused => {
            tolerate(refused)?;
            false
        }
    };
    modem.set_knows_sni(known);
    Ok(known)
}

/// Adds what to change where a server refuses data connections that do not resume the control
/// connection's TLS session: the module has no setting for that (docs/module/at-ssl.md §6).
pub fn explain_data(server: &Server, failure: Failure) -> Failure {
    let refused = matches!(failure.reply, Some(425 | 522)) || failure.code == Some(615);
    if server.security == Security::None || !refused {
        return failure;
    }
    let text = format!(
        "{}; if the server wants TLS sessions of data connections resumed, the module cannot do \
         that: set require_ssl_reuse=NO (vsftpd) or TLSOptions NoSessionReuseRequired (proftpd)",
        failure.text
    );
    Failure {
        text: text.into(),
        ..failure
    }
}

/// The files the module needs for these settings.
fn files(tls: &Tls) -> Vec<&Pem> {
    let ca = tls.ca.iter().filter(|_| tls.verify > 0);
    let own = tls.certificate.iter().chain(tls.key.iter());
    ca.chain(own.filter(|_| tls.verify > 1)).collect()
}

/// The names of all files that any configured server needs.
fn every_name(settings: &Settings) -> Vec<String> {
    let servers = settings.servers.iter();
    let files = servers.flat_map(|server| files(&server.tls));
    files.map(|pem| pem.name.clone()).collect()
}

fn blame(failure: Failure, what: &str) -> Failure {
    if failure.scope > Scope::Session {
        return failure;
    }
    Failure::new(
        ErrorName::TlsFailed,
        format!("the module does not take {what}: {}", failure.text),
    )
}
