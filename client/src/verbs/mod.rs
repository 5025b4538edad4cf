//! The verbs, one file for each group, and what they share.

pub mod at;
pub mod availability;
pub mod batch;
pub mod completions;
pub mod control;
pub mod doctor;
pub mod follow;
pub mod get;
pub mod history;
pub mod ls;
pub mod options;
pub mod progress;
pub mod put;
pub mod remote;
pub mod snapshot;
pub mod status;
pub mod transfers;
pub mod wait;
pub mod watch;

use crate::args::{Cli, Verb};
use crate::client::Client;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::Output;
use crate::verbs::transfers::Action;

/// Runs the verb of `cli`.
pub async fn run(cli: Cli, output: &Output, interrupt: Interrupt) -> Result<(), Failure> {
    // Wrong arguments are reported even if there is no daemon.
    let jobs = match &cli.verb {
        Verb::Put(put) => {
            options::check(&put.options)?;
            put::plan(put)?
        }
        Verb::Get(get) => {
            options::check(&get.options)?;
            Vec::new()
        }
        _ => Vec::new(),
    };
    let client = &Client::connect(&cli.bus, cli.server, output, interrupt).await?;
    match cli.verb {
        Verb::Put(arguments) => put::run(client, jobs, &arguments.options).await,
        Verb::Get(arguments) => get::run(client, &arguments).await,
        Verb::Ls(arguments) => ls::run(client, &arguments).await,
        Verb::Stat { path } => remote::stat(client, &path).await,
        Verb::Rm { paths } => remote::rm(client, &paths).await,
        Verb::Mv { from, to } => remote::mv(client, &from, &to).await,
        Verb::Mkdir { path } => remote::mkdir(client, &path).await,
        Verb::Rmdir { path } => remote::rmdir(client, &path).await,
        Verb::Cd { path } => remote::cd(client, &path).await,
        Verb::Pwd => remote::pwd(client).await,
        Verb::Connect => remote::connect(client).await,
        Verb::Disconnect => remote::disconnect(client).await,
        Verb::Status => status::status(client).await,
        Verb::Doctor => doctor::run(client).await,
        Verb::Settings => status::settings(client).await,
        Verb::Transfers => transfers::list(client).await,
        Verb::Show(one) => transfers::show(client, one.number).await,
        Verb::Cancel(one) => transfers::act(client, one.number, Action::Cancel).await,
        Verb::Pause(one) => transfers::act(client, one.number, Action::Pause).await,
        Verb::Resume(one) => transfers::act(client, one.number, Action::Resume).await,
        Verb::Retry(one) => transfers::act(client, one.number, Action::Retry).await,
        Verb::Forget(one) => transfers::act(client, one.number, Action::Forget).await,
        Verb::Wait { numbers } => wait::run(client, &numbers).await,
        Verb::Watch => watch::run(client).await,
        Verb::History(arguments) => history::run(client, &arguments).await,
        Verb::Reload => control::reload(client).await,
        Verb::Reset => control::reset(client).await,
        Verb::At { line, timeout } => at::run(client, &line, timeout).await,
        Verb::Completions { shell } => completions::print(shell, output),
    }
}
