//! [`Mixed`]: a queue with one transfer of every kind, what its owner does meanwhile, and what must
//! have come of it in the end.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::options::{IfExists, Options, Via};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, Ticket};
use modem_ftp_core::api::status::{TransferId, TransferState, TransferStatus};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Change, Setup, SinkPlan, SourcePlan, World};

/// Bytes of each file.
const SIZE: usize = 1500;
/// What was on the server before.
const OLD: &[u8] = b"what was there before";
/// Longest virtual time of a run.
const LIMIT: Duration = Duration::from_secs(12 * 3600);

/// What kind of transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    New,
    Replace,
    IfAbsent,
    Exists,
    Download,
    Pipe,
    Cancelled,
    Paused,
    /// Straight to its final name.
    Direct,
    /// Through a file of the module.
    Ufs,
}

/// One transfer.
struct Job {
    kind: Kind,
    ticket: Ticket,
    remote: &'static str,
    bytes: Vec<u8>,
    handle: Handle,
}

/// What the owner did: the kind of transfer, the action, who waits for the reply.
type Acts = Rc<RefCell<Vec<(Kind, Action, Ticket)>>>;

/// The queue.
pub struct Mixed {
    jobs: Vec<Job>,
    acts: Acts,
}

/// What may have come of a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipes {
    /// It is done.
    Done,
    /// It is done, or failed with `LocalIo`.
    LocalIo,
    /// It is done, or failed with any name.
    AnyFailure,
}

/// A world whose server refuses renames onto existing names, or not.
pub fn world(refuses_existing: bool) -> World {
    let mut world = Setup::default()
        .with(|setup| setup.seed = Some(7 + u64::from(refuses_existing)))
        .start();
    world.rough();
    if refuses_existing {
        world.rules.refuse_existing();
    }
    world
}

impl Mixed {
    /// Queues one transfer of every kind, and plans what their owner does.
    pub fn begin(world: &mut World) -> Self {
        let kinds = [
            (Kind::New, "new"),
            (Kind::Replace, "old"),
            (Kind::IfAbsent, "absent"),
            (Kind::Exists, "exists"),
            (Kind::Download, "down"),
            (Kind::Pipe, "pipe"),
            (Kind::Cancelled, "cancelled"),
            (Kind::Paused, "paused"),
            (Kind::Direct, "direct"),
            (Kind::Ufs, "ufs"),
        ];
        let mut mixed = Self {
            jobs: Vec::new(),
            acts: Acts::default(),
        };
        for (number, (kind, remote)) in kinds.into_iter().enumerate() {
            let bytes = noise(SIZE + number);
            let job = begin(world, kind, remote, bytes);
            mixed.jobs.push(job);
        }
        mixed.plan(world, Kind::Cancelled, Action::Cancel, 4000);
        mixed.plan(world, Kind::Paused, Action::Pause, 4000);
        mixed.plan(world, Kind::Paused, Action::Resume, 40_000);
        mixed.plan(world, Kind::New, Action::Forget, 60_000);
        mixed
    }

    fn job(&self, kind: Kind) -> &Job {
        self.jobs.iter().find(|job| job.kind == kind).unwrap()
    }

    /// The owner does this after so many milliseconds, if the transfer's number was told.
    fn plan(&self, world: &mut World, kind: Kind, action: Action, millis: u64) {
        let ticket = self.job(kind).ticket;
        let acts = Rc::clone(&self.acts);
        world.after(Duration::from_millis(millis), move |world| {
            let Some(id) = world.told(ticket) else { return };
            let paused = is_answered(world, &acts.borrow(), kind, Action::Pause);
            if action == Action::Resume && paused {
                assert_eq!(world.transfer(id).state, TransferState::Paused);
            }
            let reply = world.act(id, action);
            acts.borrow_mut().push((kind, action, reply));
        });
    }

    /// Runs until everything has come to its end.
    pub fn finish(&self, world: &mut World) {
        world.run_until(|world| world.is_planless());
        self.resume_again(world);
        world.run_within(LIMIT, |world| {
            let mut all = world.seen.transfers.values();
            let final_ = all.all(|it| it.last().unwrap().state.is_final());
            let mut told = self.jobs.iter().filter_map(|job| self.told(world, job));
            let there = told.all(|id| world.seen.transfers.contains_key(&id));
            final_ && there && world.is_stored()
        });
        // What could not be stored at once is stored within half a minute.
        world.wait(Duration::from_secs(40));
    }

    /// A Resume that was lost with a daemon is repeated.
    fn resume_again(&self, world: &mut World) {
        let Some(id) = world.told(self.job(Kind::Paused).ticket) else {
            return;
        };
        if world.transfer(id).state == TransferState::Paused {
            let acts = self.acts.borrow();
            let resumed = is_answered(world, &acts, Kind::Paused, Action::Resume);
            assert!(!resumed, "paused again");
            drop(acts);
            world.act(id, Action::Resume);
        }
    }

