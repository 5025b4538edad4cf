//! Target `arguments`: the bodies of method calls.
//!
//! The first byte of an input is the byte order, the second says which method, then comes the
//! signature that the header of the message had, ended by LF, and the bytes of the body.

use crate::bounds::bounded;
use crate::{given, options, texts};
use modem_ftp_core::at::Command;
use modem_ftp_core::at::command::ftp::{MakeDirectory, Rename};
use modem_ftp_core::at::command::raw::Raw;
use modem_ftp_core::at::quote::RemotePath;
use modem_ftpd::local_path;
use modem_ftpd::options::Given;
use std::time::Duration;
use zbus::OwnedVariant;
use zbus::wire::serialized::Data;
use zbus::wire::{OwnedFd, Signature};

/// Reads an input.
pub fn run(input: &[u8]) {
    let [order, method, rest @ ..] = input else {
        return;
    };
    let Some(endian) = given::order(*order) else {
        return;
    };
    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let signature = std::str::from_utf8(&rest[..end]).unwrap_or("x");
    let Ok(signature) = Signature::try_from(signature) else {
        return;
    };
    let body = given::data(&rest[end + 1..], endian);
    bounded(input.len(), || called(*method, &body, &signature));
}

fn called(method: u8, body: &Data<'_, '_>, signature: &Signature) {
    match method {
        // Upload and Download.
        b'u' => {
            let read: Option<(String, String, String, Given)> = arguments(body, signature);
            if let Some((_, local, remote, given)) = read {
                local_file(&local);
                remote_path(&remote);
                options::check(&given);
            }
        }
        // UploadFd and DownloadFd.
        b'd' => {
            let read: Option<(String, OwnedFd, String, Given)> = arguments(body, signature);
            assert!(read.is_none(), "a descriptor that did not come");
        }
        // Rename.
        b'r' => {
            let read: Option<(String, String, String)> = arguments(body, signature);
            if let Some((_, from, to)) = read {
                rename(&from, &to);
            }
        }
        // List, Delete, ChangeDirectory and others.
        b'p' => {
            let read: Option<(String, String)> = arguments(body, signature);
            if let Some((_, path)) = read {
                remote_path(&path);
            }
        }
        // History.
        b'h' => {
            let read: Option<Given> = arguments(body, signature);
            read.iter().for_each(options::check);
        }
        // Command.
        b'c' => {
            let read: Option<(String, u32)> = arguments(body, signature);
            if let Some((line, timeout)) = read {
                raw(&line, timeout);
            }
        }
        // Properties.Set.
        b's' => {
            let _: Option<(String, String, OwnedVariant)> = arguments(body, signature);
        }
        _ => {}
    }
}

/// As `Call::arguments` of the daemon reads them.
fn arguments<T>(body: &Data<'_, '_>, signature: &Signature) -> Option<T>
where
    T: for<'a> zbus::wire::DynamicDeserialize<'a>,
{
    body.deserialize_for_dynamic_signature(signature)
        .map(|(value, _)| value)
        .ok()
}

fn local_file(text: &str) {
    match local_path(text) {
        Ok(path) => assert!(path.is_absolute()),
        Err(error) => options::refused(&error),
    }
}

/// A path is refused, or stays between its quotes on one command line.
fn remote_path(text: &str) {
    match RemotePath::new("path", text) {
        Ok(path) => {
            let line = line(&MakeDirectory { path });
            assert_eq!(line, format!("AT+QFTPMKDIR=\"{text}\""));
        }
        Err(failure) => texts::check(&failure.text),
    }
}

fn rename(from: &str, to: &str) {
    let paths = (RemotePath::new("path", from), RemotePath::new("path", to));
    if let (Ok(one), Ok(two)) = paths {
        let line = line(&Rename { from: one, to: two });
        assert_eq!(line, format!("AT+QFTPRENAME=\"{from}\",\"{to}\""));
    }
}

fn raw(text: &str, timeout: u32) {
    match Raw::new(text, Duration::from_millis(timeout.into())) {
        Ok(raw) => assert_eq!(line(&raw), text),
        Err(failure) => texts::check(&failure.text),
    }
}

fn line<C: Command>(command: &C) -> String {
    let mut line = String::new();
    command.write(&mut line);
    assert!(!line.contains(|c: char| c.is_ascii_control()), "{line:?}");
    assert_eq!(
        line.get(..2).map(str::to_ascii_uppercase).as_deref(),
        Some("AT")
    );
    line
}
