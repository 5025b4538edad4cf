//! The names of the files on the server and below the root.

/// How many files uploads replace.
pub const REPLACED: usize = 6;
/// How many files are downloaded.
pub const DOWNLOADED: usize = 6;
/// How many files are renamed.
pub const RENAMED: usize = 3;

/// A file on the server that uploads replace.
pub fn replaced(index: usize) -> String {
    format!("replaced-{index}")
}

/// Its size before the first upload.
pub fn replaced_size(index: usize) -> usize {
    1_000_000 + index
}

/// A file on the server that is downloaded.
pub fn downloaded(index: usize) -> String {
    format!("source-{index}")
}

/// Its size.
pub fn downloaded_size(index: usize) -> usize {
    2_000 + 12_000 * index
}

/// The two names of a file on the server that is renamed from one to the other and back.
pub fn renamed(index: usize) -> [String; 2] {
    [format!("renamed-{index}-a"), format!("renamed-{index}-b")]
}

/// Its size.
pub fn renamed_size(index: usize) -> usize {
    500 + index
}
