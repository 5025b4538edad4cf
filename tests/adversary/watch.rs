//! [`Watch`]: an innocent second caller is served during an attack, and afterwards the daemon holds
//! what it held before.

use modem_ftp_dbus::names::BUS_NAME;
use modem_ftp_dbus::proxies::ModemProxy;
use modem_ftp_tests::{Bench, connect, process, within};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The innocent caller waits no longer for what needs no module. Programs that are built without
/// optimisation take several times as long for each call that comes before.
const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 3 } else { 1 });
/// How far memory may have grown, kB.
const GROWTH: u64 = 1024;
/// How long the daemon may take to give back what an attack made it hold.
const RECOVERY: Duration = Duration::from_secs(15);

/// What the daemon holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    /// Pages of the program itself, which are read when they are first used, do not count.
    memory: u64,
    descriptors: usize,
    threads: u64,
}

/// The second caller, and what the daemon held before the attack.
pub struct Watch<'a> {
    bench: &'a Bench,
    before: Held,
    stop: Arc<AtomicBool>,
    caller: JoinHandle<Duration>,
}

impl<'a> Watch<'a> {
    /// Begins: what the daemon holds now is what it may hold afterwards. It is used once before, so
    /// that what it makes at the first use does not count.
    pub fn begin(bench: &'a Bench) -> Self {
        bench.ok(&["status"]);
        bench.ok(&["ls"]);
        let stop = Arc::new(AtomicBool::new(false));
        let address = bench.bus.address().to_owned();
        let ended = stop.clone();
        let caller = std::thread::spawn(move || {
            // Made here, the connection is driven by this thread alone: what the test does on its
            // own thread does not hold it up.
            let connection = connect(&address).unwrap();
            let mut longest = Duration::ZERO;
            while !ended.load(Ordering::Relaxed) {
                let begin = Instant::now();
                zbus::block_on(async {
                    let bus = zbus::fdo::DBusProxy::new(&connection).await?;
                    bus.name_has_owner(BUS_NAME.try_into()?).await
                })
                .expect("the bus refuses");
                // So long it takes without the daemon: the machine may be busy.
                let without = begin.elapsed();
                let begin = Instant::now();
                zbus::block_on(async {
                    let modem = ModemProxy::builder(&connection)
                        .cache_properties(zbus::proxy::CacheProperties::No)
                        .build()
                        .await?;
                    modem.state().await
                })
                .expect("the innocent caller was refused");
                longest = longest.max(begin.elapsed().saturating_sub(without));
                std::thread::sleep(Duration::from_millis(50));
            }
            longest
        });
        Self {
            bench,
            before: held(bench),
            stop,
            caller,
        }
    }

    /// Ends after the attack: the innocent caller was answered within a second all the time, the
    /// module serves, and the daemon holds no more than before.
    #[track_caller]
    pub fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        let longest = self.caller.join().unwrap();
        assert!(
            longest < PATIENCE,
            "an innocent caller waited for {longest:?}\n{}",
            self.bench.daemon.tail()
        );
        self.bench.ok(&["ls"]);
        let before = self.before;
        let mut after = held(self.bench);
        let is_back = within(RECOVERY, || {
            after = held(self.bench);
            after.memory <= before.memory + GROWTH
                && after.descriptors <= before.descriptors
                && after.threads <= before.threads
        });
        assert!(is_back, "before {before:?}, afterwards {after:?}");
    }
}

fn held(bench: &Bench) -> Held {
    let id = bench.daemon.id();
    Held {
        memory: process::allocated(id).unwrap(),
        descriptors: fs::read_dir(format!("/proc/{id}/fd")).unwrap().count(),
        threads: process::threads(id).unwrap(),
    }
}
