//! `at`: sends one raw AT line.

use modem_ftp_dbus::errors::{ErrorName, exit};
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::text::printable;

/// Sends `line` and prints the answer; a final result code that reports an error is a failure.
pub async fn run(client: &Client<'_>, line: &str, seconds: u32) -> Result<(), Failure> {
    let answer = client
        .modem()
        .await?
        .command(line, seconds.saturating_mul(1000))
        .await?;
    if client.output.is_json() {
        client
            .output
            .object(&json!({ "line": line, "answer": answer.lines().collect::<Vec<_>>() }))?;
    } else {
        for line in answer.lines() {
            client.output.line(&printable(line))?;
        }
    }
    match answer.lines().last() {
        Some(result) if is_error(result) => Err(Failure {
            exit: exit::MODEM,
            name: ErrorName::Failed.dbus_name().into(),
            text: format!("{}: the module answered {result}", masked(line)),
        }),
        _ => Ok(()),
    }
}

/// The line without its parameters: they may hold a password or a PIN, and error messages end up
/// in logs.
fn masked(line: &str) -> String {
    let name_end = line.find(['=', ':', ' ']).map_or(line.len(), |at| at + 1);
    match line.split_at(name_end) {
        (_, "" | "?") => line.into(),
        (name, _) => format!("{name}***"),
    }
}

fn is_error(result: &str) -> bool {
    const WORDS: [&str; 5] = ["ERROR", "NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE"];
    let coded = result.starts_with("+CME ERROR") || result.starts_with("+CMS ERROR");
    coded || WORDS.contains(&result)
}
