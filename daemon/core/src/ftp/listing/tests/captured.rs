//! One directory as five servers list it: vsftpd 3.0.3, proftpd 1.3.8, pure-ftpd 1.0.50,
//! pyftpdlib 2.2.0 and libunftp 0.24, taken on 2026-11-22 at 08:02.
//!
//! It has names with leading and inner blanks, with `;` and `=`, with an arrow and with UTF-8, and
//! a file of the year 2031. All but vsftpd and libunftp list that file without its year, so it is
//! read as the latest 6 May.

use super::{assert_lines, more, now};
use super::{list, mlsd, names};
use crate::api::reply::EntryType::{Directory, File, Link, Other};

const NOW: Option<&str> = Some("20261122080000");
const PLAIN: Option<&str> = Some("20190228000000");
const EURO: &str = "straße €.txt";

const VSFTPD: &str = "\
-rw-r--r--    1 0        0               1 Nov 22 08:00   two leading\r
lrwxrwxrwx    1 0        0              13 Nov 22 08:00 a -> b -> no where -> x\r
-rw-r--r--    1 0        0         5000000 Nov 22 08:00 big.bin\r
lrwxrwxrwx    1 0        0               7 Nov 22 08:00 dirlink -> sub dir\r
prw-r--r--    1 0        0               0 Nov 22 08:00 fifo\r
crw-r--r--    1 0        0               0 Nov 22 08:00 null\r
-rw-r--r--    1 0        0               6 Feb 28  2019 plain.txt\r
-rw-r--r--    1 0        0               1 May 06  2031 straße €.txt\r
drwxr-xr-x    2 0        0            4096 Nov 22 08:01 sub dir\r
-rwsr-xr-x    1 0        0               1 Nov 22 08:00 two  inside ; a=b\r
";

const PROFTPD: &str = "\
-rw-r--r--   1 0        0               1 Nov 22 08:00   two leading\r
lrwxrwxrwx   1 0        0              13 Nov 22 08:00 a -> b -> no where -> x\r
-rw-r--r--   1 0        0         5000000 Nov 22 08:00 big.bin\r
lrwxrwxrwx   1 0        0               7 Nov 22 08:00 dirlink -> sub dir\r
prw-r--r--   1 0        0               0 Nov 22 08:00 fifo\r
crw-r--r--   1 0        0               0 Nov 22 08:00 null\r
-rw-r--r--   1 0        0               6 Feb 28  2019 plain.txt\r
-rw-r--r--   1 0        0               1 May  6 07:08 straße €.txt\r
drwxr-xr-x   2 0        0            4096 Nov 22 08:01 sub dir\r
-rwsr-xr-x   1 0        0               1 Nov 22 08:00 two  inside ; a=b\r
";

const PURE_FTPD: &str = "\
-rw-r--r--    1 0          0                   1 Nov 22 08:00   two leading\r
drwxr-xr-x    3 0          0                4096 Nov 22 08:00 .\r
drwxr-xr-x    3 0          0                4096 Nov 22 08:00 ..\r
lrwxrwxrwx    1 0          0                  13 Nov 22 08:00 a -> b -> no where -> x\r
-rw-r--r--    1 0          0             5000000 Nov 22 08:00 big.bin\r
lrwxrwxrwx    1 0          0                   7 Nov 22 08:00 dirlink -> sub dir\r
-rw-r--r--    1 0          0                   6 Feb 28  2019 plain.txt\r
-rw-r--r--    1 0          0                   1 May  6 07:08 straße €.txt\r
drwxr-xr-x    2 0          0                4096 Nov 22 08:01 sub dir\r
-rwsr-xr-x    1 0          0                   1 Nov 22 08:00 two  inside ; a=b\r
";

const PYFTPDLIB: &str = "\
-rw-r--r--   1 root     root            1 Nov 22 08:00   two leading\r
lrwxrwxrwx   1 root     root           13 Nov 22 08:00 a -> b -> no where -> x\r
-rw-r--r--   1 root     root      5000000 Nov 22 08:00 big.bin\r
lrwxrwxrwx   1 root     root            7 Nov 22 08:00 dirlink -> sub dir\r
prw-r--r--   1 root     root            0 Nov 22 08:00 fifo\r
crw-r--r--   1 root     root            0 Nov 22 08:00 null\r
-rw-r--r--   1 root     root            6 Feb 28  2019 plain.txt\r
-rw-r--r--   1 root     root            1 May 06 07:08 straße €.txt\r
drwxr-xr-x   2 root     root         4096 Nov 22 08:01 sub dir\r
-rwsr-xr-x   1 root     root            1 Nov 22 08:00 two  inside ; a=b\r
";

