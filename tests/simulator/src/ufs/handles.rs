//! Open files (docs/module/at-file.md §3.7): numbers, modes, positions, and the limit on how many.

/// How many files may be open; the number is not documented (docs/module/at-file.md §1).
const OPEN_LIMIT: usize = 10;

/// The mode of QFOPEN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenMode {
    /// 0: created if missing, read and write.
    Create,
    /// 1: created or truncated, read and write.
    Truncate,
    /// 2: must exist, read only.
    ReadOnly,
}

impl OpenMode {
    /// The number that AT+QFOPEN? prints.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Create => 0,
            Self::Truncate => 1,
            Self::ReadOnly => 2,
        }
    }
}

/// One open file.
#[derive(Debug, Clone)]
pub(crate) struct OpenFile {
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) mode: OpenMode,
    pub(crate) position: u64,
}

/// All open files.
#[derive(Debug, Default)]
pub(crate) struct Handles(Vec<OpenFile>);

impl Handles {
    /// Whether one more file may be opened.
    pub(crate) fn has_room(&self) -> bool {
        self.0.len() < OPEN_LIMIT
    }

    /// Opens a file; the handle is the lowest free number.
    pub(crate) fn open(&mut self, name: &str, mode: OpenMode) -> u64 {
        let number = (0..)
            .find(|number| self.0.iter().all(|file| file.number != *number))
            .unwrap_or(0);
        self.0.push(OpenFile {
            number,
            name: name.to_owned(),
            mode,
            position: 0,
        });
        number
    }

    pub(crate) fn get(&self, number: u64) -> Option<&OpenFile> {
        self.0.iter().find(|file| file.number == number)
    }

    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut OpenFile> {
        self.0.iter_mut().find(|file| file.number == number)
    }

    /// Closes a handle; false if it is not open.
    pub(crate) fn close(&mut self, number: u64) -> bool {
        let before = self.0.len();
        self.0.retain(|file| file.number != number);
        self.0.len() < before
    }

    pub(crate) fn is_open(&self, name: &str) -> bool {
        self.0.iter().any(|file| file.name == name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &OpenFile> {
        self.0.iter()
    }

    /// Closes all handles, as a restart does.
    pub(crate) fn close_all(&mut self) {
        self.0.clear();
    }
}
