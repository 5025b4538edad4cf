//! Rows about a long queue: memory, the rate of accepted transfers, the reply of GetManagedObjects,
//! start with everything that was stored, and what goes to flash.

use crate::receipts;
use crate::rows::{Bench, Row, row};
use futures_util::StreamExt;
use modem_ftp_dbus::names::{BUS_NAME, ROOT_PATH};
use modem_ftp_tests::{
    Bus, Config, Daemon, Error, FtpServer, Kind, Options, Scratch, process, within,
};
use std::fmt::Display;
use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};
use zbus::Connection;

/// Transfers in the queue: a long one, and the longest possible.
const LONG: usize = 1_000;
const LONGEST: usize = 10_000;
/// The largest allowed resident memory with them, in kB.
const LONG_LIMIT: u64 = 8 * 1024;
const LONGEST_LIMIT: u64 = 24 * 1024;
/// How much of it 1,000,000 receipts may cost, in kB: what is read to start is the same.
const RECEIPTS_LIMIT: u64 = 512;
/// The longest allowed start with a full queue and all receipts.
const START_LIMIT: Duration = Duration::from_secs(1);
/// The smallest allowed rate of accepted transfers, per second.
const ACCEPT_RATE: f64 = 500.0;
/// How much longer the last ones may take than the first ones: the machine is not always as fast.
const FLAT: f64 = 1.5;
/// Calls that are under way at the same time.
const CALLS: usize = 64;
/// The longest message that the system bus passes on, in bytes.
const MESSAGE_LIMIT: usize = 32 * 1024 * 1024;
/// Receipts in the database.
const RECEIPTS: u64 = 1_000_000;
/// Pages for the measurement of the disk.
const SYNCS: u32 = 50;
/// Transfers for the measurement of what goes to flash.
const WRITTEN: usize = 200;

/// A daemon without a modem, whose queue only grows.
struct Queue {
    daemon: Daemon,
    queued: usize,
    _server: FtpServer,
    _bus: Bus,
    folder: Scratch,
}

impl Queue {
    fn set_up() -> Result<Self, Error> {
        let server = FtpServer::start(Kind::Libunftp, Options::default())?;
        let bus = Bus::start()?;
        let folder = Scratch::new()?;
        let mut config = Config::new(&folder.join("no-tty"))?;
        config
            .server("plant", &server)?
            .set("max_queued", i64::try_from(LONGEST).unwrap_or(i64::MAX))
            .set_log_filter("warn");
        let daemon = Daemon::start(&bus, config)?;
        std::fs::write(daemon.root().join("meter.csv"), [b'7'; 1000])?;
        Ok(Self {
            daemon,
            queued: 0,
            _server: server,
            _bus: bus,
            folder,
        })
    }

    /// Queues transfers until there are `number` of them. The time that took.
    fn fill(&mut self, number: usize) -> Result<Duration, Error> {
        let local = self.daemon.root().join("meter.csv");
        let local = local.display().to_string();
        let begin = Instant::now();
        let numbers = self.queued..number;
        let calls = async {
            let front = self.daemon.front().await?;
            let options = modem_ftp_dbus::proxies::Options::new();
            let (front, local, options) = (&front, &local, &options);
            let calls = numbers.map(|number| async move {
                let remote = format!("/incoming/readings/2026-05-30/meter-{number:07}.csv");
                front.upload("plant", local, &remote, options).await
            });
            let mut calls = futures_util::stream::iter(calls).buffer_unordered(CALLS);
            while let Some(accepted) = calls.next().await {
                accepted?;
            }
            Ok::<_, zbus::Error>(())
        };
        zbus::block_on(calls).map_err(failed)?;
        self.queued = number;
        Ok(begin.elapsed())
    }

    /// Its resident memory in kB, when everything that was asked for is done.
    fn memory(&self) -> Result<u64, Error> {
        let settled = || {
            let count = || process::wake_ups(self.daemon.id()).unwrap_or(0);
            let before = count();
            std::thread::sleep(Duration::from_millis(300));
            count() <= before + 2
        };
        let _ = within(Duration::from_secs(10), settled);
        process::resident(self.daemon.id())
    }
}

