//! ProFTPD with an account file; without `SocketBindTight` it would listen on all addresses.

use super::Security;
use super::place::{Place, needs_root};
use crate::{Error, tools};
use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

/// Writes the configuration and gives the command that starts the server.
pub fn command(place: &Place) -> Result<Command, Error> {
    needs_root("proftpd, which changes its root to the folder")?;
    let program = tools::unpacked("proftpd", "usr/sbin/proftpd")?;
    let modules = tools::unpacked("proftpd", "usr/lib/proftpd")?;
    let Place { uid, gid, root, .. } = place;
    let account = format!(
        "{}:{}:{uid}:{gid}::{}:/bin/false\n",
        place.options.user,
        place.password_hash()?,
        root.display()
    );
    let accounts = place.write("accounts", &account)?;
    let groups = place.write("groups", &format!("bench:x:{gid}:\n"))?;
    for file in [&accounts, &groups] {
        // ProFTPD refuses an account file that other users may read.
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?;
    }
    let mut text = format!(
        "ServerName bench\nServerType standalone\nDefaultAddress 127.0.0.1\nSocketBindTight on\n\
         Port {port}\nUseIPv6 off\nUseReverseDNS off\nUser nobody\nGroup nogroup\n\
         ModulePath {modules}\nPidFile {folder}/pid\nScoreboardFile {folder}/scoreboard\n\
         DelayEngine off\nControlsEngine off\nWtmpLog off\nTransferLog none\nSystemLog {log}\nDebugLevel 2\n\
         AuthUserFile {accounts}\nAuthGroupFile {groups}\nAuthOrder mod_auth_file.c\n\
         RequireValidShell off\nDefaultRoot ~\nAllowOverwrite on\nAllowStoreRestart on\n\
         AllowRetrieveRestart on\nUmask 022\nTimesGMT on\n",
        port = place.port,
        modules = modules.display(),
        folder = place.folder.display(),
        log = place.log.display(),
        accounts = accounts.display(),
        groups = groups.display(),
    );
    if place.options.read_only {
        text.push_str("<Limit WRITE>\n  DenyAll\n</Limit>\n");
    }
    text.push_str(&tls(place));
    let configuration = place.write("proftpd.conf", &text)?;
    let mut command = tools::command(&program);
    command.arg("--nodaemon").arg("--config").arg(configuration);
    Ok(command)
}

fn tls(place: &Place) -> String {
    let Some(tls) = &place.tls else {
        return String::new();
    };
    let mut options = String::new();
    if place.options.security == Security::Implicit {
        options.push_str("TLSOptions UseImplicitSSL\n");
    }
    if !place.options.session_reuse {
        options.push_str("TLSOptions NoSessionReuseRequired\n");
    }
    if place.options.client_certificate {
        let _ = write!(
            options,
            "TLSVerifyClient on\nTLSCACertificateFile {}\n",
            tls.authority.display()
        );
    }
    format!(
        "LoadModule mod_tls.c\nTLSEngine on\nTLSRequired on\nTLSProtocol TLSv1.2 TLSv1.3\nTLSLog {}\n\
         TLSRSACertificateFile {}\nTLSRSACertificateKeyFile {}\n{options}",
        place.log.display(),
        tls.certificate.display(),
        tls.key.display(),
    )
}
