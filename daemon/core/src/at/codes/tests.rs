//! Every row of every table, and what each means.

use modem_ftp_dbus::ErrorName as Name;

use super::*;
use crate::api::failure::{Retry, Scope};

const NEVER: Retry = Retry::Never;
const SOON: Retry = Retry::Soon;
const LATER: Retry = Retry::Later;
const COMMAND: Scope = Scope::Command;
const SESSION: Scope = Scope::Session;
const CONTEXT: Scope = Scope::Context;

type Row = (u32, Name, Retry, Scope);

fn check(sense: Sense, rows: &[Row]) {
    for (code, name, retry, scope) in rows {
        let failure = coded("X", sense, *code, None);
        let found = (failure.name, failure.retry, failure.scope);
        assert_eq!(
            found,
            (*name, *retry, *scope),
            "{code} as {sense:?}: {}",
            failure.text
        );
        assert_eq!(failure.code, Some(*code));
        assert!(!failure.text.contains("no table"), "{}", failure.text);
    }
}

/// docs/module/at-ftp.md §4: all of 601–631, to a command that wants a path to exist.
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
    check(Sense::Find, &rows);
    let codes: Vec<u32> = FtpError::ALL.iter().map(|error| error.code()).collect();
    assert_eq!(codes, (601..=631).collect::<Vec<_>>());
}

/// At login the same codes speak of the server, not of a path.
#[test]
fn ftp_errors_of_the_session() {
    let rows = [
        (617, Name::ConnectFailed, LATER, SESSION),
        (621, Name::ConnectFailed, LATER, SESSION),
        (625, Name::LoginFailed, NEVER, SESSION),
        (627, Name::ConnectFailed, LATER, SESSION),
        (631, Name::TlsFailed, NEVER, SESSION),
    ];
    check(Sense::Session, &rows);
}

/// A path that is to be made or changed: 550 is a refusal.
#[test]
fn ftp_errors_of_a_change() {
    check(Sense::Change, &[(627, Name::RemoteRefused, NEVER, COMMAND)]);
    check(Sense::Make, &[(627, Name::RemoteRefused, NEVER, COMMAND)]);
    let exists = coded("QFTPMKDIR", Sense::Make, 627, Some(521));
    assert_eq!(exists.name, Name::RemoteExists);
    assert_eq!(
        coded("QFTPPUT", Sense::Change, 627, Some(521)).name,
        Name::RemoteRefused
    );
}

/// docs/module/at-ftp.md §5: every reply code outranks the module's code beside it, in every sense.
#[test]
fn replies() {
    let rows: [(u32, Name, Retry, Scope); 27] = [
        (421, Name::ConnectFailed, LATER, SESSION),
        (425, Name::ConnectFailed, SOON, SESSION),
        (426, Name::ConnectFailed, SOON, COMMAND),
        (431, Name::TlsFailed, NEVER, SESSION),
        (450, Name::RemoteRefused, LATER, COMMAND),
        (451, Name::RemoteRefused, LATER, COMMAND),
        (452, Name::RemoteFull, NEVER, COMMAND),
        (499, Name::RemoteRefused, LATER, COMMAND),
        (500, Name::Protocol, NEVER, COMMAND),
        (501, Name::RemoteRefused, NEVER, COMMAND),
        (502, Name::Protocol, NEVER, COMMAND),
        (503, Name::Protocol, SOON, SESSION),
        (504, Name::Protocol, NEVER, COMMAND),
        (521, Name::RemoteRefused, NEVER, COMMAND),
        (522, Name::TlsFailed, NEVER, SESSION),
        (530, Name::LoginFailed, SOON, SESSION),
        (532, Name::LoginFailed, NEVER, COMMAND),
        (533, Name::TlsFailed, NEVER, SESSION),
        (534, Name::TlsFailed, NEVER, SESSION),
        (537, Name::TlsFailed, NEVER, SESSION),
        (550, Name::RemoteNotFound, NEVER, COMMAND),
        (551, Name::RemoteRefused, NEVER, COMMAND),
        (552, Name::RemoteFull, NEVER, COMMAND),
        (553, Name::RemoteRefused, NEVER, COMMAND),
        (599, Name::RemoteRefused, NEVER, COMMAND),
        // Nothing that was said against it: the module's own code counts (docs/module/quirks.md F6).
        (150, Name::Failed, SOON, SESSION),
        (226, Name::Failed, SOON, SESSION),
    ];
    for (reply, name, retry, scope) in rows {
        let failure = coded("X", Sense::Find, 601, Some(reply));
        let found = (failure.name, failure.retry, failure.scope);
        assert_eq!(found, (name, retry, scope), "{}", failure.text);
        assert!(
            failure.text.contains(&format!("(server said {reply}")),
            "{}",
            failure.text
        );
    }
}

