//! What it means that a server refuses MKD, RMD or a rename. 550 alone may say that something is
//! there already, is not there, is not empty or is not allowed; the directories themselves tell which.

use modem_ftp_dbus::errors::ErrorName;

use super::parent::{self, Listed};
use super::path;
use super::session::Session;
use super::working_directory::{Standing, enter, leave};
use crate::api::failure::{Failure, Scope};
use crate::api::reply::EntryType;
use crate::at::quote::RemotePath;

/// So many directories of a path are looked at, from its end upwards.
const MOST_DIRECTORIES: usize = 8;

/// Why `path` is not made a directory.
///
/// # Errors
/// What broke the session.
pub async fn make_directory(
    session: &mut Session,
    path: &str,
    refusal: Failure,
) -> Result<Failure, Failure> {
    if !is_unclear(&refusal) {
        return Ok(refusal);
    }
    let free = format!("{path} is not on the server, which does not create it");
    not_taken(session, path, free, refusal).await
}

/// Why the directory `path` is not removed.
///
/// # Errors
/// What broke the session.
pub async fn remove_directory(
    session: &mut Session,
    path: &str,
    refusal: Failure,
) -> Result<Failure, Failure> {
    if !is_unclear(&refusal) {
        return Ok(refusal);
    }
    let there = || format!("{path} is on the server, which does not remove it");
    let text = match enter(session, &RemotePath::new("remote path", path)?).await? {
        Standing::Home => there(),
        Standing::Away => {
            let names = parent::count_here(session.ftp().link()).await?;
            leave(session).await?;
            match names {
                Some(0) => format!(
                    "{path} is on the server with nothing listed in it, and the server does not \
                     remove it"
                ),
                Some(1) => format!("{path} is not empty, there is one name in it"),
                Some(count) => format!("{path} is not empty, there are {count} names in it"),
                None => there(),
            }
        }
        Standing::Refused(_) => match parent::entry(session.ftp().link(), path).await? {
            Listed::There(entry) if entry.kind == EntryType::File => {
                format!("{path} is a file and no directory")
            }
            Listed::There(_) => there(),
            Listed::Absent => return Ok(absent(path, path, refusal)),
            Listed::Unknown => return by_directories(session, path, refusal).await,
        },
    };
    Ok(explained(ErrorName::RemoteRefused, text, refusal))
}

/// Why `from` is not renamed to `to`.
///
/// # Errors
/// What broke the session.
pub async fn rename(
    session: &mut Session,
    from: &str,
    to: &str,
    refusal: Failure,
) -> Result<Failure, Failure> {
    if !is_unclear(&refusal) {
        return Ok(refusal);
    }
    let source = match parent::entry(session.ftp().link(), from).await? {
        Listed::There(_) => format!("{from} is on the server, {to} is not"),
        Listed::Absent => return Ok(absent(from, from, refusal)),
        Listed::Unknown => match obstacle(session, from).await? {
            Some(obstacle) => return Ok(obstacle.explain(from, refusal)),
            None => format!("{to} is not on the server"),
        },
    };
    let free = format!("{source}, and the server does not rename it");
    not_taken(session, to, free, refusal).await
}

/// Why a name is not given to anything: it is taken, or one of its directories is in the way. If neither
/// is so, `free` says what is.
async fn not_taken(
    session: &mut Session,
    path: &str,
    free: String,
    refusal: Failure,
) -> Result<Failure, Failure> {
    if is_directory(session, path).await? {
        return Ok(exists(path, "a directory", refusal));
    }
    match parent::entry(session.ftp().link(), path).await? {
        Listed::There(entry) => Ok(exists(path, kind(entry.kind), refusal)),
        Listed::Absent => Ok(explained(ErrorName::RemoteRefused, free, refusal)),
        Listed::Unknown => by_directories(session, path, refusal).await,
    }
}

/// Whether a refusal of a path leaves open what it means.
fn is_unclear(refusal: &Failure) -> bool {
    let of_path = matches!(
        refusal.name,
        ErrorName::RemoteRefused | ErrorName::RemoteNotFound
    );
    of_path && refusal.scope == Scope::Command && refusal.is_refusal()
}

/// Whether the server changes to `path`. The session is in its home again afterwards.
async fn is_directory(session: &mut Session, path: &str) -> Result<bool, Failure> {
    match enter(session, &RemotePath::new("remote path", path)?).await? {
        Standing::Home => Ok(true),
        Standing::Away => leave(session).await.map(|()| true),
        Standing::Refused(_) => Ok(false),
    }
}

/// What is in the way to a path.
enum Obstacle {
    /// This directory is not there.
    Missing(String),
    /// This is a file.
    File(String),
}

impl Obstacle {
    fn explain(self, path: &str, refusal: Failure) -> Failure {
        match self {
            Self::Missing(directory) => absent(path, &directory, refusal),
            Self::File(name) => {
                let text = format!("{name} is a file and no directory");
                explained(ErrorName::RemoteRefused, text, refusal)
            }
        }
    }
}

/// The directory on the way to `path` that is missing; `None`: it is there, or cannot be seen.
async fn obstacle(session: &mut Session, path: &str) -> Result<Option<Obstacle>, Failure> {
    let mut path = path.trim_end_matches('/');
    for _ in 0..MOST_DIRECTORIES {
        let (directory, _) = path::parts(path);
        let directory = match directory.trim_end_matches('/') {
            "" | "." => return Ok(None),
            directory => directory,
        };
        if is_directory(session, directory).await? {
            return Ok(None);
        }
        match parent::entry(session.ftp().link(), directory).await? {
            Listed::Absent => return Ok(Some(Obstacle::Missing(directory.to_owned()))),
            Listed::There(entry) if entry.kind == EntryType::File => {
                return Ok(Some(Obstacle::File(directory.to_owned())));
            }
            Listed::There(_) => return Ok(None),
            Listed::Unknown => path = directory,
        }
    }
    Ok(None)
}

/// The refusal with what is in the way to `path`, or as it is if nothing is seen there.
async fn by_directories(
    session: &mut Session,
    path: &str,
    refusal: Failure,
) -> Result<Failure, Failure> {
    match obstacle(session, path).await? {
        Some(obstacle) => Ok(obstacle.explain(path, refusal)),
        None => Ok(refusal),
    }
}

fn exists(path: &str, what: &str, refusal: Failure) -> Failure {
    let text = format!("{path} is on the server already ({what})");
    explained(ErrorName::RemoteExists, text, refusal)
}

/// `missing` is `path` itself, or a directory that leads to it.
fn absent(path: &str, missing: &str, refusal: Failure) -> Failure {
    let text = match path == missing {
        true => format!("{missing} is not on the server"),
        false => format!("the directory {missing} is not on the server"),
    };
    explained(ErrorName::RemoteNotFound, text, refusal)
}

fn kind(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Directory => "a directory",
        EntryType::File => "a file",
        _ => "of another type",
    }
}

fn explained(name: ErrorName, text: String, refusal: Failure) -> Failure {
    let text = format!("{text}: {refusal}");
    Failure {
        name,
        text: text.into(),
        ..refusal
    }
}
