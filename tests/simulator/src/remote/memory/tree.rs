//! The file tree of the server in memory, by absolute path, and the three listing formats.

use std::collections::BTreeMap;

use super::StartPosition;

/// The modification time of every file, unless the server was given another: there is no clock here.
pub(super) const MODIFIED: &str = "20140708110039";

/// The content of a file; `None` is a folder.
type Node = Option<Vec<u8>>;

/// Writes a row of a listing: a name, and the size of a file.
pub(super) type Line = fn(&str, Option<usize>) -> String;

/// The files and folders of a server. The root folder always exists.
#[derive(Debug, Default)]
pub struct Tree(BTreeMap<Vec<u8>, Node>);

/// Makes a path absolute and resolves `.`, `..` and repeated slashes.
pub(super) fn resolve(cwd: &[u8], path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    let base: &[u8] = if path.starts_with(b"/") { b"" } else { cwd };
    for part in base
        .split(|&byte| byte == b'/')
        .chain(path.split(|&byte| byte == b'/'))
    {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut absolute = b"/".to_vec();
    absolute.extend(parts.join(&b'/'));
    absolute
}

fn parent(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&byte| byte == b'/') {
        None | Some(0) => b"/",
        Some(at) => path.split_at_checked(at).map_or(b"/", |(head, _)| head),
    }
}

fn name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

/// A line of LIST: `-rw-r--r-- 1 ftp ftp 5 Jul 08 2014 name`.
pub(super) fn long_line(name: &str, size: Option<usize>) -> String {
    let kind = if size.is_some() {
        "-rw-r--r--"
    } else {
        "drwxr-xr-x"
    };
    format!(
        "{kind} 1 ftp ftp {:>10} Jul 08 2014 {name}\r\n",
        size.unwrap_or(0)
    )
}

/// A line of NLST: the name.
pub(super) fn name_line(name: &str, _: Option<usize>) -> String {
    format!("{name}\r\n")
}

/// A line of MLSD: facts and name (RFC 3659 §7.2).
pub(super) fn fact_line(name: &str, size: Option<usize>) -> String {
    match size {
        Some(size) => format!("type=file;size={size};modify={MODIFIED}; {name}\r\n"),
        None => format!("type=dir;modify={MODIFIED}; {name}\r\n"),
    }
}

impl Tree {
    pub(super) fn is_folder(&self, path: &[u8]) -> bool {
        path == b"/" || matches!(self.0.get(path), Some(None))
    }

    pub(super) fn get(&self, path: &[u8]) -> Option<&Vec<u8>> {
        self.0.get(path)?.as_ref()
    }

    pub(super) fn put(&mut self, path: &[u8], bytes: &[u8]) {
        let path = resolve(b"/", path);
        let mut folder = parent(&path);
        while folder != b"/" {
            self.0.insert(folder.to_vec(), None);
            folder = parent(folder);
        }
        self.0.insert(path, Some(bytes.to_vec()));
    }

    /// STOR after REST `offset` (0: none): creates the file, or prepares it; returns where the
    /// first byte goes. `None` if the path is a folder or lies in none.
    pub(super) fn open_for_writing(
        &mut self,
        path: &[u8],
        offset: usize,
        start: StartPosition,
    ) -> Option<usize> {
        if self.is_folder(path) || !self.is_folder(parent(path)) {
            return None;
        }
        let bytes = self
            .0
            .entry(path.to_vec())
            .or_default()
            .get_or_insert_default();
        match start {
            _ if offset == 0 => bytes.clear(),
            StartPosition::InPlace => {}
            StartPosition::Cuts => bytes.resize(offset, 0),
            StartPosition::Appends => return Some(bytes.len()),
            StartPosition::ZeroFills => *bytes = vec![0; offset],
            StartPosition::Ignored | StartPosition::Refused => {
                bytes.clear();
                return Some(0);
            }
        }
        Some(offset)
    }

    /// Writes over what stands at `offset`; a gap before it is filled with zeros.
    pub(super) fn write(&mut self, path: &[u8], offset: usize, new: &[u8]) {
        if let Some(Some(bytes)) = self.0.get_mut(path) {
            let tail = bytes.split_off(bytes.len().min(offset));
            bytes.resize(offset, 0);
            bytes.extend(new);
            bytes.extend(tail.iter().skip(new.len()));
        }
    }

    pub(super) fn delete(&mut self, path: &[u8]) -> bool {
        let exists = self.get(path).is_some();
        if exists {
            self.0.remove(path);
        }
        exists
    }