    /// The number of a job that was told, unless the job was forgotten.
    fn told(&self, world: &World, job: &Job) -> Option<TransferId> {
        let acts = self.acts.borrow();
        let mut acts = acts.iter();
        // Whether a Forget that was not answered was stored is not known.
        let forgotten = acts.any(|(of, what, _)| (*of, *what) == (job.kind, Action::Forget));
        world.told(job.ticket).filter(|_| !forgotten)
    }

    /// Checks what has come of it.
    pub fn check(&self, world: &World, pipes: Pipes) {
        let mut numbers = BTreeSet::new();
        for job in &self.jobs {
            if let Some(id) = world.told(job.ticket) {
                assert!(numbers.insert(id), "{id:?} was told twice");
            }
            let Some(id) = self.told(world, job) else {
                continue;
            };
            let status = world.transfer(id);
            assert_eq!(status.remote, job.remote, "{status:?}");
            self.check_job(world, job, status, pipes);
            let receipts = world.receipts().iter().filter(|it| it.id == id).count();
            assert_eq!(receipts, 1, "receipts of {status:?}");
        }
        assert_eq!(world.server.get("/exists").unwrap(), OLD);
        check_changes(&world.rules.changes());
    }

    fn check_job(&self, world: &World, job: &Job, status: &TransferStatus, pipes: Pipes) {
        let error = status.error.as_ref().map(|(name, _)| *name);
        let there = world.server.get(&format!("/{}", job.remote));
        let is_there = there.as_ref() == Some(&job.bytes);
        match (job.kind, status.state) {
            (Kind::Exists, state) => {
                assert_eq!(state, TransferState::Failed);
                assert_eq!(error, Some(ErrorName::RemoteExists), "{status:?}");
            }
            (Kind::Download, state) => {
                assert_eq!(state, TransferState::Done, "{status:?}");
                assert_eq!(world.landed(job.handle).as_ref(), Some(&job.bytes));
            }
            (Kind::Cancelled, TransferState::Cancelled) => {
                // A kill may have hidden that it had its name already.
                assert!(there.is_none() || is_there, "{status:?}");
            }
            (Kind::Pipe, TransferState::Failed) if pipes != Pipes::Done => {
                let right = error == Some(ErrorName::LocalIo) || pipes == Pipes::AnyFailure;
                assert!(right, "{status:?}");
                assert_eq!(there, None, "{status:?}");
            }
            (_, state) => {
                assert_eq!(
                    state,
                    TransferState::Done,
                    "{status:?}, {}",
                    world.dialogue()
                );
                assert!(is_there, "{status:?}");
            }
        }
        if is_answered(world, &self.acts.borrow(), job.kind, Action::Cancel) {
            assert_eq!(status.state, TransferState::Cancelled, "resurrected");
        }
    }
}

fn begin(world: &mut World, kind: Kind, remote: &'static str, bytes: Vec<u8>) -> Job {
    let path = format!("/{remote}");
    let options = Options {
        if_exists: match kind {
            Kind::IfAbsent | Kind::Exists | Kind::Direct => IfExists::Fail,
            _ => IfExists::Overwrite,
        },
        atomic: kind != Kind::Direct,
        via: match kind {
            Kind::Ufs => Via::Ufs,
            _ => Via::Auto,
        },
        ..Options::default()
    };
    match kind {
        Kind::Replace | Kind::Exists => world.server.put(&path, OLD),
        Kind::Download => world.server.put(&path, &bytes),
        _ => {}
    }
    let (ticket, handle) = if kind == Kind::Download {
        world.begin_download(SinkPlan::default(), remote, options)
    } else {
        let may_be_absent = !matches!(kind, Kind::Replace | Kind::Exists);
        if kind != Kind::Direct {
            world.rules.watch(&path, &[OLD, &bytes], may_be_absent);
        }
        let plan = SourcePlan {
            bytes: bytes.clone(),
            pipe: kind == Kind::Pipe,
            ..SourcePlan::default()
        };
        world.begin_upload(plan, remote, options)
    };
    Job {
        kind,
        ticket,
        remote,
        bytes,
        handle,
    }
}

/// Whether an action was answered with success.
fn is_answered(world: &World, acts: &[(Kind, Action, Ticket)], kind: Kind, action: Action) -> bool {
    acts.iter()
        .filter(|(of, what, _)| (*of, *what) == (kind, action))
        .any(|(.., ticket)| world.seen.replies.get(ticket) == Some(&Ok(Reply::Done)))
}

/// Checks that no file was sent again once it had its final name.
fn check_changes(changes: &[Change]) {
    let mut named = Vec::new();
    for change in changes {
        match change {
            Change::Renamed(from, to) if from.ends_with(".part") => named.push(format!("{to}.")),
            Change::Renamed(..) => {}
            Change::Stored(path) => {
                let again = named.iter().any(|name| path.starts_with(name.as_str()));
                assert!(!again, "{path} was sent again: {changes:?}");
            }
        }
    }
}