/// A long queue.
pub fn rows() -> Result<Vec<Row>, Error> {
    let mut queue = Queue::set_up()?;
    let mut rows = Vec::new();
    let begin = queue.memory()?;
    rows.push(row("0 queued: resident memory", kilobytes(begin), "", true));

    rows.push(sync_time(&queue.folder)?);

    queue.fill(100)?;
    let first = queue.fill(LONG)? / 900;
    rows.push(memory_row(&queue, LONG_LIMIT)?);
    queue.fill(LONGEST - 900)?;
    let last = queue.fill(LONGEST)? / 900;
    rows.push(memory_row(&queue, LONGEST_LIMIT)?);
    for (what, each) in [("100 to 1000", first), ("9100 to 10000", last)] {
        let rate = 1.0 / each.as_secs_f64();
        rows.push(row(
            format!("accepted transfers, {what} queued"),
            format!("{rate:.0} /s"),
            format!("> {ACCEPT_RATE} /s"),
            rate > ACCEPT_RATE,
        ));
    }
    let ratio = last.as_secs_f64() / first.as_secs_f64();
    rows.push(row(
        "time for each of the last ones, of the first ones",
        format!("{ratio:.2}"),
        format!("< {FLAT}"),
        ratio < FLAT,
    ));
    rows.extend(managed_objects(queue.daemon.connection())?);
    let after = queue.memory()?;
    rows.push(row(
        "10000 queued, listed: resident memory",
        kilobytes(after),
        format!("< {LONGEST_LIMIT} kB"),
        after < LONGEST_LIMIT,
    ));
    rows.extend(starts(&mut queue)?);
    Ok(rows)
}

fn memory_row(queue: &Queue, limit: u64) -> Result<Row, Error> {
    let memory = queue.memory()?;
    Ok(row(
        format!("{} queued: resident memory", queue.queued),
        kilobytes(memory),
        format!("< {limit} kB"),
        memory < limit,
    ))
}

fn failed(error: impl Display) -> Error {
    Error::failed(error.to_string())
}

fn kilobytes(memory: u64) -> String {
    format!("{memory} kB")
}

/// The reply of GetManagedObjects.
fn managed_objects(connection: &Connection) -> Result<Vec<Row>, Error> {
    let begin = Instant::now();
    let reply = zbus::block_on(connection.call_method(
        Some(BUS_NAME),
        ROOT_PATH,
        Some("org.freedesktop.DBus.ObjectManager"),
        "GetManagedObjects",
        &(),
    ))
    .map_err(failed)?;
    let (time, size) = (begin.elapsed(), reply.data().len());
    Ok(vec![
        row(
            "10000 queued: reply of GetManagedObjects",
            format!("{size} B"),
            format!("< {MESSAGE_LIMIT} B"),
            size < MESSAGE_LIMIT,
        ),
        row(
            "10000 queued: time of GetManagedObjects",
            format!("{} ms", time.as_millis()),
            "",
            true,
        ),
    ])
}

/// Start with a full queue, without and with receipts.
fn starts(queue: &mut Queue) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    let mut without = 0;
    for number in [0, RECEIPTS] {
        queue.daemon.stop()?;
        receipts::add(&queue.daemon.state(), number, LONGEST)?;
        let begin = Instant::now();
        queue.daemon.launch_again()?;
        let start = begin.elapsed();
        let memory = queue.memory()?;
        let label = format!("10000 queued, {number} receipts");
        rows.push(row(
            format!("{label}: start"),
            format!("{} ms", start.as_millis()),
            format!("< {} ms", START_LIMIT.as_millis()),
            start < START_LIMIT,
        ));
        rows.push(row(
            format!("{label}: memory"),
            kilobytes(memory),
            format!("< {LONGEST_LIMIT} kB"),
            memory < LONGEST_LIMIT,
        ));
        if number == 0 {
            without = memory;
        }
        let more = memory.saturating_sub(without);
        if number > 0 {
            rows.push(row(
                format!("{number} receipts: memory"),
                kilobytes(more),
                format!("≤ {RECEIPTS_LIMIT} kB"),
                more <= RECEIPTS_LIMIT,
            ));
        }
    }
    Ok(rows)
}

/// How long the disk takes to keep a page: without this the rates mean nothing.
fn sync_time(folder: &Scratch) -> Result<Row, Error> {
    let mut file = File::create(folder.join("synced"))?;
    let begin = Instant::now();
    for _ in 0..SYNCS {
        file.write_all(&[b'7'; 4096])?;
        file.sync_data()?;
    }
    let each = begin.elapsed() / SYNCS;
    Ok(row(
        "this disk: time to sync a page",
        format!("{:.2} ms", each.as_secs_f64() * 1e3),
        "",
        true,
    ))
}

/// What goes to flash for a small file, from the call to its receipt.
pub fn flash() -> Result<Vec<Row>, Error> {
    let bench = Bench::set_up(&[], None)?;
    for number in 0..WRITTEN {
        bench
            .folder
            .write(format!("file-{number:03}"), [b'7'; 1000])?;
    }
    let process = bench.daemon.id();
    let before = process::written(process, "store")?;
    for number in 0..WRITTEN {
        bench.run(&["put", &format!("file-{number:03}")])?;
    }
    let written = process::written(process, "store")?.saturating_sub(before);
    Ok(vec![row(
        "database: bytes to the disk for each transfer",
        format!("{} B", written / WRITTEN as u64),
        "",
        true,
    )])
}
