//! `kill-loop`: kills the daemon (SIGKILL) at random moments while it works on a mixed queue, starts it
//! again with the same state directory, and checks at the end that every accepted transfer has ended
//! as it should.
//!
//! Queued are uploads of new files and uploads that replace a file, from files below a root, from
//! descriptors, from pipes that are streamed and pipes that are spooled, and downloads. Meanwhile
//! transfers are cancelled, paused, resumed and forgotten, and files on the server are renamed. The
//! last line of the output is the result; each fault is a line above it.

mod answer;
mod checks;
mod clerk;
mod client;
mod content;
mod folders;
mod keeper;
mod model;
mod renamer;
mod setup;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use clap::{Parser, ValueEnum};
use modem_ftp_tests::{Error, Kind, Random, within};

use clerk::Clerk;
use keeper::Keeper;
use model::{Model, Shared};
use renamer::Renamer;
use setup::Setup;

/// Longest time from the start to a kill while the module is set up, in milliseconds.
const SET_UP: usize = 2500;
/// How long the queue may stand still after the last kill.
const STANDSTILL: Duration = Duration::from_secs(120);
/// How long the staging names of ended transfers may stay on the server.
const CLEAN_UP: Duration = Duration::from_secs(90);
/// How long a call may go unanswered when all transfers have ended.
const CALL: Duration = Duration::from_secs(60);

