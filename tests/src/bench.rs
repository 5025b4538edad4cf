//! The complete setup of an end-to-end test. It panics where a test would.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "only tests use it, and they may panic"
)]

use crate::hostile::Script;
use crate::{
    Bus, Cli, Config, Daemon, Error, FtpServer, Kind, Modem, Options, Outcome, Scratch, need,
};
use std::fs;
use std::path::PathBuf;

/// Server, bus, module, daemon and client of one test.
#[derive(Debug)]
pub struct Bench {
    // Dropped in this order: users before what they use.
    /// The daemon.
    pub daemon: Daemon,
    /// The module.
    pub modem: Modem,
    /// The bus.
    pub bus: Bus,
    /// The server, `plant` in the configuration.
    pub server: FtpServer,
    /// The client's current directory.
    pub folder: Scratch,
    /// The client.
    pub cli: Cli,
}

impl Bench {
    /// With this server and the module online; `None` if the server is not installed.
    pub fn with(kind: Kind, options: Options) -> Option<Self> {
        Self::configured(kind, options, &[], |_| {})
    }

    /// With libunftp without TLS, which starts fastest.
    pub fn plain() -> Self {
        Self::with(Kind::Libunftp, Options::default()).unwrap()
    }

    /// With the hostile server, which behaves until [`Bench::script`] says otherwise.
    pub fn hostile() -> Self {
        Self::with(Kind::Hostile, Options::default()).unwrap()
    }

    /// The same as [`Bench::plain`], with options for the module.
    pub fn with_module(module: &[&str]) -> Self {
        Self::configured(Kind::Libunftp, Options::default(), module, |_| {}).unwrap()
    }

    /// With options for the module and changes to the configuration.
    pub fn configured(
        kind: Kind,
        options: Options,
        module: &[&str],
        change: impl FnOnce(&mut Config),
    ) -> Option<Self> {
        let mut bench = Self::started(kind, options, module, change)?;
        need(bench.daemon.wait_for_state("online"))?;
        Some(bench)
    }

    /// The same, without waiting until the module is online.
    pub fn started(
        kind: Kind,
        options: Options,
        module: &[&str],
        change: impl FnOnce(&mut Config),
    ) -> Option<Self> {
        need(Self::start(kind, options, module, change))
    }

    fn start(
        kind: Kind,
        options: Options,
        module: &[&str],
        change: impl FnOnce(&mut Config),
    ) -> Result<Self, Error> {
        let server = FtpServer::start(kind, options)?;
        let bus = Bus::start()?;
        let modem = Modem::start(module)?;
        let mut config = Config::new(&modem.device())?;
        config.server("plant", &server)?;
        change(&mut config);
        let daemon = Daemon::start(&bus, config)?;
        let folder = Scratch::new()?;
        let cli = Cli::new(&bus).within(folder.path());
        Ok(Self {
            daemon,
            modem,
            bus,
            server,
            folder,
            cli,
        })
    }

    /// Runs a verb that must succeed, and gives its output.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let outcome = self.cli.run(arguments).unwrap();
        self.expect(arguments, &outcome, 0);
        outcome.text()
    }

    /// Runs a verb that must fail with this exit code and one line, and gives that line.
    #[track_caller]
    pub fn fails(&self, arguments: &[&str], code: i32) -> String {
        let outcome = self.cli.run(arguments).unwrap();
        self.expect(arguments, &outcome, code);
        sentence(&outcome)
    }

    #[track_caller]
    fn expect(&self, arguments: &[&str], outcome: &Outcome, code: i32) {
        assert_eq!(
            outcome.code,
            Some(code),
            "modem-ftp {arguments:?}: {:?}\nthe AT dialogue:\n{}",
            outcome.errors,
            tail(&self.modem.dialogue()),
        );
    }

    /// How the hostile server answers.
    pub fn script(&self) -> &Script {
        self.server.script().expect("not the hostile server")
    }

    /// Creates a file in the client's current directory.
    pub fn local(&self, name: &str, content: &[u8]) -> PathBuf {
        self.folder.write(name, content).unwrap()
    }

    /// The content of a file on the server.
    #[track_caller]
    pub fn remote(&self, name: &str) -> Vec<u8> {
        let path = self.server.root().join(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The names in the server's root folder, sorted.
    pub fn remote_names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.server.root())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// The only line on standard error, without the program's name in front.
#[track_caller]
pub fn sentence(outcome: &Outcome) -> String {
    let lines: Vec<&str> = outcome.errors.lines().collect();
    assert_eq!(lines.len(), 1, "not one line: {:?}", outcome.errors);
    assert!(
        outcome.output.is_empty(),
        "a failure with output: {:?}",
        outcome.text()
    );
    lines[0]
        .strip_prefix("modem-ftp: ")
        .expect("the program's name is missing")
        .to_owned()
}

/// The last 30 lines of a text.
pub fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
