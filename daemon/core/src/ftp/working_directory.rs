//! The working directory on the server. The session stands in its home, the directory it was in
//! after login; it leaves it only to find out the absolute name of another one, and returns.

use modem_ftp_dbus::errors::ErrorName;

use super::path;
use super::session::Session;
use crate::api::failure::{Failure, Retry, Scope};
use crate::at::command::ftp::{ChangeDirectory, WorkingDirectory};
use crate::at::quote::RemotePath;
use crate::link::Link;

/// The module's code for the reply 530 (docs/module/at-ftp.md §4).
const NOT_LOGGED_IN: u32 = 625;

/// The absolute name of the directory `path`, which the server has changed to. The session is in
/// its home again afterwards, or closed.
///
/// # Errors
/// `RemoteNotFound` and others: the server does not change to it. `RemoteRefused`: its name cannot
/// be kept.
pub async fn absolute_name(session: &mut Session, path: &str) -> Result<String, Failure> {
    let wanted = RemotePath::new("remote path", path)?;
    let home = home(session).await?;
    let link = session.ftp().link().clone();
    link.send(ChangeDirectory { path: wanted }).await?;
    let from_home = path::resolve(home.as_ref().map(RemotePath::as_str), path);
    let result = name_of_this(&link, path, &from_home).await;
    match &result {
        // The session is closed for this.
        Err(failure) if failure.scope > Scope::Command => {}
        _ => go_back(session, home).await?,
    }
    result
}

/// Where the session stands for the time of a listing.
pub enum Standing {
    /// In the directory that was asked for, which is its home.
    Home,
    /// In the directory that was asked for; [`leave`] leads back home.
    Away,
    /// In its home, since the server does not change to the directory.
    Refused(Failure),
}

/// Changes to a directory. What is listed there without a path is of that directory for certain;
/// there are servers that ignore the path in a listing command.
///
/// # Errors
/// With a scope above `Command`: the session is not usable any more.
pub async fn enter(session: &mut Session, path: &RemotePath) -> Result<Standing, Failure> {
    if path.as_str() == "." {
        return Ok(Standing::Home);
    }
    let home = home(session).await?;
    if home.is_some_and(|home| trimmed(home.as_str()) == trimmed(path.as_str())) {
        return Ok(Standing::Home);
    }
    let path = path.clone();
    match session.ftp().link().send(ChangeDirectory { path }).await {
        Ok(()) => Ok(Standing::Away),
        Err(failure) if failure.scope == Scope::Command => Ok(Standing::Refused(failure)),
        Err(failure) => Err(failure),
    }
}

/// Changes back to the session's home, or closes the session.
///
/// # Errors
/// With scope `Context` or more.
pub async fn leave(session: &mut Session) -> Result<(), Failure> {
    let home = home(session).await?;
    go_back(session, home).await
}

/// The absolute name of the directory that the session has changed to as `path`, which is `from_home`
/// where its home is known. Files go to the directory that was changed to and to no other: the name
/// by which it was asked for is certain, the one that the server tells may have been cut off at a
/// quote on the way, and then be that of another directory.
async fn name_of_this(link: &Link, path: &str, from_home: &str) -> Result<String, Failure> {
    let asked = trimmed(from_home);
    let name = match link.send(WorkingDirectory).await {
        Ok(name) => name,
        // A server without PWD: a name that is absolute already needs no answer.
        Err(failure) if tells_no_name(&failure) && is_plain(path) => return Ok(trimmed(path)),
        Err(failure) if tells_no_name(&failure) => {
            // The session goes on: it has just changed to the directory.
            let name = match failure.scope {
                Scope::Command => failure.name,
                _ => ErrorName::RemoteRefused,
            };
            let failure = Failure { name, ..failure };
            let words = format!("the absolute name of the directory {path} is not known");
            let failure = failure.context(words).scope(Scope::Command);
            return Err(failure.retry(Retry::Never));
        }
        Err(failure) => return Err(failure),
    };
    let (name, absolute) = check(path, name)?;
    if name == asked || is_plain(&asked) {
        return Ok(asked);
    }
    match link.send(ChangeDirectory { path: absolute }).await {
        Ok(()) if !asked.starts_with('/') || name == lexical(&asked) => Ok(name),
        // It goes through a symbolic link.
        Ok(()) => Ok(asked),
        Err(failure) if failure.scope == Scope::Command => Err(unfit(
            path,
            &name,
            &format!("and does not change to it by this name ({failure})"),
        )),
        Err(failure) => Err(failure),
    }
}