const LIBUNFTP: &str = "\
-rw-r--r--            1            0            0              1 Nov 22 08:00   two leading\r
lrwxrwxrwx            1            0            0             13 Nov 22 08:00 a -> b -> no where -> x\r
-rw-r--r--            1            0            0        5000000 Nov 22 08:00 big.bin\r
lrwxrwxrwx            1            0            0              7 Nov 22 08:00 dirlink -> sub dir\r
-rw-r--r--            1            0            0              6  Feb 28 2019 plain.txt\r
-rw-r--r--            1            0            0              1  May 06 2031 straße €.txt\r
drwxr-xr-x            2            0            0           4096 Nov 22 08:01 sub dir\r
-rwxr-xr-x            1            0            0              1 Nov 22 08:00 two  inside ; a=b\r
";

#[test]
fn list_rows_of_five_servers() {
    let year = Some("20310506000000");
    let guessed = Some("20260506070800");
    for (server, rows, special, future) in [
        ("vsftpd", VSFTPD, true, year),
        ("proftpd", PROFTPD, true, guessed),
        ("pure-ftpd", PURE_FTPD, false, guessed),
        ("pyftpdlib", PYFTPDLIB, true, guessed),
        ("libunftp", LIBUNFTP, false, year),
    ] {
        let entries = list(rows.as_bytes(), now()).unwrap();
        let mut lines = vec![
            (File, Some(1), NOW, "  two leading"),
            (Link, Some(13), NOW, "a -> b"),
            (File, Some(5_000_000), NOW, "big.bin"),
            (Link, Some(7), NOW, "dirlink"),
            (Other, Some(0), NOW, "fifo"),
            (Other, Some(0), NOW, "null"),
            (File, Some(6), PLAIN, "plain.txt"),
            (File, Some(1), future, EURO),
            (Directory, Some(4096), Some("20261122080100"), "sub dir"),
            (File, Some(1), NOW, "two  inside ; a=b"),
        ];
        lines.retain(|&(kind, ..)| special || kind != Other);
        assert_lines(&entries, &lines);
        let owner = if server == "pyftpdlib" { "root" } else { "0" };
        assert_eq!(more(&entries[0], "mode"), Some("-rw-r--r--"), "{server}");
        assert_eq!(more(&entries[0], "owner"), Some(owner), "{server}");
        assert_eq!(more(&entries[0], "group"), Some(owner), "{server}");
        assert_eq!(more(&entries[1], "target"), Some("no where -> x"));
        assert_eq!(more(&entries[3], "target"), Some("sub dir"), "{server}");
    }
}

const PROFTPD_MLSD: &str = "\
modify=20261122080109;perm=fle;type=dir;unique=FE00U9AA172;UNIX.group=0;UNIX.groupname=65534;UNIX.mode=0755;UNIX.owner=0;UNIX.ownername=u; sub dir\r
modify=20261122080034;perm=adfr;size=7;type=OS.unix=symlink;unique=FE00U9AA172;UNIX.group=0;UNIX.groupname=65534;UNIX.mode=0777;UNIX.owner=0;UNIX.ownername=u; dirlink\r
modify=20261122080034;perm=adfr;size=1;type=file;unique=FE00U9AA16F;UNIX.group=0;UNIX.groupname=65534;UNIX.mode=0644;UNIX.owner=0;UNIX.ownername=u;   two leading\r
modify=20261122080034;perm=fle;type=cdir;unique=FE00U9AA16D;UNIX.group=0;UNIX.groupname=65534;UNIX.mode=0755;UNIX.owner=0;UNIX.ownername=u; .\r
modify=20261122080034;perm=fle;type=pdir;unique=FE00U9AA16D;UNIX.group=0;UNIX.groupname=65534;UNIX.mode=0755;UNIX.owner=0;UNIX.ownername=u; ..\r
";

