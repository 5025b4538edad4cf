//! The tables of error codes.

use modem_ftp_dbus::ErrorName as Name;

use super::super::*;
use super::{COMMAND, CONTEXT, LATER, NEVER, SESSION, SOON, check};

/// All codes of docs/module/at-ftp.md §4, for a command whose path has to exist.
#[test]
fn ftp_errors() {
    let rows = [
        (601, Name::Failed, SOON, SESSION),
        (602, Name::ConnectFailed, SOON, SESSION),
        (603, Name::Protocol, SOON, COMMAND),
        (604, Name::ConnectFailed, LATER, CONTEXT),
        (605, Name::ConnectFailed, LATER, CONTEXT),
        (606, Name::ConnectFailed, SOON, SESSION),
        (607, Name::ConnectFailed, SOON, COMMAND),
        (608, Name::ConnectFailed, SOON, SESSION),
        (609, Name::Timeout, SOON, SESSION),
        (610, Name::Protocol, NEVER, COMMAND),
        (611, Name::Failed, NEVER, COMMAND),
        (612, Name::Protocol, SOON, COMMAND),
        (613, Name::Failed, NEVER, COMMAND),
        (614, Name::ConnectFailed, LATER, SESSION),
        (615, Name::ConnectFailed, SOON, SESSION),
        (616, Name::ConnectFailed, SOON, COMMAND),
        (617, Name::RemoteRefused, LATER, COMMAND),
        (618, Name::RemoteRefused, LATER, COMMAND),
        (619, Name::RemoteFull, NEVER, COMMAND),
        (620, Name::Protocol, NEVER, COMMAND),
        (621, Name::RemoteRefused, NEVER, COMMAND),
        (622, Name::Protocol, NEVER, COMMAND),
        (623, Name::Protocol, SOON, SESSION),
        (624, Name::Protocol, NEVER, COMMAND),
        (625, Name::LoginFailed, SOON, SESSION),
        (626, Name::LoginFailed, NEVER, COMMAND),
        (627, Name::RemoteNotFound, NEVER, COMMAND),
        (628, Name::RemoteRefused, NEVER, COMMAND),
        (629, Name::RemoteFull, NEVER, COMMAND),
        (630, Name::RemoteRefused, NEVER, COMMAND),
        (631, Name::TlsFailed, NEVER, SESSION),
    ];
    check(CommandKind::FindPath, &rows);
    let codes: Vec<u32> = FtpError::ALL.iter().map(|error| error.code()).collect();
    assert_eq!(codes, (601..=631).collect::<Vec<_>>());
}

/// At login the same codes are about the server, not about a path.
#[test]
fn ftp_errors_of_the_session() {
    let rows = [
        (617, Name::ConnectFailed, LATER, SESSION),
        (621, Name::ConnectFailed, LATER, SESSION),
        (625, Name::LoginFailed, NEVER, SESSION),
        (627, Name::ConnectFailed, LATER, SESSION),
        (631, Name::TlsFailed, NEVER, SESSION),
    ];
    check(CommandKind::Session, &rows);
}

/// For a path that is to be made or changed, 550 is a refusal.
#[test]
fn ftp_errors_of_a_change() {
    check(
        CommandKind::ChangePath,
        &[(627, Name::RemoteRefused, NEVER, COMMAND)],
    );
    check(
        CommandKind::MakeDirectory,
        &[(627, Name::RemoteRefused, NEVER, COMMAND)],
    );
    let exists = coded("QFTPMKDIR", CommandKind::MakeDirectory, 627, Some(521));
    assert_eq!(exists.name, Name::RemoteExists);
    assert_eq!(
        coded("QFTPPUT", CommandKind::ChangePath, 627, Some(521)).name,
        Name::RemoteRefused
    );
}

/// The tables of docs/module/at-ftp.md §4 and 5 have the same order.
#[test]
fn every_reply_of_the_manual_has_one_code() {
    let manual = [
        421, 425, 426, 450, 451, 452, 500, 501, 502, 503, 504, 530, 532, 550, 551, 552, 553,
    ];
    let replies: Vec<u32> = (614..=630)
        .filter_map(|code| FtpError::from_code(code)?.server_reply())
        .map(ServerReply::code)
        .collect();
    assert_eq!(replies, manual);
    for error in FtpError::ALL {
        assert_eq!(
            error.server_reply().is_some(),
            (614..=630).contains(&error.code())
        );
    }
}

/// All codes of docs/module/at-file.md §5, and no other.
#[test]
fn file_errors() {
    let soon = [409, 410, 411, 417, 418, 419];
    let known: Vec<u32> = FileError::ALL.iter().map(|error| error.code()).collect();
    let missing = [404, 408, 412, 415, 422, 424];
    assert_eq!(
        known,
        (400..=426)
            .filter(|code| !missing.contains(code))
            .collect::<Vec<_>>()
    );
    for code in known {
        let (name, retry) = match code {
            421 => (Name::Timeout, SOON),
            code if soon.contains(&code) => (Name::Failed, SOON),
            _ => (Name::Failed, NEVER),
        };
        check(CommandKind::File, &[(code, name, retry, COMMAND)]);
    }
}

/// All codes of docs/module/at-network.md §1.1.
#[test]
fn socket_errors() {
    let known: Vec<u32> = SocketError::ALL.iter().map(|error| error.code()).collect();
    assert_eq!(known, (550..=574).collect::<Vec<_>>());
    for code in known {
        let row = match code {
            564..=566 => (code, Name::ConnectFailed, LATER, CONTEXT),
            569 => (code, Name::Timeout, LATER, CONTEXT),
            551 | 568 | 574 => (code, Name::BearerFailed, SOON, COMMAND),
            552 | 555 | 573 => (code, Name::BearerFailed, NEVER, COMMAND),
            _ => (code, Name::BearerFailed, LATER, CONTEXT),
        };
        check(CommandKind::PdpContext, &[row]);
    }
}

/// The general codes of docs/module/at-network.md §8.
#[test]
fn general_errors() {
    let known: Vec<u32> = GeneralError::ALL.iter().map(|error| error.code()).collect();
    let listed = (0..=7)
        .chain(10..=18)
        .chain(20..=27)
        .chain(30..=32)
        .chain(40..=47);
    assert_eq!(known, listed.collect::<Vec<_>>());
    for code in known {
        let row = match code {
            0..=2 | 23 => (code, Name::ModemUnavailable, LATER, COMMAND),
            3 => (code, Name::Failed, SOON, COMMAND),
            4 | 20..=27 => (code, Name::Failed, NEVER, COMMAND),
            10 | 13 => (code, Name::SimNotReady, LATER, COMMAND),
            14 => (code, Name::SimNotReady, SOON, COMMAND),
            30..=32 => (code, Name::NotRegistered, LATER, COMMAND),
            _ => (code, Name::SimNotReady, NEVER, COMMAND),
        };
        check(CommandKind::Module, &[row]);
    }
}
