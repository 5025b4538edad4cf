//! `get`: fetches a file, which gets its name only when it is complete.

use std::path::Path;
use std::time::Duration;

use modem_ftp_dbus::words::IfExists;
use serde_json::json;
use zbus::Fd;

use crate::args::{Get, TransferOptions};
use crate::client::Client;
use crate::failure::Failure;
use crate::local::sink::{Sink, Target};
use crate::text::local_name::local_name;
use crate::verbs::{follow, options};

/// Fetches the file of `arguments`.
pub async fn run(client: &Client<'_>, arguments: &Get) -> Result<(), Failure> {
    let remote = arguments.remote.as_str();
    let target = Target::new(remote, arguments.local.as_deref())?;
    if arguments.options.detach {
        return detach(client, remote, &target, &arguments.options).await;
    }
    let path = client.remote(remote).await?;
    let exclusive = arguments.options.if_exists.as_deref() == Some(IfExists::Fail.as_str());
    let sink = Sink::open(&target, exclusive, &client.interrupt)?;
    let _guard = client.interrupt.guard();
    // If standard output is the file's content, everything else goes to standard error.
    let beside;
    let output = if target == Target::Stdout {
        beside = client.output.beside_data();
        &beside
    } else {
        client.output
    };
    let transfer = client
        .front
        .download_fd(
            &client.server,
            &path,
            Fd::from(sink.descriptor()),
            &options::from_arguments(&arguments.options),
        )
        .await?;
    let wait = Duration::from_secs(arguments.options.wait.into());
    match follow::follow(client, output, &transfer, remote, wait).await {
        Ok(done) => {
            sink.finish()?;
            done.report(output, remote, &target.label())
        }
        Err(failure) => Err(sink.abandon().unwrap_or(failure)),
    }
}

/// Lets the daemon write the file itself, below one of its roots, and returns at once.
async fn detach(
    client: &Client<'_>,
    remote: &str,
    target: &Target,
    arguments: &TransferOptions,
) -> Result<(), Failure> {
    let Target::File(local) = target else {
        return Err(Failure::usage(
            "--detach: standard output is closed when modem-ftp ends: LOCAL is needed",
        ));
    };
    let local = absolute(local)?;
    let path = client.remote(remote).await?;
    let transfer = client
        .front
        .download(
            &client.server,
            &path,
            &local,
            &options::from_arguments(arguments),
        )
        .await?;
    let number = follow::number(&transfer)?;
    client.output.either(
        &json!({ "transfer": number, "path": transfer.as_str() }),
        transfer.as_str(),
    )
}

fn absolute(local: &Path) -> Result<String, Failure> {
    let absolute = std::path::absolute(local)
        .map_err(|error| Failure::local(&local_name(local.as_os_str()), &error))?;
    absolute
        .into_os_string()
        .into_string()
        .map_err(|name| Failure::usage(format!("--detach: {} is not UTF-8", local_name(&name))))
}
