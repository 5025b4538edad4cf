//! Everything that the client needs: server, bus, module and daemon.

use modem_ftp_tests::{
    Bus, Config, Daemon, Error, FtpServer, Kind, Modem, Options, Scratch, binary,
};
use std::path::PathBuf;
use std::process::Command;

/// Server, bus, module and daemon; dropping it ends them.
pub struct Setup {
    // Dropped in this order: users before what they use.
    pub daemon: Daemon,
    pub modem: Modem,
    pub bus: Bus,
    pub server: FtpServer,
    /// The client's current directory.
    pub folder: Scratch,
    client: PathBuf,
    baud: u32,
}

impl Setup {
    /// Starts everything and waits until the module is online.
    pub fn start(baud: u32) -> Result<Self, Error> {
        let client = binary("modem-ftp")?;
        let server = FtpServer::start(Kind::Libunftp, Options::default())?;
        let bus = Bus::start()?;
        let modem = Modem::start(&["--baud", &baud.to_string()])?;
        let mut config = Config::new(&modem.device())?;
        config
            .server("plant", &server)?
            .set("modem.baud", i64::from(baud));
        let daemon = Daemon::online(&bus, config)?;
        Ok(Self {
            daemon,
            modem,
            bus,
            server,
            folder: Scratch::new()?,
            client,
            baud,
        })
    }

    /// Prints what runs, with addresses and paths.
    pub fn print_overview(&self) {
        println!(
            "  FTP server    libunftp on {}, folder {}",
            self.server.address(),
            self.server.root().display()
        );
        println!(
            "  module        virtual-bg96 at {} baud, tty {}",
            self.baud,
            self.modem.device().display()
        );
        println!(
            "  bus           {} at {}",
            self.bus.broker(),
            self.bus.address()
        );
        println!("  daemon        modem-ftpd, process {}\n", self.daemon.id());
    }

    /// The client with these arguments, on this terminal.
    pub fn client(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.client);
        command.args(arguments).current_dir(self.folder.path());
        command.env("DBUS_SYSTEM_BUS_ADDRESS", self.bus.address());
        command
    }

    /// Prints commands to try while everything keeps running.
    pub fn print_commands(&self) {
        let bin = self
            .client
            .parent()
            .map(|folder| folder.display().to_string())
            .unwrap_or_default();
        println!("\nEverything keeps running until Ctrl-C. In another terminal:\n");
        println!("  export DBUS_SYSTEM_BUS_ADDRESS='{}'", self.bus.address());
        println!("  export PATH=\"{bin}:$PATH\"");
        println!("  modem-ftp status");
        println!(
            "  modem-ftp put /etc/os-release && modem-ftp ls -l && modem-ftp get os-release -"
        );
        println!("  modem-ftp watch");
        println!("  busctl tree org.example.ModemFtp");
        println!("  busctl introspect org.example.ModemFtp /org/example/ModemFtp");
        println!(
            "  busctl call org.example.ModemFtp /org/example/ModemFtp org.example.ModemFtp List ss plant /"
        );
        let local = self.daemon.root().join("os-release").display().to_string();
        println!("  cp /etc/os-release {local} && busctl call org.example.ModemFtp \\");
        println!(
            "    /org/example/ModemFtp org.example.ModemFtp Upload sssa{{sv}} plant {local} by-busctl 1 wait b true"
        );
        println!("\nThe server's folder is {}", self.server.root().display());
    }
}
