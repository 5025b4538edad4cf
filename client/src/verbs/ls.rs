//! `ls`: lists a directory, sorted by name.

use std::borrow::Cow;
use std::io::{IsTerminal as _, stdout};

use console::Term;
use modem_ftp_dbus::proxies::Attributes;
use modem_ftp_dbus::words::{EntryType, key};
use serde_json::{Value, json};

use crate::args::Ls;
use crate::client::Client;
use crate::failure::Failure;
use crate::props;
use crate::text::{self, columns, printable, utc};

/// Lists the directory of `arguments`.
pub async fn run(client: &Client<'_>, arguments: &Ls) -> Result<(), Failure> {
    let path = match arguments.path.as_str() {
        "" => client.directory().await?.unwrap_or_default().to_owned(),
        path => client.remote(path).await?,
    };
    let path = path.as_str();
    if arguments.raw {
        let listing = client.front.list_raw(&client.server, path).await?;
        return if client.output.is_json() {
            client
                .output
                .object(&json!({ "listing": String::from_utf8_lossy(&listing) }))
        } else {
            client.output.bytes(&listing)
        };
    }
    if arguments.names {
        return names(client, path).await;
    }
    let mut entries = client.front.list(&client.server, path).await?;
    entries.sort_by(|a, b| props::text(a, key::NAME).cmp(props::text(b, key::NAME)));
    if client.output.is_json() {
        entries
            .iter()
            .try_for_each(|entry| client.output.object(&Value::Object(props::object(entry))))
    } else if arguments.long {
        long(client, &entries)
    } else {
        let terminal = stdout().is_terminal();
        let names: Vec<String> = entries.iter().map(|entry| name(entry, terminal)).collect();
        let width = if terminal {
            Term::stdout().size().1.into()
        } else {
            1
        };
        client.output.bytes(columns(&names, width).as_bytes())
    }
}

async fn names(client: &Client<'_>, path: &str) -> Result<(), Failure> {
    let mut names = client.front.list_names(&client.server, path).await?;
    names.sort_unstable();
    names.iter().try_for_each(|name| {
        client
            .output
            .either(&json!({ "name": name }), &text::name(name))
    })
}

fn long(client: &Client<'_>, entries: &[Attributes]) -> Result<(), Failure> {
    let size = |entry| props::octets(entry, key::SIZE).map_or("-".into(), |n| n.to_string());
    let width = entries
        .iter()
        .map(|entry| size(entry).len())
        .max()
        .unwrap_or(0);
    entries.iter().try_for_each(|entry| {
        let kind = props::text(entry, key::TYPE);
        let modified = props::time(entry, key::MODIFIED).map_or("-".into(), utc);
        client.output.line(&format!(
            "{:<9}  {:>width$}  {modified:<20}  {}",
            printable(kind),
            size(entry),
            shown(entry),
        ))
    })
}

/// The name. Where the daemon could not read it, it stands for itself with escapes.
fn shown(entry: &Attributes) -> Cow<'_, str> {
    let mut unread = props::text(entry, "unreadable").split(',');
    let name = props::text(entry, key::NAME);
    match unread.any(|what| matches!(what, "name" | "row")) {
        true => text::unreadable_name(name),
        false => text::name(name),
    }
}

/// The name; if `marked`, followed by `/` for a directory and `@` for a link.
fn name(entry: &Attributes, marked: bool) -> String {
    let name = shown(entry);
    match EntryType::from_word(props::text(entry, key::TYPE)) {
        Some(EntryType::Directory) if marked => format!("{name}/"),
        Some(EntryType::Link) if marked => format!("{name}@"),
        _ => name.into(),
    }
}
