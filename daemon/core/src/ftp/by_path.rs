//! A listing by path is taken only as one of the directory that was asked for. It is for servers that do
//! not tell the working directory: a session that changed to another one could not return.

use std::collections::BTreeSet;

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::Failure;
use crate::api::listing::Names;
use crate::at::quote::RemotePath;

/// What is listed by path; `named` gives the names in it. A server that ignores the path lists the
/// working directory instead, so it counts only if it has names and none of them is there.
///
/// # Errors
/// Why it is not listed; `Protocol`: it may be of the working directory.
pub async fn listed<T>(
    directory: &RemotePath,
    list: impl AsyncFn(&RemotePath) -> Result<T, Failure>,
    named: fn(&T) -> Names,
) -> Result<T, Failure> {
    let listed = list(directory).await?;
    let here = RemotePath::new("remote path", ".")?;
    let (names, others) = (named(&listed), named(&list(&here).await?));
    if is_another(&names, &others) {
        return Ok(listed);
    }
    let text = format!(
        "the listing of {} may be that of the working directory, which the server does not tell",
        directory.as_str()
    );
    Err(Failure::new(ErrorName::Protocol, text))
}

/// Whether two listings are certainly not of the same directory.
fn is_another(names: &Names, others: &Names) -> bool {
    let others: BTreeSet<_> = others.iter().collect();
    !names.is_empty() && names.iter().all(|name| !others.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_both_have_leaves_it_open() {
        for (names, others, another) in [
            (&["a", "b"][..], &["c"][..], true),
            (&["a"], &[], true),
            (&["a", "b"], &["b", "c"], false),
            (&[], &["c"], false),
            (&[], &[], false),
        ] {
            let [names, others] = [names, others].map(|names| names.iter().collect());
            assert_eq!(is_another(&names, &others), another, "{names:?} {others:?}");
        }
    }
}
