//! The parts of reading an answer that all commands share.

use crate::api::failure::Failure;
use crate::at::answer::{Answer, Outcome};
use crate::at::codes::{self, CommandKind};
use crate::at::command::Command;
use crate::at::fields::Fields;

/// Returns the answer if the command ended with `OK`.
pub(super) fn accept<C: Command>(
    command: &C,
    kind: CommandKind,
    answer: Answer,
) -> Result<Answer, Failure> {
    match answer.outcome {
        Outcome::Ok => Ok(answer),
        _ => Err(codes::failure(command.name(), kind, &answer)),
    }
}

/// Checks that the command ended with `OK`.
pub(super) fn done<C: Command>(
    command: &C,
    kind: CommandKind,
    answer: Answer,
) -> Result<(), Failure> {
    accept(command, kind, answer).map(|_| ())
}

/// Returns what follows `0,` in an FTP result line. Its `OK` may be missing.
pub(super) fn result<'a, C: Command>(
    command: &C,
    kind: CommandKind,
    answer: &'a Answer,
) -> Result<&'a str, Failure> {
    let bad = || codes::failure(command.name(), kind, answer);
    if !matches!(answer.outcome, Outcome::Ok | Outcome::Missing) {
        return Err(bad());
    }
    let result = answer.result.as_deref().ok_or_else(bad)?;
    let (code, rest) = result.split_once(',').unwrap_or((result, ""));
    match code.trim().parse::<u32>() {
        Ok(0) => Ok(rest.trim()),
        Ok(_) => Err(bad()),
        Err(_) => Err(codes::unreadable(command.name())),
    }
}

/// The parameters of the first information line with this prefix.
pub(super) fn fields<'a>(answer: &'a Answer, prefix: &str) -> Option<Fields<'a>> {
    let mut lines = answer.lines.iter();
    lines.find_map(|line| Fields::after(line, prefix))
}

/// Returns the value, or the failure that the answer cannot be read.
pub(super) fn readable<C: Command, T>(command: &C, value: Option<T>) -> Result<T, Failure> {
    value.ok_or_else(|| codes::unreadable(command.name()))
}
