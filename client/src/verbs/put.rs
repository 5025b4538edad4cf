//! `put`: sends local files to the server.

use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;
use serde_json::json;
use zbus::{Fd, OwnedObjectPath};

use crate::args::{Put, TransferOptions};
use crate::client::Client;
use crate::failure::Failure;
use crate::local::source::Source;
use crate::text::local_name::local_name;
use crate::text::printable;
use crate::verbs::batch::Batch;
use crate::verbs::{follow, options};

/// Longest remote path, bytes.
const LONGEST: usize = 255;

/// One file and its remote path, or why it has none.
#[derive(Debug, PartialEq, Eq)]
pub struct Job {
    local: Source,
    remote: Result<String, Failure>,
}

/// Interprets the arguments, without the daemon.
pub fn plan(arguments: &Put) -> Result<Vec<Job>, Failure> {
    let (locals, remote) = match (&arguments.to, arguments.paths.as_slice()) {
        (Some(remote), locals) => (locals, Some(remote.clone())),
        (None, [only]) => (std::slice::from_ref(only), None),
        (None, all @ [locals @ .., last]) => match remote_argument(locals, last)? {
            Some(remote) => (locals, Some(remote)),
            None => (all, None),
        },
        (None, []) => return Err(Failure::usage("LOCAL is missing")),
    };
    if remote.as_deref() == Some("") {
        return Err(Failure::usage("REMOTE is empty"));
    }
    let directory = match &remote {
        None => Some(""),
        Some(remote) if locals.len() > 1 || remote == "." || remote.ends_with('/') => {
            Some(remote.as_str())
        }
        Some(_) => None,
    };
    if let ([only], Some(_)) = (locals, directory)
        && let Some(why) = nameless(only)
    {
        return Err(Failure::usage(why));
    }
    let jobs = locals.iter().map(|local| {
        let remote = match (directory, &remote) {
            (None, Some(name)) => Ok(name.clone()),
            (directory, _) => {
                name_of(local).map(|name| beneath(directory.unwrap_or_default(), name))
            }
        };
        let local = if local == "-" {
            Source::Stdin
        } else {
            Source::Path(PathBuf::from(local))
        };
        Job { local, remote }
    });
    Ok(jobs.collect())
}

/// Sends them, one after the other.
pub async fn run(
    client: &Client<'_>,
    jobs: Vec<Job>,
    arguments: &TransferOptions,
) -> Result<(), Failure> {
    let mut batch = Batch::new(client.output, jobs.len());
    for job in jobs {
        if client.interrupt.is_requested() {
            return Err(client.interrupt.failure());
        }
        if let Err(failure) = send(client, &job, arguments).await {
            batch.failed(failure)?;
        }
    }
    batch.end()
}

async fn send(client: &Client<'_>, job: &Job, arguments: &TransferOptions) -> Result<(), Failure> {
    // Not guarded: opening a FIFO waits for its writer, and one signal must end that.
    let named = job.remote.as_ref().map_err(Failure::clone)?;
    let source = job.local.open(arguments.detach, &client.interrupt)?;
    let remote = client.remote(named).await?;
    let _guard = client.interrupt.guard();
    let path = upload(client, &source, &remote, arguments).await?;
    drop(source);
    if arguments.detach {
        let number = follow::number(&path)?;
        // A pipe is read to its end before it is accepted. If a signal arrived meanwhile, its content
        // may be cut off.
        if client.interrupt.is_requested() {
            follow::stop(client, number).await?;
            return Err(client.interrupt.failure());
        }
        return client.output.either(
            &json!({ "transfer": number, "path": path.as_str() }),
            path.as_str(),
        );
    }
    let label = job.local.label();
    let wait = Duration::from_secs(arguments.wait.into());
    follow::follow(client, client.output, &path, &label, wait)
        .await?
        .report(client.output, &label, named)
}

/// Passes the descriptor to the daemon.
///
/// With `--detach` the content is copied into the spool, also that of a pipe, since this process ends
/// before the transfer. Without it a file for which the spool has no room is sent from the descriptor:
/// such a transfer is not continued where it stopped, but this process sees whether it ends well.
async fn upload(
    client: &Client<'_>,
    source: &OwnedFd,
    remote: &str,
    arguments: &TransferOptions,
) -> Result<OwnedObjectPath, Failure> {
    let pass = async |spool| {
        let options = options::of_upload(arguments, spool);
        let call = client
            .front
            .upload_fd(&client.server, Fd::from(source), remote, &options);
        call.await.map_err(Failure::from)
    };
    match pass(arguments.detach.then_some(true)).await {
        Err(failure) if !is_spool_full(&failure) => Err(failure),
        Err(failure) if arguments.detach => Err(Failure {
            text: format!(
                "{}; --detach copies the content into the spool, without it nothing has to be copied",
                failure.text
            ),
            ..failure
        }),
        Err(_) => pass(Some(false)).await,
        accepted => accepted,
    }
}

/// Whether the daemon's spool has no room. A full queue has the same error name.
fn is_spool_full(failure: &Failure) -> bool {
    failure.name == ErrorName::QueueFull.dbus_name() && failure.text.contains("spool_limit")
}

