//! Failures: reply codes, refusals without a known code, and the texts.

use modem_ftp_dbus::ErrorName as Name;

use super::super::*;
use super::{COMMAND, LATER, NEVER, SESSION, SOON};
use crate::api::failure::Scope;

/// Every reply code (docs/module/at-ftp.md §5) takes precedence over the module's code.
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
        // Not negative replies: the module's code counts (docs/module/quirks.md F6).
        (150, Name::Failed, SOON, SESSION),
        (226, Name::Failed, SOON, SESSION),
    ];
    for (reply, name, retry, scope) in rows {
        let failure = coded("X", CommandKind::FindPath, 601, Some(reply));
        let found = (failure.name, failure.retry, failure.scope);
        assert_eq!(found, (name, retry, scope), "{}", failure.text);
        assert!(
            failure.text.contains(&format!("(server said {reply}")),
            "{}",
            failure.text
        );
    }
}

/// The reply tells that the server lacks a feature, whatever the module's code is.
#[test]
fn missing_features() {
    for (code, reply) in [
        (620, None),
        (622, Some(502)),
        (601, Some(500)),
        (601, Some(504)),
    ] {
        let failure = coded("QFTPMLSD", CommandKind::FindPath, code, reply);
        assert!(failure.is_missing_feature(), "{code} {reply:?}");
    }
    assert!(!coded("QFTPMLSD", CommandKind::FindPath, 627, Some(550)).is_missing_feature());
    assert_eq!(
        coded("X", CommandKind::FindPath, 601, Some(150)).code,
        Some(601)
    );
    // After a preliminary reply the transfer was broken off; the file is not missing.
    let broken = coded("X", CommandKind::FindPath, 627, Some(150));
    assert_eq!((broken.name, broken.retry), (Name::ConnectFailed, SOON));
}

/// Without a known code the verdict depends on the command alone.
#[test]
fn refusals_without_a_known_code() {
    let rows = [
        (CommandKind::Module, Name::Failed, SOON, COMMAND),
        (CommandKind::File, Name::Failed, SOON, COMMAND),
        (CommandKind::Sim, Name::SimNotReady, LATER, COMMAND),
        (CommandKind::Network, Name::NotRegistered, LATER, COMMAND),
        (CommandKind::PdpContext, Name::BearerFailed, LATER, COMMAND),
        (CommandKind::Tls, Name::TlsFailed, NEVER, COMMAND),
        (CommandKind::Session, Name::Protocol, SOON, SESSION),
        (CommandKind::FindPath, Name::Protocol, SOON, SESSION),
    ];
    let answer = |outcome| Answer {
        outcome,
        ..Answer::new()
    };
    for (kind, name, retry, scope) in rows {
        for outcome in [
            Outcome::Error,
            Outcome::Cme(Cme::Number(148)),
            Outcome::Cme(Cme::Number(404)),
            Outcome::Cme(Cme::Text("words".into())),
        ] {
            let failure = failure("X", kind, &answer(outcome));
            assert_eq!(
                (failure.name, failure.retry, failure.scope),
                (name, retry, scope)
            );
        }
    }
    for code in [632, 699, 600] {
        let failure = coded("X", CommandKind::PdpContext, code, None);
        assert_eq!((failure.name, failure.scope), (Name::Protocol, SESSION));
        assert_eq!(failure.text, format!("X: {code} unknown code"));
    }
    let failure = failure("X", CommandKind::FindPath, &answer(Outcome::Restart));
    assert_eq!(
        (failure.name, failure.scope),
        (Name::ModemReset, Scope::Module)
    );
}

/// The texts have the command, the code with its meaning, and the server's reply.
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
        assert_eq!(
            coded("QFTPOPEN", CommandKind::Session, code, reply).text,
            text
        );
    }
}
