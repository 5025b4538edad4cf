//! Files on the module (UFS). Certificates are written only when they are not there already, since
//! flash wears out. Files of ours are recognised by their names; other files are never touched.

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Modem;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::settings::Pem;
use crate::at::checksum::Checksum;
use crate::at::command::file::{
    CloseStored, DeleteStored, ListStored, OpenFiles, ReadStored, Store,
};
use crate::at::quote::FileName;
use crate::link::{Link, tolerate};

/// Certificates of ours are called `m` + 7 hex digits of their content's hash + `.pem`.
fn is_our_certificate(name: &str) -> bool {
    let Some(hash) = name
        .strip_prefix('m')
        .and_then(|rest| rest.strip_suffix(".pem"))
    else {
        return false;
    };
    hash.len() == 7 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Ends the names of files that a transfer stores, after eight digits. None is needed after a restart
/// of the daemon.
pub const TRANSFER_SUFFIX: &str = ".mft";

/// Whether a file is a left-over of a transfer of ours.
fn is_our_transfer(name: &str) -> bool {
    name.strip_suffix(TRANSFER_SUFFIX)
        .is_some_and(|stem| stem.len() == 8 && stem.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Removes what transfers left on the module before the daemon started or when they were interrupted.
///
/// # Errors
/// Only what breaks the line.
pub async fn remove_left_overs(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    // An open file cannot be deleted.
    match link.send(OpenFiles).await {
        Ok(open) => {
            for file in open.into_iter().filter(|file| is_our_transfer(&file.name)) {
                let handle = file.handle;
                tolerate(link.send(CloseStored { handle }).await)?;
            }
        }
        refused => tolerate(refused)?,
    }
    let all = remove(link, is_our_transfer).await?;
    modem.set_left_overs(!all);
    Ok(())
}

/// Removes what an interrupted transfer could not remove itself.
///
/// # Errors
/// Only what breaks the line.
pub async fn tidy(modem: &Modem) -> Result<(), Failure> {
    if modem.state.get(|state| state.has_left_overs) {
        remove_left_overs(modem).await?;
    }
    Ok(())
}

/// Makes sure that `pem` is on the module, whole.
///
/// # Errors
/// What the module says when it does not take it.
pub async fn provide(modem: &Modem, pem: &Pem) -> Result<(), Failure> {
    let link = modem.link();
    let name = FileName::new("file on the module", &pem.name)?;
    let bytes = pem.content.expose().as_bytes();
    let size = bytes.len() as u64;
    let mut sum = Checksum::new();
    sum.update(bytes);
    let found = link.send(ListStored::one(name.clone())).await;
    let found = found.unwrap_or_default();
    if found.iter().any(|file| file.size == Some(size)) {
        // Its content is read once after each start: the file may be damaged in spite of its name
        // (docs/module/quirks.md U5).
        if is_proven(modem, &pem.name) {
            return Ok(());
        }
        let read = link
            .sum_payload(ReadStored::new(name.clone(), size))
            .await?;
        if read.checksum == sum.value() {
            set_proven(modem, &pem.name);
            return Ok(());
        }
    }
    if !found.is_empty() {
        link.send(DeleteStored { name: name.clone() }).await?;
    }
    let command = Store::new(name, size, false);
    let stored = link.send_bytes(command, bytes).await?;
    if stored.size != size || stored.checksum != sum.value() {
        return Err(Failure::new(
            ErrorName::Protocol,
            format!("QFUPL: {} arrived damaged on the module", pem.name),
        )
        .retry(Retry::Soon)
        .scope(Scope::Command));
    }
    set_proven(modem, &pem.name);
    Ok(())
}

/// Whether the content of a certificate on the module was compared since the daemon started.
fn is_proven(modem: &Modem, name: &str) -> bool {
    modem
        .state
        .get_with(name, |state, name| state.proven_files.contains(name))
}

fn set_proven(modem: &Modem, name: &str) {
    modem.state.change_with(name, |state, name| {
        state.proven_files.insert(name.to_owned());
    });
}

impl Modem {
    /// A transfer may have left a file on the module, or none is left.
    pub fn set_left_overs(&self, any: bool) {
        self.state
            .change_with(any, |state, any| state.has_left_overs = any);
    }

    /// Whether the firmware has the SSL setting `sni`, once it was asked.
    pub fn knows_sni(&self) -> Option<bool> {
        self.state.get(|state| state.knows_sni)
    }

    /// The firmware has the SSL setting `sni`, or not.
    pub fn set_knows_sni(&self, known: bool) {
        self.state
            .change_with(known, |state, known| state.knows_sni = Some(known));
    }
}

/// Removes certificates of ours that no server needs any more.
///
/// # Errors
/// Only what breaks the line.
pub async fn remove_old_certificates(modem: &Modem, needed: &[String]) -> Result<(), Failure> {
    remove(modem.link(), |name| {
        is_our_certificate(name) && !needed.iter().any(|needed| needed == name)
    })
    .await
    .map(drop)
}

/// Removes the files whose names are unwanted; returns whether that worked for all.
async fn remove(link: &Link, unwanted: impl Fn(&str) -> bool) -> Result<bool, Failure> {
    let files = match link.send(ListStored::all()).await {
        Ok(files) => files,
        refused => return tolerate(refused).map(|()| false),
    };
    let mut all = true;
    for file in files {
        if unwanted(&file.name) {
            let name = FileName::new("file on the module", &file.name)?;
            let deleted = link.send(DeleteStored { name }).await;
            all &= deleted.is_ok();
            tolerate(deleted)?;
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_names_are_ours() {
        assert!(is_our_certificate("m0a1b2c3.pem"));
        assert!(is_our_transfer("00000007.mft"));
        assert!(!is_our_transfer("0000007.mft"));
        for name in ["cacert.pem", "m0a1b2c.pem", "m0a1b2cg.pem", "m0a1b2c3.key"] {
            assert!(!is_our_certificate(name), "{name}");
        }
    }
}
