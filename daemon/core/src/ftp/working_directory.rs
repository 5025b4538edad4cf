//! The working directory on the server. The session stands in its home, the directory it was in
//! after login; it leaves it only to find out the absolute name of another one, and returns.

use modem_ftp_dbus::errors::ErrorName;

use super::session::Session;
use crate::api::failure::{Failure, Scope};
use crate::at::command::ftp::{ChangeDirectory, WorkingDirectory};
use crate::at::quote::RemotePath;

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
    let answer = link.send(WorkingDirectory).await;
    if let Err(failure) = &answer
        && failure.scope > Scope::Command
    {
        // The session is closed for this.
        return Err(failure.clone());
    }
    go_back(session, home).await?;
    match answer {
        Ok(name) => check(path, name),
        // A server without PWD: a name that is absolute already needs no answer.
        Err(_) if is_plain(path) => Ok(trimmed(path)),
        Err(failure) => Err(failure.context(format!(
            "the absolute name of the directory {path} is not known"
        ))),
    }
}

/// The session's home, if the server tells it and it can be changed to by that name.
async fn home(session: &mut Session) -> Result<Option<RemotePath>, Failure> {
    if let Some(home) = session.home() {
        return Ok(home.cloned());
    }
    let home = match session.ftp().link().send(WorkingDirectory).await {
        Ok(name) => RemotePath::new("working directory", &name)
            .ok()
            .filter(|_| is_exact(&name)),
        Err(failure) if failure.scope == Scope::Command => None,
        Err(failure) => return Err(failure),
    };
    session.set_home(home.clone());
    Ok(home)
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

/// The name of the directory `path`, if paths beneath it can be made of it.
fn check(path: &str, name: String) -> Result<String, Failure> {
    let reason = if !name.starts_with('/') {
        "which is not an absolute path".to_owned()
    } else if !is_exact(&name) {
        "which is not UTF-8".to_owned()
    } else if let Err(failure) = RemotePath::new("the name", &name) {
        format!("which the module cannot send ({failure})")
    } else {
        return Ok(trimmed(&name));
    };
    Err(Failure::new(
        ErrorName::RemoteRefused,
        format!(
            "the server calls the directory {path} {name:?}, {reason}: it cannot be the working \
             directory"
        ),
    ))
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
        assert_eq!(check("d", "/a/d/".into()), Ok("/a/d".into()));
        assert_eq!(check("/", "/".into()), Ok("/".into()));
        let long = format!("/{}", "d".repeat(255));
        for name in [
            "/a\"d",
            "/a\"\"d",
            "C:\\d",
            "d",
            "/a\u{1b}d",
            "/a\u{FFFD}",
            &long,
        ] {
            let failure = check("d", name.into()).expect_err(name);
            assert_eq!(failure.name, ErrorName::RemoteRefused);
            assert!(failure.text.contains("directory d "), "{failure}");
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
