//! Cancel and Pause at every line of the dialogue and at many bytes: answered within a second, unless
//! it has to be known first which name the file bears.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, Ticket};
use modem_ftp_core::api::status::{TransferId, TransferState};

use modem_ftp_dbus::errors::ErrorName;

use super::{at_points, points};
use crate::transfers::noise;
use crate::world::{DiskPlan, Setup, SinkPlan, SourcePlan, World};

const OLD: &[u8] = b"what was there before";
const SECOND: Duration = Duration::from_secs(1);
/// A transfer of some kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Up(Via),
    Replace,
    Pipe,
    Down(Via),
}

const KINDS: [Kind; 6] = [
    Kind::Up(Via::Com),
    Kind::Up(Via::Ufs),
    Kind::Replace,
    Kind::Pipe,
    Kind::Down(Via::Com),
    Kind::Down(Via::Ufs),
];

/// Reads where the content lands.
type Landed = Box<dyn Fn(&World) -> Option<Vec<u8>>>;

/// A world with one transfer, whose reply has not come yet.
struct One {
    world: World,
    kind: Kind,
    ticket: Ticket,
    bytes: Vec<u8>,
    landed: Landed,
}

impl One {
    fn begin(kind: Kind, latency: Duration) -> Self {
        let quick = DiskPlan {
            access: Duration::from_millis(20),
            sync: Duration::from_millis(100),
            slow_sync: Duration::from_millis(100),
        };
        let mut world = Setup::default()
            .with(|setup| (setup.seed, setup.disk) = (Some(3), quick))
            .online();
        // The exits from data mode are tried before the CONNECT, too.
        world.rough();
        world.slow_store(Duration::from_millis(20));
        world.server.set_latency(latency);
        let bytes = noise(6000);
        let options = Options {
            via: match kind {
                Kind::Up(via) | Kind::Down(via) => via,
                _ => Via::Auto,
            },
            ..Options::default()
        };
        if kind == Kind::Replace {
            world.rules.refuse_existing();
            world.server.put("/a", OLD);
        }
        if matches!(kind, Kind::Down(_)) {
            world.server.put("/a", &bytes);
            let (ticket, handle) = world.begin_download(SinkPlan::default(), "a", options);
            let landed = Box::new(move |world: &World| world.landed(handle));
            return Self {
                world,
                kind,
                ticket,
                bytes,
                landed,
            };
        }
        world
            .rules
            .watch("/a", &[OLD, &bytes], kind != Kind::Replace);
        let plan = SourcePlan {
            bytes: bytes.clone(),
            pipe: kind == Kind::Pipe,
            ..SourcePlan::default()
        };
        let (ticket, _) = world.begin_upload(plan, "a", options);
        Self {
            world,
            kind,
            ticket,
            bytes,
            landed: Box::new(|world| world.server.get("/a")),
        }
    }

    /// Waits for the answer to the action, and says how long it took and what was outstanding.
    fn answer(&mut self, ticket: Ticket) -> (bool, Duration, String) {
        let (begin, mark) = (self.world.passed(), self.world.mark());
        let last = self.world.seen.dialogue[..mark].iter().rev();
        let mut commands = last.filter_map(|line| line.strip_prefix("> AT"));
        let command = commands
            .next()
            .map_or_else(String::new, |it| format!("AT{it}"));
        let answered = self.world.reply(ticket).is_ok();
        (answered, self.world.passed() - begin, command)
    }

    /// Checks what the transfer has come to.
    fn check(&mut self, id: TransferId, stopped: bool, as_: TransferState) {
        if !stopped {
            self.world.finish(id);
        }
        let state = self.world.transfer(id).state;
        let there = (self.landed)(&self.world);
        let old = (self.kind == Kind::Replace).then(|| OLD.to_vec());
        match stopped {
            true => {
                assert_eq!(state, as_);
                assert_eq!(there, old, "nothing under the final name");
            }
            false => {
                assert_eq!(state, TransferState::Done, "{}", self.world.dialogue());
                assert_eq!(there.as_ref(), Some(&self.bytes));
            }
        }
    }
}

/// Lines of the dialogue and bytes on the line when a transfer begins and ends.
fn extent(kind: Kind, latency: Duration) -> ([usize; 2], [u64; 2]) {
    let mut one = One::begin(kind, latency);
    let (lines, bytes) = (one.world.mark(), one.world.line.moved);
    let id = one.world.queued(one.ticket);
    one.world.finish(id);
    let ends = (one.world.mark(), one.world.line.moved);
    ([lines, ends.0], [bytes, ends.1])
}

/// Where an action comes.
#[derive(Clone, Copy, Debug)]
enum Point {
    Line(usize),
    Bytes(u64),
}

fn run(kind: Kind, latency: Duration, action: Action, point: Point) {
    let mut one = One::begin(kind, latency);
    let (ticket, goal) = (one.ticket, world_reaches(&one.world, point));
    one.world.run_until(|world| {
        let over = world
            .told(ticket)
            .is_some_and(|id| world.transfer(id).state.is_final());
        over || goal(world)
    });
    let id = one.world.queued(ticket);
    let ticket = one.world.act(id, action);
    let renames = one.world.has_sent("AT+QFTPRENAME");
    let (stopped, took, command) = one.answer(ticket);
    // Once the first name was given, the names are brought in order before anything else.
    let limit = match renames {
        true => SECOND + latency * 6,
        false => SECOND,
    };
    assert!(
        took <= limit,
        "{took:?} after {command}, {kind:?} {latency:?} {}",
        one.world.dialogue()
    );
    if action == Action::Cancel {
        one.check(id, stopped, TransferState::Cancelled);
    } else {
        one.check_pause(id, stopped);
    }
    one.world.server.set_latency(Duration::ZERO);
}

fn world_reaches(world: &World, point: Point) -> impl Fn(&World) -> bool + use<> {
    let moved = world.line.moved;
    move |world| match point {
        Point::Line(line) => world.mark() >= line,
        Point::Bytes(bytes) => world.line.moved >= moved + bytes,
    }
}

impl One {
    /// A Pause leads to the end by a Resume; that of a pipe is refused.
    fn check_pause(&mut self, id: TransferId, stopped: bool) {
        if stopped {
            self.check(id, stopped, TransferState::Paused);
            self.world.wait(SECOND * 20);
            let resumed = self.world.act(id, Action::Resume);
            assert_eq!(self.world.reply(resumed), Ok(Reply::Done));
        }
        let status = self.world.finish(id);
        // Bytes of the pipe were read before the Pause took effect.
        if self.kind == Kind::Pipe && status.state == TransferState::Failed {
            let error = status.error.map(|(name, _)| name);
            assert_eq!((stopped, error), (false, Some(ErrorName::LocalIo)));
            return;
        }
        self.check(id, false, TransferState::Done);
    }
}

fn everywhere(action: Action) {
    for (number, kind) in KINDS.into_iter().enumerate() {
        for latency in [Duration::ZERO, SECOND * 3] {
            let ([first, last], [_, bytes]) = extent(kind, latency);
            let seed = number as u64 + 10 * latency.as_secs();
            at_points(points(last - first, 20, seed), |line| {
                run(kind, latency, action, Point::Line(first + line));
            });
            at_points(points(40, 8, seed), |part| {
                let at = bytes / 41 * (1 + part as u64);
                run(kind, latency, action, Point::Bytes(at));
            });
        }
    }
}

#[test]
fn cancel_everywhere() {
    everywhere(Action::Cancel);
}

#[test]
fn pause_everywhere() {
    everywhere(Action::Pause);
}
