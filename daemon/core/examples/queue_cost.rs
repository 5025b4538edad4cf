//! Prints what one more transfer costs while so many others wait: time per acceptance, per cancel,
//! per event that concerns none of them, and memory per transfer that waits or has ended.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "an example may stop at the first surprise"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use modem_ftp_core::api::local::{Handle, LocalFile, LocalKey};
use modem_ftp_core::api::now::Now;
use modem_ftp_core::api::options::{Options, Verify};
use modem_ftp_core::api::output::Output;
use modem_ftp_core::api::request::{Action, CallerId, Request, Ticket};
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::settings::{
    Authentication, DataModeExit, Limits, Modem, Network, PdpType, Security, Server, Settings, Tls,
};
use modem_ftp_core::api::status::TransferId;
use modem_ftp_core::engine::Engine;

/// The transfers belong to so many users.
const USERS: u64 = 50;

/// Bytes in use.
static USED: AtomicUsize = AtomicUsize::new(0);

struct Counting;

#[expect(unsafe_code, reason = "counts what the system's allocator gives out")]
// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        USED.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        USED.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn used() -> usize {
    USED.load(Ordering::Relaxed)
}

fn settings() -> Settings {
    let server = Server {
        name: "plant".into(),
        default: true,
        host: "plant.example.net".into(),
        port: 21,
        security: Security::None,
        user: "gw17".into(),
        password: Secret::default(),
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
    };
    Settings {
        modem: Modem {
            device: "/dev/modem".into(),
            baud: 115_200,
            hardware_flow_control: true,
            data_mode_exit: DataModeExit::Dtr,
            sim_pin: None,
            allow_raw_commands: false,
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
        servers: vec![server],
        limits: Limits {
            max_queued: 20_000,
            keep_number: 20_000,
            ..Limits::default()
        },
    }
}

struct Bench {
    engine: Engine,
    now: Now,
    tickets: u64,
}

impl Bench {
    /// Carries out what the engine wants, storing in no time.
    fn settle(&mut self) {
        while let Some(output) = self.engine.poll() {
            if let Output::Persist(number, _) = output {
                self.engine.persisted(self.now, number, Ok(()));
            }
        }
    }

    fn request(&mut self, request: Request) {
        self.tickets += 1;
        self.engine.request(self.now, Ticket(self.tickets), request);
        self.settle();
    }

    fn accept(&mut self, number: u64) {
        let source = LocalFile {
            handle: Handle(number),
            name: format!("/srv/data/readings-{number:06}.csv"),
            size: Some(12_345),
            rewindable: true,
            key: Some(LocalKey(format!("path:/srv/data/readings-{number:06}.csv"))),
            content: None,
        };
        self.request(Request::Upload {
            server: String::new(),
            source,
            remote: format!("/in/readings-{number:06}.csv"),
            options: Options::default(),
            caller: CallerId::default(),
            uid: (number % USERS) as u32,
        });
    }

    fn cancel(&mut self, id: u64) {
        self.request(Request::Transfer {
            id: TransferId(id),
            action: Action::Cancel,
            uid: 0,
        });
    }
}

fn each(count: u64, mut work: impl FnMut(u64)) -> Duration {
    let begin = Instant::now();
    for number in 1..=count {
        work(number);
    }
    begin.elapsed() / u32::try_from(count).unwrap()
}

fn main() {
    for count in [100, 1000, 10_000] {
        let now = Now {
            instant: Instant::now(),
            unix: 1_772_366_400,
        };
        let mut bench = Bench {
            engine: Engine::new(now, settings(), 1),
            now,
            tickets: 0,
        };
        bench.settle();
        let before = used();
        let accept = each(count, |number| bench.accept(number));
        let waiting = (used() - before) as u64 / count;
        let idle = each(10_000, |_| {
            bench.engine.timeout(bench.now);
            bench.settle();
        });
        let cancel = each(count, |id| bench.cancel(id));
        let ended = (used() - before) as u64 / count;
        println!(
            "{count:>6} wait: accept {accept:?}, cancel {cancel:?}, any other event {idle:?}; \
             {waiting} bytes each that waits, {ended} that has ended"
        );
    }
}
