//! The verbs that are a single call: `stat`, `rm`, `mv`, `mkdir`, `rmdir`, `cd`, `pwd`,
//! `connect`, `disconnect`.

use std::ffi::OsString;

use modem_ftp_dbus::errors::exit;
use modem_ftp_dbus::words::key;
use serde_json::{Value, json};

use crate::client::Client;
use crate::failure::Failure;
use crate::props;
use crate::text::local_name::local_name;
use crate::text::{name, utc};
use crate::verbs::batch::Batch;

/// `stat`.
pub async fn stat(client: &Client<'_>, path: &str) -> Result<(), Failure> {
    let attributes = client
        .front
        .stat(&client.server, &client.remote(path).await?)
        .await?;
    if client.output.is_json() {
        let mut object = props::object(&attributes);
        object.insert("path".into(), json!(path));
        return client.output.object(&Value::Object(object));
    }
    let size = props::octets(&attributes, key::SIZE).map_or("not known".into(), |n| n.to_string());
    let modified = props::time(&attributes, key::MODIFIED).map_or("not known".into(), utc);
    client.output.line(&format!("Path      {}", name(path)))?;
    client.output.line(&format!("Size      {size}"))?;
    client.output.line(&format!("Modified  {modified}"))
}

/// `rm`: a path that cannot be deleted does not stop the others.
pub async fn rm(client: &Client<'_>, paths: &[OsString]) -> Result<(), Failure> {
    let mut batch = Batch::new(client.output, paths.len());
    for path in paths {
        let Some(path) = path.to_str() else {
            let text = format!("{}: a remote path is UTF-8", local_name(path));
            batch.failed(Failure::usage(text))?;
            continue;
        };
        let remote = client.remote(path).await?;
        if let Err(error) = client.front.delete(&client.server, &remote).await {
            let failure = Failure::from(error);
            // A server's refusal does not name the path, and there may be several.
            let text = match failure.exit {
                exit::REMOTE if !failure.text.starts_with(&remote) => {
                    format!("{path}: {}", failure.text)
                }
                _ => failure.text,
            };
            batch.failed(Failure { text, ..failure })?;
        }
    }
    batch.end()?;
    client.output.ok()
}

/// `mv`.
pub async fn mv(client: &Client<'_>, from: &str, to: &str) -> Result<(), Failure> {
    let (from, to) = (client.remote(from).await?, client.remote(to).await?);
    client.front.rename(&client.server, &from, &to).await?;
    client.output.ok()
}

/// `mkdir`.
pub async fn mkdir(client: &Client<'_>, path: &str) -> Result<(), Failure> {
    let path = client.remote(path).await?;
    client.front.make_directory(&client.server, &path).await?;
    client.output.ok()
}

/// `rmdir`.
pub async fn rmdir(client: &Client<'_>, path: &str) -> Result<(), Failure> {
    let path = client.remote(path).await?;
    client.front.remove_directory(&client.server, &path).await?;
    client.output.ok()
}

/// `cd`.
pub async fn cd(client: &Client<'_>, path: &str) -> Result<(), Failure> {
    client.change_directory(path).await?;
    client.output.ok()
}

/// `pwd`.
pub async fn pwd(client: &Client<'_>) -> Result<(), Failure> {
    let path = match client.directory().await? {
        Some(directory) => directory.to_owned(),
        None => client.front.working_directory(&client.server).await?,
    };
    client.output.either(&json!({ "path": path }), &name(&path))
}

/// `connect`.
pub async fn connect(client: &Client<'_>) -> Result<(), Failure> {
    client.front.connect(&client.server).await?;
    client.output.ok()
}

/// `disconnect`.
pub async fn disconnect(client: &Client<'_>) -> Result<(), Failure> {
    client.front.disconnect().await?;
    client.output.ok()
}