    pub(super) fn make_folder(&mut self, path: &[u8]) -> bool {
        let free = path != b"/" && !self.0.contains_key(path) && self.is_folder(parent(path));
        if free {
            self.0.insert(path.to_vec(), None);
        }
        free
    }

    pub(super) fn remove_folder(&mut self, path: &[u8]) -> bool {
        let empty = self.is_folder(path) && path != b"/" && self.children(path).next().is_none();
        if empty {
            self.0.remove(path);
        }
        empty
    }

    pub(super) fn rename(&mut self, from: &[u8], to: &[u8]) -> bool {
        let mut inside = from.to_vec();
        inside.push(b'/');
        let moved: Vec<_> = self
            .0
            .keys()
            .filter(|path| *path == from || path.starts_with(&inside))
            .cloned()
            .collect();
        if moved.is_empty() || !self.is_folder(parent(to)) || self.is_folder(to) {
            return false;
        }
        for path in moved {
            let rest = path.get(from.len()..).unwrap_or(&[]);
            let target = [to, rest].concat();
            if let Some(node) = self.0.remove(&path) {
                self.0.insert(target, node);
            }
        }
        true
    }

    fn children<'a>(&'a self, folder: &'a [u8]) -> impl Iterator<Item = (&'a Vec<u8>, &'a Node)> {
        self.0
            .iter()
            .filter(move |(path, _)| parent(path) == folder)
    }

    pub(super) fn listing(&self, path: &[u8], line: Line) -> Option<Vec<u8>> {
        let text = |(path, node): (&Vec<u8>, &Node)| {
            line(
                &String::from_utf8_lossy(name(path)),
                node.as_ref().map(Vec::len),
            )
            .into_bytes()
        };
        if self.is_folder(path) {
            return Some(self.children(path).flat_map(text).collect());
        }
        self.0.get_key_value(path).map(text)
    }

    pub(super) fn paths(&self) -> Vec<String> {
        let shown = |(path, node): (&Vec<u8>, &Node)| {
            let path = String::from_utf8_lossy(path);
            if node.is_some() {
                path.into_owned()
            } else {
                format!("{path}/")
            }
        };
        self.0.iter().map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{StartPosition, Tree, fact_line, name_line, resolve};

    #[test]
    fn resolves_relative_paths() {
        for (path, absolute) in [
            ("a", "/x/a"),
            ("/a//b/", "/a/b"),
            ("..", "/"),
            ("../..", "/"),
            (".", "/x"),
        ] {
            assert_eq!(resolve(b"/x", path.as_bytes()), absolute.as_bytes());
        }
    }

    #[test]
    fn changes_and_lists_files_and_folders() {
        let mut tree = Tree::default();
        assert!(tree.make_folder(b"/d") && !tree.make_folder(b"/d"));
        let mut open = |path: &[u8]| tree.open_for_writing(path, 0, StartPosition::Cuts);
        assert_eq!((open(b"/d/f"), open(b"/none/f")), (Some(0), None));
        tree.write(b"/d/f", 0, b"12345");
        tree.write(b"/d/f", 3, b"XY");
        assert!(!tree.remove_folder(b"/d"));
        assert_eq!(
            tree.listing(b"/d", fact_line).unwrap(),
            b"type=file;size=5;modify=20140708110039; f\r\n"
        );
        assert!(tree.rename(b"/d", b"/e"));
        assert_eq!(tree.get(b"/e/f").unwrap(), b"123XY");
        assert_eq!(tree.listing(b"/", name_line).unwrap(), b"e\r\n");
        assert!(tree.delete(b"/e/f") && tree.remove_folder(b"/e") && tree.paths().is_empty());
    }

    #[test]
    fn start_positions_of_uploads() {
        for (start, result) in [
            (StartPosition::InPlace, &b"12ab5"[..]),
            (StartPosition::Cuts, b"12ab"),
            (StartPosition::Appends, b"12345ab"),
            (StartPosition::ZeroFills, b"\0\0ab"),
            (StartPosition::Ignored, b"ab"),
        ] {
            let mut tree = Tree::default();
            tree.put(b"/f", b"12345");
            let offset = tree.open_for_writing(b"/f", 2, start).unwrap();
            tree.write(b"/f", offset, b"ab");
            assert_eq!(tree.get(b"/f").unwrap(), result, "{start:?}");
        }
    }
}