/// The last of several arguments as REMOTE; `None` if it is one more LOCAL: a local file that cannot be
/// REMOTE, or that is there behind a file that cannot keep its name, or the last of three or more that is
/// there (`put *.csv`), since several files can only go to a directory. If there are otherwise two
/// arguments and both are local files, the second may mean either: that is refused, so that one does not
/// overwrite the other on the server by mistake.
fn remote_argument(locals: &[OsString], last: &OsString) -> Result<Option<String>, Failure> {
    let path = Path::new(last);
    // Not followed: a link that leads nowhere was found by a pattern, too.
    let is_there = path.symlink_metadata().is_ok();
    let Some(remote) = last.to_str().filter(|remote| unfit(remote).is_none()) else {
        if is_there {
            return Ok(None);
        }
        let shown = local_name(last);
        let why = last.to_str().and_then(unfit).unwrap_or(NOT_UTF_8);
        return Err(Failure::usage(format!("{shown}: cannot be REMOTE: {why}")));
    };
    let is_file = is_there && !remote.ends_with('/') && !path.is_dir();
    let unnamed = |local: &OsString| nameless(local).is_none() && name_of(local).is_err();
    if is_file && (locals.len() > 1 || locals.iter().any(unnamed)) {
        return Ok(None);
    }
    let same_name = |local: &OsString| Path::new(local).file_name() == path.file_name();
    if remote == "-" || (is_file && !locals.iter().all(same_name)) {
        return Err(Failure::usage(format!(
            "{} is a local file too, and would be taken for REMOTE: use --to REMOTE \
             (--to . is the working directory)",
            printable(remote)
        )));
    }
    Ok(Some(remote.into()))
}

/// Why a name cannot be a remote path.
const NOT_UTF_8: &str = "the name is not UTF-8";

/// Why the module cannot send a path, if so.
fn unfit(remote: &str) -> Option<&'static str> {
    match remote {
        _ if remote.contains('"') => Some("the name has a quote"),
        _ if remote.contains(char::is_control) => Some("the name has a control character"),
        _ if remote.len() > LONGEST => Some("the name is longer than 255 bytes"),
        _ => None,
    }
}

/// Why a local path has no last component, if so.
fn nameless(local: &OsString) -> Option<String> {
    if local == "-" {
        return Some("standard input has no name: REMOTE is needed".into());
    }
    let shown = match local.is_empty() {
        true => "\"\"".into(),
        false => local_name(local),
    };
    match Path::new(local).file_name() {
        Some(_) => None,
        None => Some(format!(
            "{shown}: does not end in a file name: REMOTE is needed"
        )),
    }
}

/// The last component of a local path as a remote name. The failure is that of this file; others can be
/// sent.
fn name_of(local: &OsString) -> Result<&str, Failure> {
    if let Some(why) = nameless(local) {
        return Err(Failure::new(ErrorName::LocalIo, why));
    }
    let name = Path::new(local).file_name().and_then(OsStr::to_str);
    let name = name.ok_or(NOT_UTF_8);
    let name = name.and_then(|name| unfit(name).map_or(Ok(name), Err));
    name.map_err(|why| {
        let shown = local_name(local);
        let text = format!("{shown}: {why}; put LOCAL --to REMOTE sends it under another one");
        Failure::new(ErrorName::LocalIo, text)
    })
}

fn beneath(directory: &str, name: &str) -> String {
    match directory {
        "" | "." | "./" => name.into(),
        directory if directory.ends_with('/') => format!("{directory}{name}"),
        directory => format!("{directory}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remotes(paths: &[&str], to: Option<&str>) -> Result<Vec<String>, u8> {
        let arguments = Put {
            paths: paths.iter().map(OsString::from).collect(),
            to: to.map(Into::into),
            options: TransferOptions::default(),
        };
        match plan(&arguments) {
            Ok(jobs) => Ok(jobs.into_iter().map(|job| job.remote.unwrap()).collect()),
            Err(failure) => Err(failure.exit),
        }
    }

    #[test]
    fn remote_paths_follow_from_the_arguments() {
        let some = |names: &[&str]| Ok(names.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(remotes(&["d/a.csv"], None), some(&["a.csv"]));
        assert_eq!(remotes(&["d/a.csv", "b.csv"], None), some(&["b.csv"]));
        assert_eq!(remotes(&["d/a.csv", "in/"], None), some(&["in/a.csv"]));
        assert_eq!(remotes(&["d/a.csv", "."], None), some(&["a.csv"]));
        assert_eq!(
            remotes(&["d/a", "e/b", "in"], None),
            some(&["in/a", "in/b"])
        );
        assert_eq!(
            remotes(&["d/a", "e/b"], Some("in")),
            some(&["in/a", "in/b"])
        );
        assert_eq!(remotes(&["d/a", "e/b"], Some(".")), some(&["a", "b"]));
        assert_eq!(remotes(&["-", "x"], None), some(&["x"]));
        assert_eq!(remotes(&["a"], Some("/")), some(&["/a"]));
    }

    #[test]
    fn ambiguous_arguments_are_wrong_usage() {
        assert_eq!(remotes(&["-"], None), Err(2));
        assert_eq!(remotes(&["-", "in/"], None), Err(2));
        assert_eq!(remotes(&["a", "-"], None), Err(2));
        assert_eq!(remotes(&["a", ""], None), Err(2));
        assert_eq!(remotes(&[".."], None), Err(2));
        // Both are files of this crate: most likely expanded from a pattern by a shell.
        assert_eq!(remotes(&["src/main.rs", "Cargo.toml"], None), Err(2));
        assert_eq!(
            remotes(&["Cargo.toml", "Cargo.toml"], None),
            Ok(vec!["Cargo.toml".into()])
        );
        assert_eq!(
            remotes(&["src/main.rs", "Cargo.toml"], Some("in"))
                .unwrap()
                .len(),
            2
        );
    }
}
