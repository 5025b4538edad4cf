//! Test certificates, created with the openssl program. RSA, because the module has only RSA cipher
//! suites (docs/module/at-ssl.md §3).

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A folder with `ca.pem`, `other.pem`, `server.pem`, `client.pem` and their `.key` files.
pub struct Certificates(TempDir);

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

impl Certificates {
    /// Creates the certificates. Without openssl it prints a message and returns `None`, or fails
    /// if MODEM_FTP_REQUIRE_ALL is set.
    pub fn make() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            assert!(
                std::env::var_os("MODEM_FTP_REQUIRE_ALL").is_none(),
                "openssl is missing"
            );
            eprintln!("SKIPPED: the openssl program is missing (Debian: apt-get install openssl)");
            return None;
        }
        let made = Self(tempfile::tempdir().unwrap());
        let folder = made.0.path();
        std::fs::write(
            folder.join("leaf.ext"),
            "basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n",
        )
        .unwrap();
        for name in ["ca", "other"] {
            openssl(
                folder,
                &format!(
                    "req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN={name} \
                     -addext keyUsage=critical,keyCertSign -keyout {name}.key -out {name}.pem"
                ),
            );
        }
        for name in ["server", "client"] {
            openssl(
                folder,
                &format!(
                    "req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr"
                ),
            );
            openssl(
                folder,
                &format!(
                    "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 \
                     -extfile leaf.ext -out {name}.pem"
                ),
            );
        }
        Some(made)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }
}
