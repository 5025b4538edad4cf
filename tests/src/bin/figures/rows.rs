//! The rows of the table, one function a subject.

use modem_ftp_tests::{
    Bus, Cli, Config, Daemon, Error, FtpServer, Kind, Modem, Options, Scratch, binary, process,
};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// The most a program may weigh, in bytes.
const PROGRAM_LIMIT: u64 = 4_500_000;
/// The most memory the daemon may hold, in kB.
const MEMORY_LIMIT: u64 = 6 * 1024;
/// How much its memory may grow over a long transfer, in kB.
const FLAT: u64 = 512;
/// The most threads the daemon may have.
const THREADS: u64 = 4;
/// How much of the line must be used between CONNECT and OK, in per cent.
const LINE_USE: f64 = 99.0;

/// One figure beside its goal.
pub struct Row {
    pub name: String,
    pub value: String,
    pub goal: String,
    pub met: bool,
}

fn row(
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

/// One of everything.
struct Bench {
    daemon: Daemon,
    modem: Modem,
    server: FtpServer,
    desk: Scratch,
    cli: Cli,
    start: Duration,
    _bus: Bus,
}

impl Bench {
    fn set_up(module: &[&str], baud: Option<u32>) -> Result<Self, Error> {
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
        let desk = Scratch::new()?;
        let cli = Cli::new(&bus).within(desk.path());
        Ok(Self {
            daemon,
            modem,
            server,
            desk,
            cli,
            start,
            _bus: bus,
        })
    }

    fn run(&self, arguments: &[&str]) -> Result<(), Error> {
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

/// What is shipped, in bytes.
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

/// What it is with nothing to do: online, its session closed.
pub fn idle(seconds: u64) -> Result<Vec<Row>, Error> {
    let path = Bench::set_up(&[], None)?;
    let process = path.daemon.id();
    // The session of this call is closed a second later; then there is nothing left to do.
    path.run(&["ls"])?;
    thread::sleep(Duration::from_secs(4));
    let before = process::wake_ups(process)?;
    thread::sleep(Duration::from_secs(seconds));
    let woken = process::wake_ups(process)? - before;
    let memory = process::resident(process)?;
    let threads = process::threads(process)?;
    let start = path.start.as_millis();
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

/// Whether memory stays flat while much is moved.
pub fn memory(megabytes: usize) -> Result<Vec<Row>, Error> {
    let path = Bench::set_up(&[], None)?;
    let process = path.daemon.id();
    let small = payload(&path.desk.join("small"), 1)?;
    path.run(&["put", "small"])?;
    path.run(&["get", "small", "back"])?;
    let before = process::resident_peak(process)?;
    let bytes = payload(&path.desk.join("large"), megabytes)?;
    let mut rows = Vec::new();
    for (what, arguments) in [
        ("up", ["put", "large", "large"]),
        ("down", ["get", "large", "back"]),
    ] {
        let begin = Instant::now();
        path.run(&arguments)?;
        let rate = bytes as f64 / begin.elapsed().as_secs_f64() / 1e6;
        let growth = process::resident_peak(process)?.saturating_sub(before);
        rows.push(row(
            format!("{megabytes} MB {what}, unpaced: rate"),
            format!("{rate:.1} MB/s"),
            "",
            true,
        ));
        rows.push(row(
            format!("{megabytes} MB {what}: memory grown"),
            format!("{growth} kB"),
            format!("≤ {FLAT} kB"),
            growth <= FLAT,
        ));
    }
    let same = fs::read(path.desk.join("back"))? == fs::read(path.server.root().join("large"))?
        && bytes > small;
    rows.push(row(
        "the bytes there and back",
        if same { "the same" } else { "DIFFER" },
        "the same",
        same,
    ));
    Ok(rows)
}

/// How much of the line is used between CONNECT and OK, as the module counts it.
pub fn line_use(baud: u32) -> Result<Vec<Row>, Error> {
    let path = Bench::set_up(&["--baud", &baud.to_string()], Some(baud))?;
    // Ten seconds each way.
    let length = baud as usize;
    path.desk.write("file", vec![0x55; length])?;
    let mut rows = Vec::new();
    for (what, arguments) in [
        ("up", ["put", "file", "file"]),
        ("down", ["get", "file", "back"]),
    ] {
        path.run(&arguments)?;
        let stats = path.modem.control("stats")?;
        let of = |name: &str| -> Option<f64> {
            stats
                .split(' ')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
        };
        let (Some(bytes), Some(nanos)) = (of("data_bytes"), of("data_ns")) else {
            return Err(Error::failed(format!(
                "virtual-bg96 counted nothing: {stats}"
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