/// The session's home, if the server reports it and it can be changed to by that name.
async fn home(session: &mut Session) -> Result<Option<RemotePath>, Failure> {
    if let Some(home) = session.home() {
        return Ok(home.cloned());
    }
    let home = match session.ftp().link().send(WorkingDirectory).await {
        Ok(name) => returnable(&name),
        Err(failure) if tells_no_name(&failure) => None,
        Err(failure) => return Err(failure),
    };
    session.set_home(home.clone());
    Ok(home)
}

/// Whether a refusal of PWD says only that the directory has no name. Also 530 does not tell that the
/// session has ended: the next command shows that.
pub fn tells_no_name(refusal: &Failure) -> bool {
    refusal.scope == Scope::Command
        || refusal.is_refusal()
        || (refusal.scope == Scope::Session && refusal.code == Some(NOT_LOGGED_IN))
}

/// The directory of this name, as the server told it, if the session can change to it by the name.
pub fn returnable(name: &str) -> Option<RemotePath> {
    let path = RemotePath::new("working directory", name).ok();
    path.filter(|_| is_exact(name))
}

/// Changes back to the session's home. Where that does not work, the session is closed: the next
/// login leads there.
async fn go_back(session: &mut Session, home: Option<RemotePath>) -> Result<(), Failure> {
    if let Some(path) = home {
        match session.ftp().link().send(ChangeDirectory { path }).await {
            Ok(()) => return Ok(()),
            Err(failure) if failure.scope > Scope::Session => return Err(failure),
            Err(failure) => tracing::info!("{failure}; closing the session instead"),
        }
    }
    session.close().await
}

/// The name of the directory `path`, if paths beneath it can be made of it and sent.
fn check(path: &str, name: String) -> Result<(String, RemotePath), Failure> {
    if !name.starts_with('/') {
        return Err(unfit(path, &name, "which is not an absolute path"));
    }
    if !is_exact(&name) {
        return Err(unfit(path, &name, "which is not UTF-8"));
    }
    let name = trimmed(&name);
    let sendable = RemotePath::new("the name", &name);
    sendable
        .map(|sendable| (name.clone(), sendable))
        .map_err(|failure| {
            let reason = format!("which the module cannot send ({failure})");
            unfit(path, &name, &reason)
        })
}

/// The refusal of a directory for its name.
fn unfit(path: &str, name: &str, reason: &str) -> Failure {
    let text = format!(
        "the server calls the directory {path} {name:?}, {reason}: it cannot be the working \
         directory"
    );
    Failure::new(ErrorName::RemoteRefused, text)
}

/// Whether the name is what the server sent: other bytes than UTF-8 were replaced on the way.
fn is_exact(name: &str) -> bool {
    !name.contains(char::REPLACEMENT_CHARACTER)
}

/// Whether a path is absolute and no component of it refers to another directory.
fn is_plain(path: &str) -> bool {
    let mut components = path.split('/');
    path.starts_with('/') && !components.any(|component| matches!(component, "." | ".."))
}

/// An absolute path without `.` and `..`, as if there were no symbolic links.
fn lexical(path: &str) -> String {
    let mut components = Vec::new();
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." => _ = components.pop(),
            name => components.push(name),
        }
    }
    format!("/{}", components.join("/"))
}

/// The same path without slashes at its end.
fn trimmed(path: &str) -> String {
    match path.trim_end_matches('/') {
        "" => "/".to_owned(),
        path => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_cannot_be_kept_is_refused() {
        let name = |said: &str| check("d", said.into()).map(|(name, _)| name);
        assert_eq!(name("/a/d/"), Ok("/a/d".into()));
        assert_eq!(name("/"), Ok("/".into()));
        let long = format!("/{}", "d".repeat(255));
        for said in [
            "/a\"d",
            "/a\"\"d",
            "C:\\d",
            "d",
            "/a\u{1b}d",
            "/a\u{FFFD}",
            &long,
        ] {
            let failure = name(said).expect_err(said);
            assert_eq!(failure.name, ErrorName::RemoteRefused);
            assert!(failure.text.contains("directory d "), "{failure}");
        }
    }

    #[test]
    fn paths_are_resolved_without_symbolic_links() {
        for (path, name) in [
            ("/a/../b", "/b"),
            ("/a/./b/", "/a/b"),
            ("/..", "/"),
            ("/a/b/../../..//c", "/c"),
        ] {
            assert_eq!(lexical(path), name);
        }
    }

    #[test]
    fn only_plain_absolute_paths_need_no_answer() {
        assert!(is_plain("/a/b"));
        assert!(is_plain("/"));
        for path in ["a", "/a/..", "/./a", ""] {
            assert!(!is_plain(path), "{path}");
        }
    }
}
