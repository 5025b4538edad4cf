//! [`Listing`] and [`Names`]: what was read of a directory on the server, in little more memory than
//! the server's bytes take. The entries of a long listing never exist at the same time.

use std::fmt;
use std::sync::Arc;

pub use modem_ftp_dbus::words::EntryType;

use super::failure::Failure;

/// One row of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name, never a path.
    pub name: String,
    /// Its type.
    pub kind: EntryType,
    /// Bytes, if known.
    pub size: Option<u64>,
    /// Unix time in seconds, if known.
    pub modified: Option<i64>,
    /// What else the server sent: MLSD facts by their lower-case name, or `mode`, `owner`, `group`,
    /// `target`; and `unreadable`, which names what could not be read (`size`, `modify`, `name`,
    /// `row`, `type`), `unreadable-rows` in such a row, and `unaddressable`, which says why the name
    /// cannot be sent back (`escaped`, `quote`, `length`).
    pub more: Vec<(String, String)>,
}

impl Entry {
    /// Bytes of it, if they are known and it is no directory.
    pub fn file_size(&self) -> Option<u64> {
        self.size.filter(|_| self.kind != EntryType::Directory)
    }
}

/// Gives each entry of a listing, read at a time (Unix seconds), to a visitor until that answers
/// `false`.
pub type ReadListing = fn(&[u8], i64, &mut dyn FnMut(Entry) -> bool) -> Result<(), Failure>;

/// Changes an entry, and answers whether it belongs to the listing.
type Adjust = Arc<dyn Fn(&mut Entry) -> bool + Send + Sync>;

/// A listing that can be read.
#[derive(Clone)]
pub struct Listing {
    bytes: Vec<u8>,
    now: i64,
    read: ReadListing,
    adjust: Option<Adjust>,
    entries: usize,
}

impl Listing {
    /// A listing in the form that `read` reads, of at most `most` entries. `None`: it has more.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn new(
        bytes: Vec<u8>,
        now: i64,
        read: ReadListing,
        most: usize,
    ) -> Result<Option<Self>, Failure> {
        Self::or_bytes(bytes, now, read, most).map_err(|(failure, _)| failure)
    }

    /// As [`Listing::new`].
    ///
    /// # Errors
    /// It cannot be read; the bytes are given back.
    pub fn or_bytes(
        bytes: Vec<u8>,
        now: i64,
        read: ReadListing,
        most: usize,
    ) -> Result<Option<Self>, (Failure, Vec<u8>)> {
        let mut entries = 0;
        let result = read(&bytes, now, &mut |_| {
            entries += 1;
            entries <= most
        });
        if let Err(failure) = result {
            return Err((failure, bytes));
        }
        Ok((entries <= most).then_some(Self {
            bytes,
            now,
            read,
            adjust: None,
            entries,
        }))
    }

    /// The same listing with each entry changed, and without those for which `adjust` answers `false`.
    #[must_use]
    pub fn adjusted(mut self, adjust: impl Fn(&mut Entry) -> bool + Send + Sync + 'static) -> Self {
        self.adjust = Some(Arc::new(adjust));
        let mut entries = 0;
        self.visit(|_| {
            entries += 1;
            true
        });
        self.entries = entries;
        self
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Bytes that it keeps.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Gives each entry to `visit`, in the server's order, until that answers `false`.
    pub fn visit(&self, mut visit: impl FnMut(Entry) -> bool) {
        // It was read before.
        let _ = (self.read)(&self.bytes, self.now, &mut |mut entry| {
            let adjust = self.adjust.as_ref();
            match adjust.is_none_or(|adjust| adjust(&mut entry)) {
                true => visit(entry),
                false => true,
            }
        });
    }

    /// All entries.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(self.entries);
        self.visit(|entry| {
            entries.push(entry);
            true
        });
        entries
    }

    /// The names of all entries.
    pub fn names(&self) -> Names {
        let mut names = Names::default();
        self.visit(|entry| {
            names.push(&entry.name);
            true
        });
        names
    }
}

impl Default for Listing {
    /// A listing without entries.
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            now: 0,
            read: |_, _, _| Ok(()),
            adjust: None,
            entries: 0,
        }
    }
}

impl PartialEq for Listing {
    fn eq(&self, other: &Self) -> bool {
        self.entries() == other.entries()
    }
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} entries", self.entries)
    }
}

/// Names of files. They have no control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Each ends in a line feed.
    text: String,
    count: usize,
}

impl Names {
    /// Adds a name.
    pub fn push(&mut self, name: &str) {
        self.text.push_str(name);
        self.text.push('\n');
        self.count += 1;
    }

    /// The names, each with a line feed after it.
    pub fn into_text(self) -> String {
        self.text
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes that they take.
    pub fn size(&self) -> usize {
        self.text.len()
    }

    /// The names, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.text.split_terminator('\n')
    }
}

impl<N: AsRef<str>> FromIterator<N> for Names {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> Self {
        let mut all = Self::default();
        names.into_iter().for_each(|name| all.push(name.as_ref()));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_in_order() {
        let names: Names = ["a", " b ", "c"].into_iter().collect();
        assert_eq!(names.iter().collect::<Vec<_>>(), ["a", " b ", "c"]);
        assert_eq!((names.len(), Names::default().is_empty()), (3, true));
    }
}
