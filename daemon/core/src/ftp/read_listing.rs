//! Listings of what was asked for, and of nothing else: there are servers that ignore the path of a
//! listing command and list the directory that the session is in. So the session changes to the directory
//! and lists it without a path. What it cannot change to may be a file, which a listing by path must
//! name, or a pattern, which every name of the listing must match.

use modem_ftp_dbus::errors::ErrorName;

use super::asked::{Asked, Pattern};
use super::listing;
use super::parent::{self, Listed};
use super::session::Session;
use super::take_listing::{self, is_answer, is_empty};
use super::working_directory::{Standing, enter, leave};
use crate::api::failure::{Failure, Scope};
use crate::api::listing::{Entry, EntryType, Listing, Names};
use crate::api::local::LocalFile;
use crate::api::reply::Reply;
use crate::at::quote::RemotePath;

/// The entries of a directory, of a file, or those that match a pattern.
pub async fn list(session: &mut Session, path: &RemotePath) -> Result<Reply, Failure> {
    let take =
        async |session: &mut Session, path: &RemotePath| take_listing::entries(session, path).await;
    let entries = match Asked::of(path)? {
        Asked::Pattern(pattern) => {
            let entries = matching(session, &pattern, take).await?;
            entries.adjusted(move |entry| pattern.fits(&entry.name))
        }
        Asked::Path => match taken(session, path, take).await? {
            Taken::There(entries) => entries,
            Taken::ByPath(listed, refusal) => {
                let proven = listed.and_then(|entries| {
                    let entries = listing::rename_paths(entries);
                    prove_entries(path, &entries, refusal).map(|()| entries)
                });
                match proven {
                    Ok(entries) => entries,
                    Err(failure) => single(in_parent(session, path, failure).await?),
                }
            }
        },
    };
    Ok(Reply::Entries(entries))
}

/// The names in a directory, of a file, or those that match a pattern.
pub async fn list_names(session: &mut Session, path: &RemotePath) -> Result<Reply, Failure> {
    let take =
        async |session: &mut Session, path: &RemotePath| take_listing::names(session, path).await;
    let names = match Asked::of(path)? {
        Asked::Pattern(pattern) => {
            let names = matching(session, &pattern, take).await?;
            names.iter().filter(|name| pattern.fits(name)).collect()
        }
        Asked::Path => match taken(session, path, take).await? {
            Taken::There(names) => names,
            Taken::ByPath(listed, refusal) => {
                let proven = listed.and_then(|names| {
                    let mut seen = Seen::of(path);
                    names.iter().for_each(|name| seen.see(name));
                    seen.prove(refusal).map(|()| names)
                });
                match proven {
                    Ok(names) => names,
                    Err(failure) => single(in_parent(session, path, failure).await?).names(),
                }
            }
        },
    };
    Ok(Reply::Names(names))
}

/// The server's own bytes: of a directory, of a file, or of what matches a pattern.
pub async fn list_raw(session: &mut Session, path: &RemotePath) -> Result<Reply, Failure> {
    let take =
        async |session: &mut Session, path: &RemotePath| take_listing::bytes(session, path).await;
    let bytes = match Asked::of(path)? {
        Asked::Pattern(pattern) => matching(session, &pattern, take).await?,
        Asked::Path => match taken(session, path, take).await? {
            Taken::There(bytes) => bytes,
            Taken::ByPath(listed, refusal) => {
                let now = session.ftp().link().now().unix;
                let proven = listed.and_then(|bytes| {
                    let entries = listing::list(bytes.clone(), now).unwrap_or_default();
                    prove_entries(path, &listing::rename_paths(entries), refusal).map(|()| bytes)
                });
                match proven {
                    Ok(bytes) => bytes,
                    Err(failure) => {
                        in_parent(session, path, failure.clone()).await?;
                        // What it says of the directory is not what it would say of the file.
                        return Err(unlisted(path, failure, "list it alone"));
                    }
                }
            }
        },
    };
    Ok(Reply::Bytes(bytes))
}

/// The server's own bytes, into a local file: of a directory that the server changes to, or of what
/// matches a pattern in one.
pub async fn list_into(
    session: &mut Session,
    path: &RemotePath,
    file: &LocalFile,
) -> Result<Reply, Failure> {
    let take = async |session: &mut Session, path: &RemotePath| {
        take_listing::into(session, path, file).await
    };
    match Asked::of(path)? {
        Asked::Pattern(pattern) => matching(session, &pattern, take).await?,
        Asked::Path => {
            let here = RemotePath::new("remote path", ".")?;
            let pattern = Pattern {
                directory: path.clone(),
                last: here,
            };
            matching(session, &pattern, take).await?;
        }
    }
    session.ftp().link().commit(file, false).await?;
    Ok(Reply::Done)
}