/// A feature the server lacks is known by the reply, whatever the module calls it.
#[test]
fn missing_features() {
    for (code, reply) in [
        (620, None),
        (622, Some(502)),
        (601, Some(500)),
        (601, Some(504)),
    ] {
        let failure = coded("QFTPMLSD", Sense::Find, code, reply);
        assert!(failure.is_missing_feature(), "{code} {reply:?}");
    }
    assert!(!coded("QFTPMLSD", Sense::Find, 627, Some(550)).is_missing_feature());
    assert_eq!(coded("X", Sense::Find, 601, Some(150)).code, Some(601));
    // The server had agreed: it is the transfer that broke, not the file that is missing.
    let broken = coded("X", Sense::Find, 627, Some(150));
    assert_eq!((broken.name, broken.retry), (Name::ConnectFailed, SOON));
}

/// The two tables have the same rows in the same order.
#[test]
fn every_manual_reply_is_mirrored_once() {
    let manual = [
        421, 425, 426, 450, 451, 452, 500, 501, 502, 503, 504, 530, 532, 550, 551, 552, 553,
    ];
    let mirrored: Vec<u32> = (614..=630)
        .filter_map(|code| FtpError::from_code(code)?.mirrors())
        .map(ServerReply::code)
        .collect();
    assert_eq!(mirrored, manual);
    for error in FtpError::ALL {
        assert_eq!(
            error.mirrors().is_some(),
            (614..=630).contains(&error.code())
        );
    }
}

/// docs/module/at-file.md §5: all of its rows, and none it leaves out.
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
        check(Sense::File, &[(code, name, retry, COMMAND)]);
    }
}

/// docs/module/at-network.md §1: 550–574.
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
        check(Sense::PdpContext, &[row]);
    }
}

/// docs/module/at-network.md §8: the general ones.
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
        check(Sense::Module, &[row]);
    }
}

/// What has no code, or one of no table, is judged by the command alone.
#[test]
fn refusals_without_a_known_code() {
    let rows = [
        (Sense::Module, Name::Failed, SOON, COMMAND),
        (Sense::File, Name::Failed, SOON, COMMAND),
        (Sense::Sim, Name::SimNotReady, LATER, COMMAND),
        (Sense::Network, Name::NotRegistered, LATER, COMMAND),
        (Sense::PdpContext, Name::BearerFailed, LATER, COMMAND),
        (Sense::Tls, Name::TlsFailed, NEVER, COMMAND),
        (Sense::Session, Name::Protocol, SOON, SESSION),
        (Sense::Find, Name::Protocol, SOON, SESSION),
    ];
    let answer = |outcome| Answer {
        outcome,
        ..Answer::new()
    };
    for (sense, name, retry, scope) in rows {
        for outcome in [
            Outcome::Error,
            Outcome::Cme(Cme::Number(148)),
            Outcome::Cme(Cme::Number(404)),
            Outcome::Cme(Cme::Text("words".into())),
        ] {
            let failure = failure("X", sense, &answer(outcome));
            assert_eq!(
                (failure.name, failure.retry, failure.scope),
                (name, retry, scope)
            );
        }
    }
    for code in [632, 699, 600] {
        let failure = coded("X", Sense::PdpContext, code, None);
        assert_eq!((failure.name, failure.scope), (Name::Protocol, SESSION));
        assert_eq!(failure.text, format!("X: {code} a code no table lists"));
    }
    let failure = failure("X", Sense::Find, &answer(Outcome::Restart));
    assert_eq!(
        (failure.name, failure.scope),
        (Name::ModemReset, Scope::Module)
    );
}

/// The texts quote command, code in words, and the server.
#[test]
fn texts() {
    let rows = [
        (
            625,
            Some(530),
            "QFTPOPEN: 625 not logged in (server said 530)",
        ),
        (604, None, "QFTPOPEN: 604 DNS parse failed"),
        (
            601,
            Some(522),
            "QFTPOPEN: 601 unknown error (server said 522 the data connection must be protected \
             or resume the TLS session)",
        ),
        (
            627,
            Some(999),
            "QFTPOPEN: 627 action not taken, file unavailable (server said 999)",
        ),
    ];
    for (code, reply, text) in rows {
        assert_eq!(coded("QFTPOPEN", Sense::Session, code, reply).text, text);
    }
}
