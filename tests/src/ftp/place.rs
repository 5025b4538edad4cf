//! What every server needs: folders, a port, an account, certificates.

use super::{Options, Security};
use crate::{Certificates, Error, Scratch, tools};
use nix::unistd::{Gid, Uid, chown, getegid, geteuid};
use std::path::PathBuf;
use std::process::Command;

/// `nobody` and `nogroup` of Debian: the user and group of servers that root starts.
const NOBODY: u32 = 65534;

/// The files, the port and the account of one server.
#[derive(Debug)]
pub struct Place {
    /// The folder for the server's own files.
    pub folder: PathBuf,
    /// The file for output and log.
    pub log: PathBuf,
    /// The folder that the account sees as `/`.
    pub root: PathBuf,
    /// The port on 127.0.0.1.
    pub port: u16,
    /// The options of the test.
    pub options: Options,
    /// The certificates, if TLS is used.
    pub tls: Option<TlsFiles>,
    /// The owner of the root folder and of the processes that serve the account.
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
    /// The authority of client certificates.
    pub authority: PathBuf,
}

impl Place {
    /// Creates the folders and writes the certificates.
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
                Error::failed(format!(
                    "cannot change the owner of the root folder: {error}"
                ))
            })?;
        }
        let tls = match options.security {
            Security::None => None,
            Security::Explicit | Security::Implicit => {
                let all = Certificates::shared()?;
                let identity = if options.expired {
                    &all.expired
                } else {
                    &all.server
                };
                let (certificate, key) = identity.write(scratch, "server")?;
                let both = scratch.write(
                    "both.pem",
                    format!("{}{}", identity.key, identity.certificate),
                )?;
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

    /// The shell line that mounts a disk of `size` bytes at the root folder.
    pub fn mount_disk(&self, size: u64) -> String {
        let Self { uid, gid, root, .. } = self;
        let options = format!("size={size},uid={uid},gid={gid},mode=755");
        format!("mount -t tmpfs -o {options} tmpfs '{}'", root.display())
    }

    /// The hash of the account's password, crypt(3).
    pub fn password_hash(&self) -> Result<String, Error> {
        let openssl = tools::required("openssl")?;
        let hash =
            tools::output(Command::new(openssl).args(["passwd", "-6", &self.options.password]))?;
        Ok(hash.trim().to_owned())
    }
}

/// An error if the tests do not run as root.
pub fn needs_root(server: &str) -> Result<(), Error> {
    if geteuid().is_root() {
        Ok(())
    } else {
        Err(Error::missing(format!("root, for {server}")))
    }
}
