//! Every command of docs/module/at-ftp.md §2.19 is sent at least once, but for listings into a file
//! of the module: they would wear its flash for nothing.

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::TransferState;

use crate::transfers::noise;
use crate::world::World;

/// Rows of that table: a command line begins with the first text and contains the second.
const ROWS: &[(&str, &str)] = &[
    ("AT+QFTPCFG=", ""),
    ("AT+QFTPOPEN=", ""),
    ("AT+QFTPCWD=", ""),
    ("AT+QFTPPWD", ""),
    ("AT+QFTPPUT=", "\"COM:\""),
    ("AT+QFTPPUT=", ".mft\""),
    ("AT+QFTPGET=", "\"COM:\""),
    ("AT+QFTPGET=", ".mft\""),
    ("AT+QFTPSIZE=", ""),
    ("AT+QFTPDEL=", ""),
    ("AT+QFTPMKDIR=", ""),
    ("AT+QFTPRMDIR=", ""),
    ("AT+QFTPRENAME=", ""),
    ("AT+QFTPLIST=", ""),
    ("AT+QFTPNLST=", ""),
    ("AT+QFTPMLSD=", ""),
    ("AT+QFTPMDTM=", ""),
    ("AT+QFTPLEN", ""),
    ("AT+QFTPSTAT", ""),
    ("AT+QFTPCLOSE", ""),
];

#[test]
fn every_command_is_sent() {
    let mut world = World::online();
    for via in [Via::Com, Via::Ufs] {
        let options = || Options {
            via,
            ..Options::default()
        };
        let up = world.upload(&noise(5000), "a", options());
        assert_eq!(world.finish(up).state, TransferState::Done);
        let (down, handle) = world.download("a", options());
        assert_eq!(world.finish(down).state, TransferState::Done);
        assert_eq!(world.landed(handle), Some(noise(5000)));
    }
    let dir = || "d".to_owned();
    for operation in [
        Operation::MakeDirectory(dir()),
        Operation::ChangeDirectory(dir()),
        Operation::WorkingDirectory,
        Operation::ChangeDirectory("/".into()),
        Operation::RemoveDirectory(dir()),
        Operation::List(String::new()),
        Operation::ListRaw(String::new()),
        Operation::ListNames(String::new()),
        Operation::Stat("a".into()),
        Operation::Rename("a".into(), "b".into()),
        Operation::Delete("b".into()),
    ] {
        world.call(operation).unwrap();
    }
    world.disconnect().unwrap();
    for (begin, within) in ROWS {
        let lines = world.sent(begin);
        assert!(
            lines.iter().any(|line| line.contains(within)),
            "{begin}…{within} was never sent"
        );
    }
    for listing in ["AT+QFTPLIST=", "AT+QFTPNLST=", "AT+QFTPMLSD="] {
        let lines = world.sent(listing);
        let stays = |line: &&str| line.ends_with(",\"COM:\"") || !line.contains(',');
        assert!(lines.iter().all(stays), "{lines:?}");
    }
    let used = world.sent("AT+QFTP");
    for line in used {
        assert!(
            ROWS.iter().any(|(begin, _)| line.starts_with(begin)),
            "{line}"
        );
    }
}
