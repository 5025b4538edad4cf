//! What every server is given: folders, a port, an account, certificates.

use super::{Options, Security};
use crate::{Certificates, Error, Scratch, tools};
use nix::unistd::{Gid, Uid, chown, getegid, geteuid};
use std::path::PathBuf;
use std::process::Command;

/// `nobody` and `nogroup` of Debian: whom servers started by root turn into.
const NOBODY: u32 = 65534;

/// A prepared place for one server.
#[derive(Debug)]
pub struct Place {
    /// For the server's own files.
    pub folder: PathBuf,
    /// Output and log.
    pub log: PathBuf,
    /// What the account sees as `/`.
    pub root: PathBuf,
    /// On 127.0.0.1.
    pub port: u16,
    /// As asked for.
    pub options: Options,
    /// Where TLS is asked for.
    pub tls: Option<TlsFiles>,
    /// Who owns the root folder and serves the account.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
}

/// PEM files.
#[derive(Debug)]
pub struct TlsFiles {
    /// The server's certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// Both in one file.
    pub both: PathBuf,
    /// The authority that client certificates must come from.
    pub authority: PathBuf,
}

impl Place {
    /// Makes the folders and writes the certificates.
    pub fn prepare(scratch: &Scratch, port: u16, options: &Options) -> Result<Self, Error> {
        let own = options.root.is_none();
        let root = match &options.root {
            Some(root) => root.canonicalize()?,
            None => scratch.folder("root")?,
        };
        let (mut uid, mut gid) = (geteuid().as_raw(), getegid().as_raw());
        if uid == 0 && own {
            (uid, gid) = (NOBODY, NOBODY);
            chown(&root, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid))).map_err(|error| {
                Error::failed(format!("cannot give the root folder away: {error}"))
            })?;
        }
        let tls = match options.security {
            Security::None => None,
            Security::Explicit | Security::Implicit => {
                let all = Certificates::shared()?;
                let shown = if options.expired {
                    &all.expired
                } else {
                    &all.server
                };
                let (certificate, key) = shown.write(scratch, "server")?;
                let both =
                    scratch.write("both.pem", format!("{}{}", shown.key, shown.certificate))?;
                let authority = scratch.write("authority.pem", &all.authority.certificate)?;
                Some(TlsFiles {
                    certificate,
                    key,
                    both,
                    authority,
                })
            }
        };
        Ok(Self {
            folder: scratch.path().to_owned(),
            log: scratch.join("log"),
            root,
            port,
            options: options.clone(),
            tls,
            uid,
            gid,
        })
    }

    /// Writes one of the server's own files.
    pub fn write(&self, name: &str, content: &str) -> Result<PathBuf, Error> {
        let path = self.folder.join(name);
        std::fs::write(&path, content)?;
        Ok(path)
    }

    /// The shell line that puts a disk of `size` bytes behind the root folder.
    pub fn mount_disk(&self, size: u64) -> String {
        let Self { uid, gid, root, .. } = self;
        let options = format!("size={size},uid={uid},gid={gid},mode=755");
        format!("mount -t tmpfs -o {options} tmpfs '{}'", root.display())
    }

    /// The account's password as crypt(3) writes it.
    pub fn password_hash(&self) -> Result<String, Error> {
        let openssl = tools::required("openssl")?;
        let hash =
            tools::output(Command::new(openssl).args(["passwd", "-6", &self.options.password]))?;
        Ok(hash.trim().to_owned())
    }
}

/// An error where only root can start the server.
pub fn needs_root(server: &str) -> Result<(), Error> {
    if geteuid().is_root() {
        Ok(())
    } else {
        Err(Error::missing(format!("root, for {server}")))
    }
}
