//! vsftpd: it supports only local users and PAM, so it gets its own `/etc/passwd` and PAM folder.

use super::place::{Place, needs_root};
use super::{Options, Security};
use crate::{Error, namespace, tools};
use std::fmt::Write;
use std::process::Command;

/// The name of the PAM service below `/etc/pam.d`, which is the server's own folder.
const SERVICE: &str = "bench";

/// Writes the configuration and gives the command that starts the server.
pub fn command(place: &Place) -> Result<Command, Error> {
    needs_root("vsftpd")?;
    let program = tools::unpacked("vsftpd", "usr/sbin/vsftpd")?;
    let configuration = place.write("vsftpd.conf", &configuration(place)?)?;
    let users = place.write(
        "users",
        &format!("{}:{}\n", place.options.user, place.password_hash()?),
    )?;

    // pam_pwdfile was unpacked with vsftpd; the folder's name has the machine's triplet.
    let architecture = std::env::consts::ARCH;
    let module = tools::unpacked(
        "vsftpd",
        &format!("lib/{architecture}-linux-gnu/security/pam_pwdfile.so"),
    )?;
    let services = place.folder.join("pam.d");
    std::fs::create_dir_all(&services)?;
    let (module, users) = (module.display(), users.display());
    std::fs::write(
        services.join(SERVICE),
        format!("auth required {module} pwdfile={users}\naccount required pam_permit.so\n"),
    )?;

    // The account is a user only in the server's mount namespace.
    let Place { uid, gid, .. } = place;
    let passwd = format!(
        "root:x:0:0::/:/bin/false\nnobody:x:65534:65534::/:/bin/false\n\
         {}:x:{uid}:{gid}::{}:/bin/false\n",
        place.options.user,
        place.root.display()
    );
    let passwd = place.write("passwd", &passwd)?;

    let mut command = tools::command(&program);
    command.arg(configuration);
    let (services, passwd) = (services.display(), passwd.display());
    namespace::inside(
        &command,
        &format!("mount --bind '{services}' /etc/pam.d; mount --bind '{passwd}' /etc/passwd"),
    )
}

fn configuration(place: &Place) -> Result<String, Error> {
    let Options {
        security,
        session_reuse,
        client_certificate,
        read_only,
        ..
    } = place.options;
    let empty = place.folder.join("empty");
    std::fs::create_dir_all(&empty)?;
    let mut text = format!(
        "listen=YES\nbackground=NO\nlisten_address=127.0.0.1\nlisten_port={port}\n\
         anonymous_enable=NO\nlocal_enable=YES\nwrite_enable={write}\n\
         chroot_local_user=YES\nallow_writeable_chroot=YES\n\
         secure_chroot_dir={empty}\npam_service_name={SERVICE}\nlocal_umask=022\n\
         xferlog_enable=YES\nlog_ftp_protocol=YES\nxferlog_std_format=NO\nvsftpd_log_file={log}\n\
         port_enable=YES\nuse_localtime=NO\n",
        port = place.port,
        write = yes(!read_only),
        empty = empty.display(),
        log = place.log.display(),
    );
    if let Some(tls) = &place.tls {
        let _ = write!(
            text,
            "ssl_enable=YES\nimplicit_ssl={implicit}\nrequire_ssl_reuse={reuse}\n\
             force_local_logins_ssl=YES\nforce_local_data_ssl=YES\nssl_ciphers=HIGH\n\
             rsa_cert_file={certificate}\nrsa_private_key_file={key}\n\
             ca_certs_file={authority}\nrequire_cert={mutual}\nvalidate_cert={mutual}\n",
            implicit = yes(security == Security::Implicit),
            reuse = yes(session_reuse),
            certificate = tls.certificate.display(),
            key = tls.key.display(),
            authority = tls.authority.display(),
            mutual = yes(client_certificate),
        );
    }
    Ok(text)
}

fn yes(value: bool) -> &'static str {
    if value { "YES" } else { "NO" }
}
