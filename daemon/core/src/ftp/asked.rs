//! [`Asked`]: whether a listing is asked for by a path or by a pattern.

use super::path;
use crate::api::failure::Failure;
use crate::at::quote::RemotePath;

/// What a listing is asked for by.
pub enum Asked {
    /// The path of a directory or file.
    Path,
    /// A pattern.
    Pattern(Pattern),
}

/// A path whose last component has `*` or `?`.
pub struct Pattern {
    /// The directory in which names are to match.
    pub directory: RemotePath,
    /// The pattern itself.
    pub last: RemotePath,
}

impl Asked {
    /// What this path is.
    ///
    /// # Errors
    /// `InvalidArguments`.
    pub fn of(path: &RemotePath) -> Result<Self, Failure> {
        let (directory, last) = path::parts(path.as_str());
        if !last.contains(['*', '?']) {
            return Ok(Self::Path);
        }
        Ok(Self::Pattern(Pattern {
            directory: RemotePath::new("remote path", directory)?,
            last: RemotePath::new("remote path", last)?,
        }))
    }
}

impl Pattern {
    /// Whether a name matches. Letters are equal in both cases, as some servers have it. A pattern that
    /// has more than `*` and `?`, or that Windows has its own rule for, is left to the server.
    pub fn fits(&self, name: &str) -> bool {
        let pattern = self.last.as_str();
        pattern == "*.*" || pattern.contains(['[', '{', ';', '\'']) || fits(pattern, name)
    }
}

fn fits(pattern: &str, name: &str) -> bool {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect();
    let (pattern, name): (Vec<char>, Vec<char>) = (lower(pattern), lower(name));
    let (mut p, mut n) = (0, 0);
    // Behind the last `*`, and where in the name it was tried.
    let mut star = None;
    while let Some(&c) = name.get(n) {
        match pattern.get(p) {
            Some('*') => {
                p += 1;
                star = Some((p, n));
            }
            Some(&expected) if expected == '?' || expected == c => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((behind, tried)) = star else {
                    return false;
                };
                (p, n) = (behind, tried + 1);
                star = Some((p, n));
            }
        }
    }
    pattern.iter().skip(p).all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_patterns() {
        for (pattern, name, matches) in [
            ("*", "a", true),
            ("*.csv", "a.csv", true),
            ("*.csv", "a.CSV", true),
            ("*.csv", "a.csv.part", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("*a", "aaab", false),
            ("[ab]*", "z", true),
        ] {
            let path = RemotePath::new("path", pattern).unwrap();
            let Asked::Pattern(asked) = Asked::of(&path).unwrap() else {
                panic!("{pattern}");
            };
            assert_eq!(asked.fits(name), matches, "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_is_in_its_directory() {
        for (path, directory, last) in [
            ("*.csv", ".", "*.csv"),
            ("/a/b/*", "/a/b", "*"),
            ("/*", "/", "*"),
            ("d/x?", "d", "x?"),
        ] {
            let path = RemotePath::new("path", path).unwrap();
            let Asked::Pattern(asked) = Asked::of(&path).unwrap() else {
                panic!("{path:?}");
            };
            assert_eq!(
                (asked.directory.as_str(), asked.last.as_str()),
                (directory, last)
            );
        }
        for path in ["a", "/a*b/c", "."] {
            let path = RemotePath::new("path", path).unwrap();
            assert!(matches!(Asked::of(&path), Ok(Asked::Path)), "{path:?}");
        }
    }
}