const PURE_FTPD_MLSD: &str = "\
type=dir;sizd=4096;modify=20261122080109;UNIX.mode=0755;UNIX.uid=0;UNIX.gid=0;unique=fe00g9aa172; sub dir\r
type=OS.unix=slink:;size=13;modify=20261122080034;UNIX.mode=0777;UNIX.uid=0;UNIX.gid=0;unique=fe00g9aa174; a -> b\r
type=cdir;sizd=4096;modify=20261122080034;UNIX.mode=0755;UNIX.uid=0;UNIX.gid=0;unique=fe00g9aa16d; .\r
type=pdir;sizd=4096;modify=20261122080034;UNIX.mode=0755;UNIX.uid=0;UNIX.gid=0;unique=fe00g9aa16d; ..\r
type=unknown;size=0;modify=20261122080034;UNIX.mode=0644;UNIX.uid=0;UNIX.gid=0;unique=fe00g9aa176; fifo\r
";

const PYFTPDLIB_MLSD: &str = "\
modify=20261122080109;perm=el;size=4096;type=dir;unique=fe00g9aa172; dirlink\r
modify=20261122080034;perm=r;size=1;type=file;unique=fe00g9aa170; two  inside ; a=b\r
";

const LIBUNFTP_MLSD: &str = "\
type=dir;size=4096;modify=20261122080109; sub dir\r
type=file;size=13;modify=20261122080034; a -> b\r
type=file;size=1;modify=20310506070809; straße €.txt\r
";

#[test]
fn mlsd_rows_of_four_servers() {
    let made = Some("20261122080034");
    let touched = Some("20261122080109");

    let entries = mlsd(PROFTPD_MLSD.as_bytes()).unwrap();
    assert_lines(
        &entries,
        &[
            (Directory, None, touched, "sub dir"),
            (Link, Some(7), made, "dirlink"),
            (File, Some(1), made, "  two leading"),
        ],
    );
    assert_eq!(more(&entries[0], "perm"), Some("fle"));
    assert_eq!(more(&entries[0], "unix.ownername"), Some("u"));
    assert_eq!(more(&entries[1], "target"), None);

    let entries = mlsd(PURE_FTPD_MLSD.as_bytes()).unwrap();
    assert_lines(
        &entries,
        &[
            (Directory, None, touched, "sub dir"),
            (Link, Some(13), made, "a -> b"),
            (Other, Some(0), made, "fifo"),
        ],
    );
    assert_eq!(more(&entries[0], "sizd"), Some("4096"));
    assert_eq!(more(&entries[1], "target"), None);
    assert_eq!(more(&entries[2], "type"), Some("unknown"));

    assert_lines(
        &mlsd(PYFTPDLIB_MLSD.as_bytes()).unwrap(),
        &[
            (Directory, Some(4096), touched, "dirlink"),
            (File, Some(1), made, "two  inside ; a=b"),
        ],
    );
    assert_lines(
        &mlsd(LIBUNFTP_MLSD.as_bytes()).unwrap(),
        &[
            (Directory, Some(4096), touched, "sub dir"),
            (File, Some(13), made, "a -> b"),
            (File, Some(1), Some("20310506070809"), EURO),
        ],
    );
}

#[test]
fn nlst_rows_of_five_servers() {
    let plain = "  two leading\r\na -> b\r\nstraße €.txt\r\ntwo  inside ; a=b\r\n";
    let want = ["  two leading", "a -> b", EURO, "two  inside ; a=b"];
    assert_eq!(names(plain.as_bytes()).unwrap(), want);
    for (server, rows) in [
        ("vsftpd, proftpd", "sub dir/inner\r\n"),
        ("pure-ftpd", "sub dir/.\r\nsub dir/inner\r\nsub dir/..\r\n"),
        ("pyftpdlib, libunftp", "inner\r\n"),
    ] {
        assert_eq!(names(rows.as_bytes()).unwrap(), ["inner"], "{server}");
    }
    assert_eq!(
        names(b"/pub/a/\r\n./b\r\n.\n..\n./\nc").unwrap(),
        ["a", "b", "c"]
    );
}
