//! Every code of every table with its verdict, and the failures made of them.

mod failures;
mod tables;

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

fn check(kind: CommandKind, rows: &[Row]) {
    for (code, name, retry, scope) in rows {
        let failure = coded("X", kind, *code, None);
        let found = (failure.name, failure.retry, failure.scope);
        assert_eq!(
            found,
            (*name, *retry, *scope),
            "{code} as {kind:?}: {}",
            failure.text
        );
        assert_eq!(failure.code, Some(*code));
        assert!(!failure.text.contains("unknown code"), "{}", failure.text);
    }
}
