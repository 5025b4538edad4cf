//! [`Setup`]: the initial state of a world; the default is a module and a server without faults.

use std::time::{Duration, Instant, UNIX_EPOCH};

use modem_ftp_core::api::now::Now;
use modem_ftp_core::api::options::Verify;
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::settings::{
    Authentication, DataModeExit, Limits, Modem, Network, PdpType, Pem, Security, Server, Settings,
    Tls,
};
use modem_ftp_core::engine::Engine;
use virtual_bg96::module::{Config, Module};
use virtual_bg96::port::Port;
use virtual_bg96::remote::memory::MemoryServer;

use super::chance::seed_of_test;
use super::guard::{Guard, Rules};
use super::line::{Line, Pieces};
use super::observe::Seen;
use super::secrets::Secrets;
use super::shell::Shell;
use super::store::Store;
use super::ufs::Files;
use super::{Chance, DiskPlan, EPOCH, World};

/// The server's password.
pub const PASSWORD: &str = "s3cret-w0rd";
/// The SIM's PIN.
pub const PIN: &str = "7351";

/// The access point's password, in scenarios that set one.
pub const APN_PASSWORD: &str = "ap0-s3cret";

/// The initial state of a world.
#[derive(Clone)]
pub struct Setup {
    /// The daemon's configuration.
    pub settings: Settings,
    /// The simulated module's configuration.
    pub config: Config,
    /// Whether the port has DTR.
    pub modem_lines: bool,
    /// How bytes on the line are fragmented.
    pub pieces: Pieces,
    /// The module's files.
    pub files: Files,
    /// Whether the tty can be opened at the start.
    pub line: bool,
    /// Faults from the start.
    pub faults: Vec<String>,
    /// How long jobs of the disk thread take.
    pub disk: DiskPlan,
    /// The random seed, if it is not that of the test.
    pub seed: Option<u64>,
}

/// A server as most scenarios want it.
pub fn server(name: &str) -> Server {
    Server {
        name: name.into(),
        default: name == "plant",
        host: format!("{name}.example.net"),
        port: 21,
        security: Security::None,
        user: "gw17".into(),
        password: Secret::new(PASSWORD.into()),
        directory: String::new(),
        passive: true,
        binary: true,
        response_timeout: Duration::from_secs(90),
        data_address_control: true,
        idle_timeout: Duration::from_secs(30),
        atomic: true,
        verify: Verify::Size,
        staging: "{name}.{id}.part".into(),
        tls: Tls {
            context: 1,
            version: 3,
            cipher: 0xFFFF,
            verify: 0,
            ca: None,
            certificate: None,
            key: None,
            check_time: false,
            handshake_timeout: Duration::from_secs(120),
        },
    }
}

/// A PEM file, named the way the daemon names it on the module.
pub fn pem(digits: &str, content: &str) -> Pem {
    Pem {
        name: format!("m{digits}.pem"),
        content: Secret::new(content.into()),
    }
}

impl Default for Setup {
    fn default() -> Self {
        let settings = Settings {
            modem: Modem {
                device: "/dev/modem".into(),
                baud: 115_200,
                hardware_flow_control: true,
                data_mode_exit: DataModeExit::Dtr,
                sim_pin: None,
                allow_raw_commands: true,
                power_cycle: false,
            },
            network: Network {
                context: 1,
                apn: "iot.example".into(),
                user: String::new(),
                password: Secret::default(),
                pdp_type: PdpType::Ipv4,
                authentication: Authentication::None,
            },
            servers: vec![server("plant"), server("other")],
            limits: Limits::default(),
        };
        let config = Config {
            wall_clock: UNIX_EPOCH + Duration::from_secs(EPOCH),
            transcript: true,
            ..Config::default()
        };
        Self {
            settings,
            config,
            modem_lines: true,
            pieces: Pieces::Of(256),
            files: Files::default(),
            line: true,
            faults: Vec::new(),
            disk: DiskPlan::default(),
            seed: None,
        }
    }
}

impl Setup {
    /// The same with changes.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The same with a fault from the start.
    pub fn fault(mut self, fault: &str) -> Self {
        self.faults.push(fault.into());
        self
    }

    /// The same on a port without DTR.
    pub fn without_dtr(mut self) -> Self {
        self.modem_lines = false;
        self
    }

    /// The same with changes to the default server.
    pub fn server(mut self, change: impl FnOnce(&mut Server)) -> Self {
        change(&mut self.settings.servers[0]);
        self
    }

    /// Starts the engine and the module; nothing was sent yet.
    pub fn start(self) -> World {
        let begin = Instant::now();
        let now = Now {
            instant: begin,
            unix: EPOCH.cast_signed(),
        };
        let server = MemoryServer::new("gw17", PASSWORD);
        let rules = Rules::default();
        let module = Module::new(begin, self.config, Box::new(self.files.clone()));
        let rate = self.settings.modem.baud;
        let flow_control = self.settings.modem.hardware_flow_control;
        let seed = self.seed.unwrap_or_else(seed_of_test);
        let secrets = Secrets::of(&self.settings);
        secrets.watch_log();
        let mut world = World {
            engine: Engine::new(now, self.settings.clone(), 0x5EED),
            settings: self.settings,
            port: Port::new(module, Box::new(Guard::new(&server, &rules))),
            rules,
            server,
            files: self.files,
            line: Line::new(begin, rate, self.pieces, self.modem_lines, flow_control),
            seen: Seen::default(),
            shell: Shell::new(begin, self.disk, Chance::new(seed)),
            store: Store::new(begin, Chance::new(seed.wrapping_add(1))),
            seed,
            secrets,
            plans: Vec::new(),
            begin,
            now: begin,
            reading_held: false,
            tickets: 0,
            turns: 0,
            seen_lines: 0,
            rough: false,
            clock: 0,
            left_behind: None,
        };
        for fault in &self.faults {
            world.fault(fault);
        }
        world.line.module_rate = world.port.condition().line_rate;
        if self.line {
            world.open_line();
        }
        world
    }

    /// Starts the engine and the module and waits until it is online.
    pub fn online(self) -> World {
        let mut world = self.start();
        world.until_online();
        world
    }
}
