//! The rows of the table, one function for each subject.

use modem_ftp_tests::{
    Bus, Cli, Config, Daemon, Error, FtpServer, Kind, Modem, Options, Scratch, binary, process,
};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// The largest allowed size of a program, in bytes.
const PROGRAM_LIMIT: u64 = 4_500_000;
/// The largest allowed resident memory of the daemon, in kB.
const MEMORY_LIMIT: u64 = 6 * 1024;
/// The largest allowed growth of its memory during a long transfer, in kB.
const GROWTH_LIMIT: u64 = 512;
/// The largest allowed number of threads of the daemon.
const THREADS: u64 = 4;
/// The smallest allowed use of the serial line between CONNECT and OK, in per cent.
const LINE_USE: f64 = 99.0;

/// One figure and its goal.
pub struct Row {
    pub name: String,
    pub value: String,
    pub goal: String,
    pub met: bool,
}

pub fn row(
    name: impl Into<String>,
    value: impl Into<String>,
    goal: impl Into<String>,
    met: bool,
) -> Row {
    Row {
        name: name.into(),
        value: value.into(),
        goal: goal.into(),
        met,
    }
}

/// Server, bus, module, daemon and client.
pub struct Bench {
    pub daemon: Daemon,
    modem: Modem,
    server: FtpServer,
    pub folder: Scratch,
    cli: Cli,
    start: Duration,
    _bus: Bus,
}

impl Bench {
    pub fn set_up(module: &[&str], baud: Option<u32>) -> Result<Self, Error> {
        let server = FtpServer::start(Kind::Libunftp, Options::default())?;
        let bus = Bus::start()?;
        let modem = Modem::start(module)?;
        let mut config = Config::new(&modem.device())?;
        config
            .server("plant", &server)?
            .set("server.plant.idle_timeout", 1)
            .set("spool_limit", "1 GB");
        if let Some(baud) = baud {
            config.set("modem.baud", i64::from(baud));
        }
        let begin = Instant::now();
        let mut daemon = Daemon::start(&bus, config)?;
        let start = begin.elapsed();
        daemon.wait_for_state("online")?;
        let folder = Scratch::new()?;
        let cli = Cli::new(&bus).within(folder.path());
        Ok(Self {
            daemon,
            modem,
            server,
            folder,
            cli,
            start,
            _bus: bus,
        })
    }

    pub fn run(&self, arguments: &[&str]) -> Result<(), Error> {
        let outcome = self.cli.run(arguments)?;
        match outcome.code {
            Some(0) => Ok(()),
            _ => Err(Error::failed(format!(
                "modem-ftp {}: {}",
                arguments.join(" "),
                outcome.errors
            ))),
        }
    }
}

/// The size of the release programs.
pub fn programs() -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    for name in ["modem-ftpd", "modem-ftp"] {
        let size = fs::metadata(binary(name)?)?.len();
        rows.push(row(
            format!("{name}: size"),
            format!("{size} B"),
            format!("≤ {PROGRAM_LIMIT} B"),
            size <= PROGRAM_LIMIT,
        ));
    }
    Ok(rows)
}

/// The idle daemon: online, its session closed.
pub fn idle(seconds: u64) -> Result<Vec<Row>, Error> {
    let bench = Bench::set_up(&[], None)?;
    let process = bench.daemon.id();
    // The session of this call is closed after one second; then the daemon is idle.
    bench.run(&["ls"])?;
    thread::sleep(Duration::from_secs(4));
    let before = process::wake_ups(process)?;
    thread::sleep(Duration::from_secs(seconds));
    let woken = process::wake_ups(process)? - before;
    let memory = process::resident(process)?;
    let threads = process::threads(process)?;
    let start = bench.start.as_millis();
    Ok(vec![
        row(
            "daemon: start until the name is owned",
            format!("{start} ms"),
            "",
            true,
        ),
        row(
            format!("idle: wake-ups in {seconds} s"),
            woken.to_string(),
            "0",
            woken == 0,
        ),
        row(
            "idle: threads",
            threads.to_string(),
            format!("≤ {THREADS}"),
            threads <= THREADS,
        ),
        row(
            "idle: resident memory",
            format!("{memory} kB"),
            format!("< {MEMORY_LIMIT} kB"),
            memory < MEMORY_LIMIT,
        ),
    ])
}

/// The growth of memory during large transfers.
pub fn memory(megabytes: usize) -> Result<Vec<Row>, Error> {
    let bench = Bench::set_up(&[], None)?;
    let process = bench.daemon.id();
    let small = payload(&bench.folder.join("small"), 1)?;
    bench.run(&["put", "small"])?;
    bench.run(&["get", "small", "back"])?;
    let before = process::resident_peak(process)?;
    let bytes = payload(&bench.folder.join("large"), megabytes)?;
    let mut rows = Vec::new();
    for (what, arguments) in [
        ("up", ["put", "large", "large"]),
        ("down", ["get", "large", "back"]),
    ] {
        let begin = Instant::now();
        bench.run(&arguments)?;
        let rate = bytes as f64 / begin.elapsed().as_secs_f64() / 1e6;
        let growth = process::resident_peak(process)?.saturating_sub(before);
        rows.push(row(
            format!("{megabytes} MB {what}, unpaced: rate"),
            format!("{rate:.1} MB/s"),
            "",
            true,
        ));
        rows.push(row(
            format!("{megabytes} MB {what}: memory growth"),
            format!("{growth} kB"),
            format!("≤ {GROWTH_LIMIT} kB"),
            growth <= GROWTH_LIMIT,
        ));
    }
    let same = fs::read(bench.folder.join("back"))? == fs::read(bench.server.root().join("large"))?
        && bytes > small;
    rows.push(row(
        "the bytes sent and fetched back",
        if same { "equal" } else { "DIFFER" },
        "equal",
        same,
    ));
    Ok(rows)
}

/// The use of the serial line between CONNECT and OK, as the module counts it.
pub fn line_use(baud: u32) -> Result<Vec<Row>, Error> {
    let bench = Bench::set_up(&["--baud", &baud.to_string()], Some(baud))?;
    // Ten seconds in each direction.
    let length = baud as usize;
    bench.folder.write("file", vec![0x55; length])?;
    let mut rows = Vec::new();
    for (what, arguments) in [
        ("up", ["put", "file", "file"]),
        ("down", ["get", "file", "back"]),
    ] {
        bench.run(&arguments)?;
        let stats = bench.modem.control("stats")?;
        let of = |name: &str| -> Option<f64> {
            stats
                .split(' ')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
        };
        let (Some(bytes), Some(nanos)) = (of("data_bytes"), of("data_ns")) else {
            return Err(Error::failed(format!(
                "virtual-bg96 has no counters: {stats}"
            )));
        };
        let percent = bytes / (nanos / 1e9) / (f64::from(baud) / 10.0) * 100.0;
        rows.push(row(
            format!("line use {what}, {length} bytes at {baud} baud"),
            format!("{percent:.2} %"),
            format!("≥ {LINE_USE} %"),
            percent >= LINE_USE,
        ));
    }
    Ok(rows)
}

/// Writes a file of this many megabytes and gives its length in bytes.
fn payload(path: &Path, megabytes: usize) -> Result<usize, Error> {
    let block: Vec<u8> = (0u32..250_000)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    fs::write(path, block.repeat(megabytes))?;
    Ok(block.len() * megabytes)
}