/// Kills modem-ftpd at random moments and checks that nothing is lost
#[derive(Parser)]
struct Arguments {
    /// How many times the daemon is killed
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Decides what is queued, and when the daemon is killed; the present time if not given
    #[arg(long)]
    seed: Option<u64>,
    /// Longest time from "online" to the kill, in milliseconds
    #[arg(long, default_value_t = 2500)]
    longest: usize,
    /// How many transfers that have not ended are enough
    #[arg(long, default_value_t = 10)]
    open: usize,
    /// The FTP server
    #[arg(long, value_enum, default_value = "libunftp")]
    server: Server,
    /// Use pyftpdlib, and let it refuse to rename a file to a name that exists
    #[arg(long)]
    never_replace: bool,
    /// Also prints the log of the daemon if there are faults
    #[arg(long)]
    log: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Server {
    Libunftp,
    Pyftpdlib,
    Proftpd,
    Vsftpd,
    PureFtpd,
}

impl From<Server> for Kind {
    fn from(server: Server) -> Self {
        match server {
            Server::Libunftp => Self::Libunftp,
            Server::Pyftpdlib => Self::Pyftpdlib,
            Server::Proftpd => Self::Proftpd,
            Server::Vsftpd => Self::Vsftpd,
            Server::PureFtpd => Self::PureFtpd,
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("kill-loop: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool, Error> {
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let seed = arguments.seed.unwrap_or(since_1970.as_secs());
    println!("kill-loop: --kills {} --seed {seed}", arguments.kills);
    let begin = Instant::now();
    let mut random = Random::new(seed);
    let kind = match arguments.never_replace {
        true => Kind::Pyftpdlib,
        false => arguments.server.into(),
    };
    let mut setup = Setup::start(kind, arguments.never_replace)?;
    let model: Shared = Shared::default();
    let end = Arc::new(AtomicBool::new(false));
    let callers = start_callers(&setup, &model, &end, (&mut random, arguments.open))?;

    for kill in 1..=arguments.kills {
        kill_once(&mut setup, arguments.longest, &mut random)?;
        if kill % 20 == 0 {
            println!("{kill} kills, {}", model.lock().progress());
        }
    }
    setup.daemon.wait_for_name()?;
    end.store(true, Ordering::Relaxed);
    let keeper = join(callers, &model)?;
    let finished = finish(&setup, keeper, &model);
    checks::all(&setup, &model, finished);

    let model = model.lock();
    for fault in &model.faults {
        println!("{fault}");
    }
    let is_sound = model.faults.is_empty();
    if arguments.log && !is_sound {
        println!("{}", setup.daemon.log());
    }
    println!("{}", model.details());
    let seconds = begin.elapsed().as_secs();
    println!(
        "{} kills in {seconds} s: {}",
        arguments.kills,
        model.result()
    );
    Ok(is_sound)
}

/// The threads that call the daemon until `end`.
struct Callers {
    others: Vec<(&'static str, JoinHandle<()>)>,
    keeper: JoinHandle<Keeper>,
}

fn start_callers(
    setup: &Setup,
    model: &Shared,
    end: &Arc<AtomicBool>,
    (random, open): (&mut Random, usize),
) -> Result<Callers, Error> {
    let mut seed = || Random::new(random.below(usize::MAX) as u64);
    let mut clerk = Clerk::new(setup, model.clone(), seed(), open)?;
    let mut keeper = Keeper::new(setup, model.clone(), seed())?;
    let mut renamer = Renamer::new(setup, model.clone(), seed())?;
    let runs = |end: &Arc<AtomicBool>| {
        let end = Arc::clone(end);
        move || !end.load(Ordering::Relaxed)
    };
    let (clerk_runs, keeper_runs, renamer_runs) = (runs(end), runs(end), runs(end));
    let clerk = thread::spawn(move || {
        while clerk_runs() {
            clerk.step();
        }
    });
    let renamer = thread::spawn(move || {
        while renamer_runs() {
            renamer.step();
        }
    });
    let keeper = thread::spawn(move || {
        while keeper_runs() {
            keeper.step();
        }
        keeper
    });
    Ok(Callers {
        others: vec![("queues", clerk), ("renames", renamer)],
        keeper,
    })
}

/// Kills the daemon at a random moment: of ten times twice while it starts, three times while it
/// sets the module up, and else while it transfers.
fn kill_once(setup: &mut Setup, longest: usize, random: &mut Random) -> Result<(), Error> {
    let longest = match random.below(10) {
        0 | 1 => 300,
        2..=4 => {
            setup.daemon.wait_for_name()?;
            SET_UP
        }
        _ => {
            setup.daemon.wait_for_state("online")?;
            longest
        }
    };
    thread::sleep(Duration::from_millis(random.below(longest) as u64));
    if let Some(status) = setup.daemon.ended()? {
        let tail = setup.daemon.tail();
        return Err(Error::failed(format!("the daemon ended: {status}\n{tail}")));
    }
    setup.daemon.kill()?;
    setup.daemon.launch()
}

/// Waits until the callers have their last answers.
fn join(callers: Callers, model: &Shared) -> Result<Keeper, Error> {
    for (what, thread) in callers.others {
        // A rename waits until the running transfer has ended.
        if !within(STANDSTILL, || thread.is_finished()) {
            return Err(Error::failed(format!(
                "the thread that {what} gets no answer"
            )));
        }
        if thread.join().is_err() {
            model
                .lock()
                .fault(format!("the thread that {what} panicked"));
        }
    }
    if !within(CALL, || callers.keeper.is_finished()) {
        return Err(Error::failed("Cancel, Forget or Pause gets no answer"));
    }
    let keeper = callers.keeper.join();
    keeper.map_err(|_| Error::failed("the thread that cancels panicked"))
}

/// Lets everything end, and forgets what has ended. Returns the objects as they were before.
fn finish(setup: &Setup, mut keeper: Keeper, model: &Shared) -> model::Objects {
    let mut last = (0, Instant::now());
    while keeper.resume_all() > 0 && last.1.elapsed() < STANDSTILL {
        let progress = model.lock().ended.len();
        if progress != last.0 {
            last = (progress, Instant::now());
        }
        thread::sleep(Duration::from_millis(200));
    }
    let objects = keeper.objects().unwrap_or_default();
    let left = |setup: &Setup| setup.staging_names().len() + setup.local_staging_names().len();
    let _ = within(CLEAN_UP, || left(setup) == 0);
    keeper.forget_all(&objects);
    let _ = within(Duration::from_secs(10), || setup.spooled() == 0);
    objects
}

impl Model {
    /// The numbers of a line of progress.
    fn progress(&self) -> String {
        format!(
            "{} transfers accepted, {} ended",
            self.numbers.len(),
            self.ended.len()
        )
    }
}
