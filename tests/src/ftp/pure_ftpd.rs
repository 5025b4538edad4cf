//! Pure-FTPd: options on the command line, one virtual account in a PureDB.

use super::place::{Place, needs_root};
use crate::{Error, tools};
use std::process::Command;

/// Writes the account and gives the command that starts the server.
pub fn command(place: &Place) -> Result<Command, Error> {
    needs_root("pure-ftpd")?;
    let program = tools::unpacked("pure-ftpd", "usr/sbin/pure-ftpd")?;
    let pure_pw = tools::unpacked("pure-ftpd", "usr/bin/pure-pw")?;
    // A crypt(3) hash: with the hashes that pure-pw makes, a login takes seconds.
    let account = format!(
        "{}:{}:{}:{}::{}/./::::::::::::\n",
        place.options.user,
        place.password_hash()?,
        place.uid,
        place.gid,
        place.root.display()
    );
    let accounts = place.write("accounts", &account)?;
    let database = place.folder.join("accounts.pdb");
    tools::output(
        tools::command(&pure_pw)
            .arg("mkdb")
            .arg(&database)
            .arg("-f")
            .arg(&accounts),
    )?;

    let mut command = tools::command(&program);
    command
        .arg(format!("--bind=127.0.0.1,{}", place.port))
        .arg(format!("--login=puredb:{}", database.display()))
        .arg(format!("--pidfile={}", place.folder.join("pid").display()))
        .args([
            "--ipv4only",
            "--noanonymous",
            "--dontresolve",
            "--minuid=1",
            "--chrooteveryone",
        ])
        .args(["--verboselog", "--syslogfacility=none", "--umask=022:022"]);
    if place.options.read_only {
        std::os::unix::fs::chown(&place.root, Some(0), Some(0))?;
    }
    if let Some(tls) = &place.tls {
        command
            .arg("--tls=3") // both channels must be protected
            .arg(format!(
                "--certfile={},{}",
                tls.certificate.display(),
                tls.key.display()
            ));
        if place.options.client_certificate {
            return Err(Error::failed(
                "pure-ftpd does not check client certificates",
            ));
        }
    }
    Ok(command)
}
