//! Secrets and PEM files. They are read from files or systemd credentials, never from the
//! configuration itself, and are not quoted in faults.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use modem_ftp_core::api::one_line::one_line;
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::settings::Pem;
use zeroize::Zeroizing;

use super::file::read_text;
use super::section::Section;

/// Longest password file, in bytes.
const SECRET_LIMIT: u64 = 4096;
/// Longest PEM file, in bytes.
const PEM_LIMIT: u64 = 64 * 1024;

/// Where credentials are, and the warnings about files that were read.
#[derive(Debug, Default)]
pub struct Sources {
    /// `$CREDENTIALS_DIRECTORY`, set by systemd.
    pub credentials: Option<PathBuf>,
    /// Warnings, one sentence each.
    pub warnings: RefCell<Vec<String>>,
}

impl Sources {
    /// The secret in the file or credential that the configuration names; `None` if it names
    /// neither.
    pub fn secret(
        &self,
        section: &Section<'_, '_>,
        file_key: &'static str,
        credential_key: &'static str,
    ) -> Option<Secret> {
        let file = section.path(file_key);
        let credential = section
            .optional_string(credential_key)
            .filter(|name| !name.is_empty());
        let (key, path) = match (file, credential) {
            (None, None) => return None,
            (Some(_), Some(_)) => {
                section.fault(credential_key, format!("and {file_key} exclude each other"));
                return None;
            }
            (Some(path), None) => (file_key, path),
            (None, Some(name)) => (
                credential_key,
                self.credential(section, credential_key, &name)?,
            ),
        };
        let text = self.read(section, key, &path, SECRET_LIMIT)?;
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        Some(Secret::new(line.to_owned()))
    }

    /// The PEM file that the configuration names; `None` if it names none.
    pub fn pem(&self, section: &Section<'_, '_>, key: &'static str) -> Option<Pem> {
        let path = section.path(key)?;
        let mut text = self.read(section, key, &path, PEM_LIMIT)?;
        if !text.contains("-----BEGIN ") {
            let text = format!("names {}, which is no PEM file", path.display());
            section.fault(key, text);
            return None;
        }
        let name = module_name(text.as_bytes());
        let content = Secret::new(std::mem::take(&mut *text));
        Some(Pem { name, content })
    }

    fn credential(
        &self,
        section: &Section<'_, '_>,
        key: &'static str,
        name: &str,
    ) -> Option<PathBuf> {
        if name.contains('/') || name == "." || name == ".." {
            section.fault(key, "must be the name of a credential, without a path");
            return None;
        }
        let Some(directory) = &self.credentials else {
            section.fault(
                key,
                "needs systemd's LoadCredential: CREDENTIALS_DIRECTORY is not set",
            );
            return None;
        };
        Some(directory.join(name))
    }

    fn read(
        &self,
        section: &Section<'_, '_>,
        key: &'static str,
        path: &Path,
        limit: u64,
    ) -> Option<Zeroizing<String>> {
        match read_text(path, limit) {
            Ok((text, mode)) => {
                // Certificates are public.
                let is_public = matches!(key, "ca" | "certificate");
                if mode & 0o004 != 0 && !is_public {
                    let path = one_line(path.display().to_string());
                    let mode = mode & 0o7777;
                    self.warnings
                        .borrow_mut()
                        .push(format!("{path} can be read by everybody (mode {mode:o})"));
                }
                Some(text)
            }
            Err(why) => {
                section.fault(
                    key,
                    format!("cannot be read from {}: {why}", path.display()),
                );
                None
            }
        }
    }
}

/// The name of a PEM file on the module, in 8.3 form: a hash of the content, so that other content
/// has another name (docs/module/at-ssl.md §4.3). Should two hashes be equal (1 in 2²⁸), the files
/// are still distinguished by the size and checksum that the module reports.
fn module_name(content: &[u8]) -> String {
    // FNV-1a, 64 bits.
    let hash = content
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("m{:07x}.pem", (hash ^ (hash >> 32)) & 0x0fff_ffff)
}

#[cfg(test)]
mod tests {
    use super::module_name;

    #[test]
    fn the_name_of_a_pem_file_depends_on_its_content() {
        let (one, other) = (module_name(b"one"), module_name(b"other"));
        assert_eq!(one, module_name(b"one"));
        assert_ne!(one, other);
        assert_eq!(one.len(), 12);
        assert!(one.starts_with('m') && one.ends_with(".pem"), "{one}");
    }
}
