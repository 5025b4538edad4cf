//! The shapes of listings in `tests/listings`, each with the right reading beside it. A file has a line
//! about the shape, the command (`list`, `mlsd`, `names`), the listing, a line `=`, and a line for each
//! entry: kind, size, time and name, and what else is known, with `|` between them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use time::UtcDateTime;

use super::now;
use super::{list, mlsd, names};
use crate::api::reply::Entry;

/// At least so many shapes there are.
const SHAPES: usize = 40;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/listings")
}

fn line(entry: &Entry) -> String {
    let size = entry.size.map_or("-".to_owned(), |size| size.to_string());
    let time = entry.modified.map(|time| {
        let time = UtcDateTime::from_unix_timestamp(time).unwrap();
        let (date, clock) = (time.date(), time.time());
        let month = u8::from(date.month());
        let (hour, minute, second) = clock.as_hms();
        format!(
            "{}-{month:02}-{:02} {hour:02}:{minute:02}:{second:02}",
            date.year(),
            date.day(),
        )
    });
    let time = time.as_deref().unwrap_or("-");
    let mut line = format!("{}|{size}|{time}|{}", entry.kind, entry.name);
    for (key, value) in &entry.more {
        write!(line, "|{key}={value}").unwrap();
    }
    line
}

fn read(how: &str, listing: &[u8]) -> Vec<String> {
    let entries = match how {
        "list" => list(listing, now()),
        "mlsd" => mlsd(listing),
        "names" => return names(listing).unwrap(),
        _ => panic!("{how}"),
    };
    entries.unwrap().iter().map(line).collect()
}

#[test]
fn every_shape_has_its_reading() {
    let mut shapes = 0;
    for file in fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        let shape = path.file_stem().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&path).unwrap();
        let mut parts = bytes.splitn(3, |&byte| byte == b'\n');
        parts.next();
        let how = String::from_utf8(parts.next().unwrap().to_vec()).unwrap();
        let rest = parts.next().unwrap();
        let end = rest.windows(3).position(|bytes| bytes == b"\n=\n");
        let end = end.unwrap_or_else(|| panic!("{shape} has no reading: {:#?}", read(&how, rest)));
        let listing = &rest[..=end];
        let reading = std::str::from_utf8(&rest[end + 3..]).unwrap();
        let wanted: Vec<&str> = reading.lines().collect();
        assert_eq!(read(&how, listing), wanted, "{shape}");
        // Line ends as most servers write them.
        let crlf: Vec<u8> = listing
            .split_inclusive(|&byte| byte == b'\n')
            .flat_map(|line| [line.strip_suffix(b"\n").unwrap_or(line), b"\r\n"].concat())
            .collect();
        assert_eq!(read(&how, &crlf), wanted, "{shape} with CR LF");
        shapes += 1;
    }
    assert!(shapes >= SHAPES, "{shapes} shapes");
}
