//! Names of ours on a server: the staging name of a file that is not whole yet, and the backup name
//! of a file that is being replaced.

use crate::api::local::PARTIAL;

/// The usual form of staging names (`staging` in modem-ftp.toml(5)).
pub const FORM: &str = "{name}.{id}.part";
/// Stands for the final name in a form.
pub const NAME: &str = "{name}";
/// Stands for the tag in a form.
const ID: &str = "{id}";
/// Ends most staging names.
const SUFFIX: &str = ".part";
/// Longest last component the usual servers' file systems take, bytes.
const NAME_MAX: usize = 255;
/// Longest remote path, bytes (docs/module/at-ftp.md §2.5).
const PATH_MAX: usize = 255;

/// The name a file has in its directory until it is whole: of this form, with the final name, shortened
/// where it would get too long, and eight hex digits.
pub fn staging_name(form: &str, path: &str, tag: &str) -> String {
    let (directory, name) = match path.rfind('/') {
        Some(slash) => path.split_at(slash + 1),
        None => ("", path),
    };
    let tagged = form.replacen(ID, tag, 1);
    let fixed = tagged.len().saturating_sub(NAME.len());
    let room = NAME_MAX.min(PATH_MAX - directory.len().min(PATH_MAX));
    let mut end = name.len().min(room.saturating_sub(fixed));
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let name = name.get(..end).unwrap_or_default();
    format!("{directory}{}", tagged.replacen(NAME, name, 1))
}

/// Whether names of this form tell contents apart.
pub fn has_tag(form: &str) -> bool {
    form.contains(ID)
}

/// The name under which an existing file is kept while the file of this staging name takes its
/// place.
pub fn backup_name(staging: &str) -> String {
    let stem = staging.strip_suffix(SUFFIX).unwrap_or(staging);
    format!("{stem}.prev")
}

/// The tag of a content: the first digits of its hash, so that a part of one content never bears the
/// name of another.
pub fn content_tag(content: &str) -> Option<&str> {
    let hash = content.strip_prefix(PARTIAL).unwrap_or(content);
    let tag = hash.get(..8)?;
    tag.bytes().all(|it| it.is_ascii_hexdigit()).then_some(tag)
}

/// The tag of a transfer whose content is not known beforehand: unlike those of other transfers and
/// other runs (splitmix64's finaliser).
pub fn transfer_tag(seed: u64, transfer: u64) -> String {
    let mut mixed = seed ^ transfer.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    format!("{:08x}", (mixed ^ (mixed >> 31)) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staging_names_stay_in_the_directory_of_the_file_and_within_bounds() {
        let name = |path: &str, seed, id| staging_name(FORM, path, &transfer_tag(seed, id));
        let short = name("/in/readings.csv", 1, 2);
        assert!(short.starts_with("/in/readings.csv."));
        assert!(short.ends_with(".part"));
        assert_ne!(short, name("/in/readings.csv", 1, 3));
        assert_ne!(short, name("/in/readings.csv", 2, 2));
        for length in [1, 240, 241, 255] {
            let path = "ä".repeat(length / 2);
            assert!(name(&path, 1, 1).len() <= PATH_MAX);
        }
        let deep = format!("{}/f", "d".repeat(230));
        assert!(name(&deep, 1, 1).len() <= PATH_MAX);
    }

    #[test]
    fn the_form_of_staging_names_is_that_of_the_server() {
        let name = |form| staging_name(form, "/in/a.csv", "01234567");
        assert_eq!(name(FORM), "/in/a.csv.01234567.part");
        assert_eq!(name(".{name}.part"), "/in/.a.csv.part");
        assert_eq!(name("{id}.tmp"), "/in/01234567.tmp");
        assert_eq!(backup_name(&name(".{name}.part")), "/in/.a.csv.prev");
        assert_eq!(backup_name(&name("{id}.tmp")), "/in/01234567.tmp.prev");
        let odd = staging_name(".{name}.part", "{id}{name}", "01234567");
        assert_eq!(odd, ".{id}{name}.part", "a name is not a form");
        for length in [1, 240, 250, 255] {
            let path = "ä".repeat(length / 2);
            assert!(staging_name(".{name}.part", &path, "").len() <= PATH_MAX);
        }
    }

    #[test]
    fn the_tag_of_a_content_is_the_begin_of_its_hash() {
        assert_eq!(content_tag("0123456789abcdef"), Some("01234567"));
        assert_eq!(content_tag("partial-0123456789"), Some("01234567"));
        for odd in ["", "0123456", "partial-", "0123456/9", "ääääääää"] {
            assert_eq!(content_tag(odd), None, "{odd}");
        }
    }
}
