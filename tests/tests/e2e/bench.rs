//! The whole path, ready to be used: one of everything.

use modem_ftp_tests::{
    Bus, Cli, Config, Daemon, Error, FtpServer, Kind, Modem, Options, Outcome, Scratch, need,
};
use std::fs;
use std::path::PathBuf;

/// Server, bus, module, daemon and client, all this test's own.
pub struct Bench {
    // Dropped in this order: who uses something before what it uses.
    pub daemon: Daemon,
    pub modem: Modem,
    pub bus: Bus,
    pub server: FtpServer,
    /// The folder the client is run in.
    pub folder: Scratch,
    pub cli: Cli,
}

impl Bench {
    /// With this server, the module online; none where this machine lacks the server.
    pub fn with(kind: Kind, options: Options) -> Option<Self> {
        Self::configured(kind, options, &[], |_| {})
    }

    /// The quickest: libunftp, plain.
    pub fn plain() -> Self {
        Self::with(Kind::Libunftp, Options::default()).unwrap()
    }

    /// The quickest, with options for the module.
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

    /// The same, without waiting for the module.
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

    /// Runs a verb that must work, and gives what it printed.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let outcome = self.cli.run(arguments).unwrap();
        self.expect(arguments, &outcome, 0);
        outcome.text()
    }

    /// Runs a verb that must fail with this exit code and one sentence, and gives the sentence.
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
            "modem-ftp {arguments:?} said {:?}\nthe module's dialogue:\n{}",
            outcome.errors,
            tail(&self.modem.dialogue()),
        );
    }

    /// A file on the client's side.
    pub fn local(&self, name: &str, content: &[u8]) -> PathBuf {
        self.folder.write(name, content).unwrap()
    }

    /// What the server has under this name.
    #[track_caller]
    pub fn remote(&self, name: &str) -> Vec<u8> {
        let path = self.server.root().join(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The names in the server's root folder, sorted: nothing of ours may be left there.
    pub fn remote_names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.server.root())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// The one line of standard error, which names the program and then the cause.
#[track_caller]
pub fn sentence(outcome: &Outcome) -> String {
    let lines: Vec<&str> = outcome.errors.lines().collect();
    assert_eq!(lines.len(), 1, "not one sentence: {:?}", outcome.errors);
    assert!(
        outcome.output.is_empty(),
        "a failure printed a result: {:?}",
        outcome.text()
    );
    lines[0]
        .strip_prefix("modem-ftp: ")
        .expect("no program name in front")
        .to_owned()
}

/// The last lines of something long.
pub fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

/// Bytes that hold every value and everything a modem could take for an answer.
pub fn payload(length: usize) -> Vec<u8> {
    let traps = b"\r\nOK\r\n+++\0\x11\x13NO CARRIER\r\n+QFTPGET: 0,5\r\nCONNECT\r\n";
    let rest = (0u32..).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes());
    traps.iter().copied().chain(rest).take(length).collect()
}
