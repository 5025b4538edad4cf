//! UUCP lock files, by which terminal programs tell each other that a port is in use
//! (`/run/lock/LCK..ttyUSB0`). Everybody may write in that directory, so a file is read without
//! waiting, and only its first bytes.

use std::fs::OpenOptions;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

/// Where lock files are.
const DIRECTORIES: [&str; 3] = ["/run/lock", "/var/lock", "/var/spool/lock"];
/// A number, often with the names of program and user behind it.
const MOST_BYTES: u64 = 64;

/// The lock files that a port may have, by the name in the configuration and that of the tty.
pub fn paths(device: &Path, port: &Path) -> Vec<PathBuf> {
    let mut names: Vec<String> = [device, port].into_iter().filter_map(name).collect();
    names.dedup();
    let in_directory = |directory: &&str| {
        let directory = Path::new(directory).to_owned();
        names.iter().map(move |name| directory.join(name))
    };
    DIRECTORIES.iter().flat_map(in_directory).collect()
}

/// The name of the lock file of a device; one in a directory below /dev has `_` for each slash.
fn name(device: &Path) -> Option<String> {
    let name = device.strip_prefix("/dev").ok()?.to_str()?;
    (!name.is_empty()).then(|| format!("LCK..{}", name.replace('/', "_")))
}

/// The number of the process that a lock file names.
pub fn owner(file: &Path) -> Option<u32> {
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOFOLLOW | OFlag::O_NOCTTY;
    let mut options = OpenOptions::new();
    let file = options.read(true).custom_flags(flags.bits()).open(file);
    let file = file.ok().filter(|file| {
        let kind = file.metadata().map(|it| it.is_file());
        kind.unwrap_or_default()
    })?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    number(&bytes)
}

/// The number in a lock file: in decimal, or as an integer of the machine.
fn number(bytes: &[u8]) -> Option<u32> {
    let decimal = String::from_utf8_lossy(bytes);
    let decimal = decimal.split_ascii_whitespace().next();
    let binary = || <[u8; 4]>::try_from(bytes).ok().map(u32::from_ne_bytes);
    let number = decimal.and_then(|text| text.parse().ok()).or_else(binary);
    number.filter(|&number| number > 0 && i32::try_from(number).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_has_a_number_in_one_of_two_forms() {
        for (bytes, owner) in [
            (&b"       812\n"[..], Some(812)),
            (b"812", Some(812)),
            (b"       812 minicom root\n", Some(812)),
            (b"7812", Some(7812)),
            (&812_u32.to_ne_bytes(), Some(812)),
            (b"         0\n", None),
            (b"        -1\n", None),
            (b"9999999999\n", None),
            (&u32::MAX.to_ne_bytes(), None),
            (b"minicom\n", None),
            (b"", None),
            (b"\n\n\n", None),
            (b"\xff\xfe\0", None),
        ] {
            assert_eq!(number(bytes), owner, "{bytes:?}");
        }
    }

    #[test]
    fn a_port_has_lock_files_by_both_its_names() {
        let by_id = Path::new("/dev/serial/by-id/usb-Quectel");
        let files = paths(by_id, Path::new("/dev/ttyUSB2"));
        let first: Vec<_> = files.iter().take(2).map(|file| file.to_str()).collect();
        assert_eq!(
            first,
            [
                Some("/run/lock/LCK..serial_by-id_usb-Quectel"),
                Some("/run/lock/LCK..ttyUSB2")
            ]
        );
        let same = Path::new("/dev/ttyUSB2");
        assert_eq!(paths(same, same).len(), DIRECTORIES.len());
        assert_eq!(
            paths(Path::new("/tmp/tty"), Path::new("/dev")),
            [""; 0].map(PathBuf::from)
        );
    }

    #[test]
    fn what_is_no_regular_file_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert_eq!(owner(&fifo), None);
        assert_eq!(owner(folder.path()), None);
        let file = folder.path().join("file");
        std::fs::write(&file, "   1\n").unwrap();
        assert_eq!(owner(&file), Some(1));
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(owner(&link), None);
        std::fs::write(&file, vec![b' '; 100_000]).unwrap();
        assert_eq!(owner(&file), None);
    }
}