/// A listing, and how certain it is what it is of.
enum Taken<T> {
    /// Of the directory that was asked for.
    There(T),
    /// By path, because the server does not change to it, for this reason.
    ByPath(Result<T, Failure>, Failure),
}

/// Takes the listing of a path: in the directory of that name or, if the server does not change to it, by
/// path.
async fn taken<T: Default>(
    session: &mut Session,
    path: &RemotePath,
    take: impl AsyncFn(&mut Session, &RemotePath) -> Result<T, Failure>,
) -> Result<Taken<T>, Failure> {
    let standing = enter(session, path).await?;
    if let Standing::Refused(refusal) = standing {
        let listed = match take(session, path).await {
            Err(failure) if !is_answer(&failure) => return Err(failure),
            listed => listed,
        };
        return Ok(Taken::ByPath(listed, refusal));
    }
    let here = RemotePath::new("remote path", ".")?;
    let listed = match take(session, &here).await {
        Err(failure) if is_empty(&failure) => Ok(T::default()),
        listed => listed,
    };
    back(session, &standing, listed).await.map(Taken::There)
}

/// Takes the listing of a pattern, in its directory.
async fn matching<T: Default>(
    session: &mut Session,
    pattern: &Pattern,
    take: impl AsyncFn(&mut Session, &RemotePath) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let standing = enter(session, &pattern.directory).await?;
    if let Standing::Refused(refusal) = standing {
        return Err(refusal);
    }
    let listed = match take(session, &pattern.last).await {
        // Nothing matches.
        Err(failure) if is_empty(&failure) => Ok(T::default()),
        listed => listed,
    };
    back(session, &standing, listed).await
}

/// Returns to where the session stood before.
async fn back<T>(
    session: &mut Session,
    standing: &Standing,
    listed: Result<T, Failure>,
) -> Result<T, Failure> {
    let broken = listed
        .as_ref()
        .is_err_and(|failure| failure.scope > Scope::Command);
    // A broken session is closed.
    if matches!(standing, Standing::Away) && !broken {
        leave(session).await?;
    }
    listed
}

/// What the listing of its directory says of a path that is not listed by itself, for the reason
/// `failure`: many servers list directories only.
async fn in_parent(
    session: &Session,
    path: &RemotePath,
    failure: Failure,
) -> Result<Entry, Failure> {
    match parent::entry(session.ftp().link(), path.as_str()).await? {
        Listed::There(entry) if entry.kind == EntryType::Directory => {
            Err(unlisted(path, failure, "change to it"))
        }
        Listed::There(entry) => Ok(entry),
        Listed::Absent => Err(Failure {
            name: ErrorName::RemoteNotFound,
            text: format!("{} is not on the server: {failure}", path.as_str()).into(),
            ..failure
        }),
        Listed::Unknown => Err(failure),
    }
}

/// A path is there and not listed.
fn unlisted(path: &RemotePath, failure: Failure, what: &str) -> Failure {
    let path = path.as_str();
    Failure {
        name: ErrorName::RemoteRefused,
        text: format!("{path} is on the server, which does not {what}: {failure}").into(),
        ..failure
    }
}

/// A listing of one entry.
fn single(entry: Entry) -> Listing {
    let name: Names = [entry.name.as_str()].into_iter().collect();
    listing::named(name).adjusted(move |row| {
        row.clone_from(&entry);
        true
    })
}

/// A listing by path is of the file that was asked for, if it names nothing else.
fn prove_entries(path: &RemotePath, entries: &Listing, refusal: Failure) -> Result<(), Failure> {
    let mut seen = Seen::of(path);
    entries.visit(|entry| {
        seen.see(&entry.name);
        true
    });
    seen.prove(refusal)
}

/// The names of a listing by path, as far as they say what it is of.
struct Seen<'a> {
    asked: &'a str,
    any: bool,
    others: bool,
}

impl<'a> Seen<'a> {
    fn of(path: &'a RemotePath) -> Self {
        let path = path.as_str().trim_end_matches('/');
        Self {
            asked: path.rsplit('/').next().unwrap_or(path),
            any: false,
            others: false,
        }
    }

    fn see(&mut self, name: &str) {
        self.any = true;
        self.others |= name != self.asked;
    }

    fn prove(self, refusal: Failure) -> Result<(), Failure> {
        match (self.any, self.others) {
            (true, false) => Ok(()),
            (true, true) => Err(refusal.context(
                "the server lists another directory, since it does not change to this one",
            )),
            (false, _) => Err(Failure::new(
                ErrorName::RemoteNotFound,
                "the listing is empty, and the server does not change to this directory",
            )),
        }
    }
}
