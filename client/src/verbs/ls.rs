//! `ls`: lists a directory, sorted by name.

use std::borrow::Cow;
use std::io::{self, ErrorKind, IsTerminal as _, Write as _, stdout};
use std::os::fd::{AsFd as _, OwnedFd};
use std::thread;

use console::Term;
use modem_ftp_dbus::errors::ErrorName;
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
    if arguments.raw && !client.output.is_json() && !stdout().is_terminal() {
        return raw(client, path).await;
    }
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
    note_unreadable_rows(client, &entries);
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

/// Copies the server's listing, which may be of any length, to standard output.
async fn raw(client: &Client<'_>, path: &str) -> Result<(), Failure> {
    let failed = |error: &io::Error| {
        let text = format!("standard output: {error}");
        Failure::new(ErrorName::LocalIo, text)
    };
    let (mut listing, sink) = io::pipe().map_err(|error| failed(&error))?;
    let copier = thread::spawn(move || {
        let mut stdout = stdout().lock();
        io::copy(&mut listing, &mut stdout).and_then(|_| stdout.flush())
    });
    let sink = OwnedFd::from(sink);
    let listed = client
        .front
        .list_fd(&client.server, path, sink.as_fd().into())
        .await;
    // The copy ends when nobody has the other end of the pipe.
    drop(sink);
    match copier.join() {
        // Nobody reads the output, so that the daemon could not write it either.
        Ok(Err(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Ok(Err(error)) => Err(failed(&error)),
        _ => Ok(listed?),
    }
}

/// Tells how many rows of the server's listing could not be read; they are listed as they came.
fn note_unreadable_rows(client: &Client<'_>, entries: &[Attributes]) {
    let unread = entries
        .iter()
        .filter(|entry| entry.contains_key("unreadable-rows"));
    match unread.count() {
        0 => {}
        1 => client
            .output
            .note("1 row of the server's listing cannot be read; it is listed as it came"),
        count => client.output.note(&format!(
            "{count} rows of the server's listing cannot be read; they are listed as they came"
        )),
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
