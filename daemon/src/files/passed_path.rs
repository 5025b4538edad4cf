//! Whether a passed file lies below a root, where it can be opened again.

use std::os::fd::AsRawFd;
use std::path::PathBuf;

use super::roots::Roots;
use super::source::{SourceFile, Stamp};

/// The path under which a passed file can be opened again, if it lies below a root: what is opened
/// there is the same file, in the same state.
pub fn path_beneath_root(roots: &Roots, passed: &SourceFile) -> Option<PathBuf> {
    let link = format!("/proc/self/fd/{}", passed.file().as_raw_fd());
    let path = std::fs::read_link(link).ok()?;
    // A path that is not text cannot be stored.
    path.to_str()?;
    let metadata = roots.open(&path).ok()?.metadata().ok()?;
    (metadata.is_file() && Stamp::from(&metadata) == passed.stamp()).then_some(path)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::*;

    fn passed(file: File) -> SourceFile {
        SourceFile::from_fd(file.into()).unwrap()
    }

    #[test]
    fn only_the_same_file_below_a_root_is_found() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let roots = Roots::find(&[root.path().to_owned()], &[]);
        let (path, other) = (root.path().join("a"), outside.path().join("a"));
        fs::write(&path, "content").unwrap();
        fs::write(&other, "content").unwrap();
        let file = passed(File::open(&path).unwrap());
        assert_eq!(path_beneath_root(&roots, &file), Some(path.clone()));
        let file = passed(File::open(&other).unwrap());
        assert_eq!(path_beneath_root(&roots, &file), None);
        let removed = passed(File::open(&path).unwrap());
        fs::remove_file(&path).unwrap();
        assert_eq!(path_beneath_root(&roots, &removed), None);
        fs::write(&path, "content").unwrap();
        assert_eq!(path_beneath_root(&roots, &removed), None);
    }
}
