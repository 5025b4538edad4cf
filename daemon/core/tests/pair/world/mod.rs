//! [`World`]: the engine and the simulated module in one loop with a virtual clock. Nothing sleeps
//! and there are no other threads; an endless run fails and shows its dialogue.

mod callers;
mod chance;
mod guard;
mod leftovers;
mod line;
mod lives;
mod log;
mod observe;
mod requests;
mod run;
mod secrets;
mod setup;
mod shell;
mod store;
mod ufs;

use std::time::{Duration, Instant};

use modem_ftp_core::api::now::Now;
use modem_ftp_core::api::settings::Settings;
use modem_ftp_core::engine::Engine;
use virtual_bg96::port::Port;
use virtual_bg96::remote::memory::MemoryServer;

pub use chance::{Chance, number_from_environment};
pub use guard::{Change, Rules};
pub use line::Pieces;
pub use log::Log;
pub use setup::{APN_PASSWORD, PASSWORD, PIN, Setup, pem, server};
pub use shell::{DiskFault, DiskPlan, HashPlan, Reader, SinkPlan, SourcePlan};
pub use ufs::Files;

use line::Line;
use observe::Seen;
use secrets::Secrets;
use shell::Shell;
use store::Store;

/// Unix seconds at the start: 2026-03-01 12:00:00 UTC.
pub const EPOCH: u64 = 1_772_366_400;

/// An action that a scenario plans for later.
type Plan = Box<dyn FnOnce(&mut World)>;

/// When a plan is carried out.
enum Moment {
    /// At this time.
    Time(Instant),
    /// When this many bytes were transferred on the line, both directions together.
    Moved(u64),
    /// When the dialogue has so many lines.
    Lines(usize),
    /// When the dialogue has a line that contains this.
    Said(String),
}

/// Engine, shell, line, module and server.
pub struct World {
    /// The engine under test.
    pub engine: Engine,
    /// The simulated module and its remote side.
    pub port: Port,
    /// The FTP server.
    pub server: MemoryServer,
    /// How the server behaves.
    pub rules: Rules,
    /// The module's files.
    pub files: Files,
    /// The serial line.
    pub line: Line,
    /// Everything the engine published, and the dialogue.
    pub seen: Seen,
    /// The configuration at the start.
    pub settings: Settings,
    shell: Shell,
    store: Store,
    seed: u64,
    secrets: Secrets,
    plans: Vec<(Moment, Plan)>,
    begin: Instant,
    now: Instant,
    /// Whether the engine was told that the tty is left unread.
    reading_held: bool,
    tickets: u64,
    turns: u64,
    /// Lines of the dialogue that were compared with plans.
    seen_lines: usize,
    /// Whether stray bytes and lines are to be expected.
    rough: bool,
    /// Seconds by which the clock of the host was set forward.
    pub clock: i64,
    /// Why names of ours may be left on the server, if they may.
    left_behind: Option<&'static str>,
}

impl World {
    /// A module that is online.
    pub fn online() -> Self {
        Setup::default().online()
    }

    /// The time.
    pub fn now(&self) -> Now {
        let passed = self.now - self.begin;
        Now {
            instant: self.now,
            unix: (EPOCH + passed.as_secs()).cast_signed() + self.clock,
        }
    }

    /// Sets the Unix clock of the host forward or back.
    pub fn set_clock(&mut self, seconds: i64) {
        self.clock += seconds;
    }

    /// Time since the start.
    pub fn passed(&self) -> Duration {
        self.now - self.begin
    }

    /// Stray bytes and lines are to be expected in this scenario.
    pub fn rough(&mut self) -> &mut Self {
        self.rough = true;
        self
    }

    /// Staging or backup names may be left on the server, for this reason.
    pub fn may_leave_names(&mut self, reason: &'static str) -> &mut Self {
        self.left_behind = Some(reason);
        self
    }

    /// Carries `plan` out after this time.
    pub fn after(&mut self, time: Duration, plan: impl FnOnce(&mut World) + 'static) {
        let at = self.now + time;
        self.plans.push((Moment::Time(at), Box::new(plan)));
    }

    /// Carries `plan` out after this many more bytes on the line.
    pub fn after_bytes(&mut self, bytes: u64, plan: impl FnOnce(&mut World) + 'static) {
        let at = self.line.moved + bytes;
        self.plans.push((Moment::Moved(at), Box::new(plan)));
    }

    /// Whether all plans with a time were carried out.
    pub fn is_planless(&self) -> bool {
        let mut plans = self.plans.iter();
        !plans.any(|(moment, _)| matches!(moment, Moment::Time(_)))
    }

    /// Carries `plan` out when the dialogue has this many lines.
    pub fn after_lines(&mut self, lines: usize, plan: impl FnOnce(&mut World) + 'static) {
        self.plans.push((Moment::Lines(lines), Box::new(plan)));
    }

    /// Runs until all plans with a time were carried out, and drops the others.
    pub fn end_plans(&mut self) {
        self.plans
            .retain(|(moment, _)| matches!(moment, Moment::Time(_)));
        self.run_until(|world| world.plans.is_empty());
        self.line.lose_in = false;
        self.line.lose_out = false;
    }

    /// Carries `plan` out when a line of the dialogue to come contains `text`.
    pub fn when(&mut self, text: &str, plan: impl FnOnce(&mut World) + 'static) {
        self.plans
            .push((Moment::Said(text.to_owned()), Box::new(plan)));
    }
}
