//! The faults of the module, the line, the server and the disk.

use std::time::Duration;

use modem_ftp_core::api::request::Operation;
use virtual_bg96::module::{Injection, SimState};
use virtual_bg96::remote::Failure;

use crate::world::{Chance, DiskFault, DiskPlan, Reader, SourcePlan, World};

/// Commands that may fail or stay unanswered.
const COMMANDS: &[&str] = &[
    "QFTPOPEN",
    "QFTPPUT",
    "QFTPGET",
    "QFTPSIZE",
    "QFTPRENAME",
    "QFTPDEL",
    "QFTPCLOSE",
    "QFTPSTAT",
    "QFTPLEN",
    "QFUPL",
    "QFLST",
    "QFDEL",
    "QFOPEN",
    "QFREAD",
    "QFLDS",
    "QIACT",
    "CEREG",
    "CPIN",
    "CGSN",
    "QFTPCFG",
];

/// Error codes of every range, and numbers that are none.
const CODES: &[u16] = &[
    3, 10, 14, 30, 400, 403, 405, 407, 417, 420, 421, 550, 561, 601, 603, 605, 606, 607, 609, 613,
    615, 616, 620, 625, 627, 629, 631, 999,
];

const REPLIES: &[u16] = &[
    0, 150, 226, 421, 425, 426, 450, 452, 500, 530, 550, 552, 553, 599,
];

/// Plans one fault.
pub fn add_fault(world: &mut World, chance: &mut Chance, size: usize) {
    let at = chance.number(9000 + 2 * size as u64);
    let pause = Duration::from_secs(chance.one(&[1, 40, 700]));
    let command = chance.one(COMMANDS);
    let (code, reply) = (chance.one(CODES), chance.one(REPLIES));
    match chance.number(20) {
        0 => world.fault(&format!("fail={command}:{code},{reply}")),
        1 => world.fault(&format!("refuse={command}:{code}")),
        2 => {
            world.fault(&format!("mute=+{command}"));
            world.after(pause, |world| world.heal("mute"));
        }
        3 => world.fault("no-urc=1"),
        4 => world.after_bytes(at, |world| world.inject(Injection::Reset)),
        5 => world.after_bytes(at, move |world| {
            world.inject(Injection::PowerDown);
            world.after(pause, |world| world.inject(Injection::PowerUp));
        }),
        6 => world.after_bytes(at, move |world| {
            world.close_line("unplugged");
            world.after(pause, |world| world.open_line());
        }),
        7 => world.after_bytes(at, |world| world.line.lose_in = true),
        8 => world.after_bytes(at, |world| world.line.lose_out = true),
        9 => world.after_bytes(at, |world| world.inject(Injection::PdpDeactivated)),
        10 => world.after_bytes(at, move |world| {
            world.inject(Injection::Registration(2));
            world.after(pause, |world| world.inject(Injection::Registration(1)));
        }),
        11 => world.after_bytes(at, move |world| {
            world.inject(Injection::Sim(SimState::Absent));
            world.after(pause, |world| world.inject(Injection::Sim(SimState::Ready)));
        }),
        12 => world.after_bytes(at, move |world| {
            world.server.fail_next(Failure::Reply(reply.max(400)));
        }),
        13 => world.after_bytes(at, |world| world.server.fail_next(Failure::DataClosed)),
        14 => world.after_bytes(at, move |world| {
            world.server.set_latency(pause);
            world.after(pause * 3, |world| world.server.set_latency(Duration::ZERO));
        }),
        15 => {
            world.fault(&format!("stall={}", at.min(size as u64)));
            world.after(pause, |world| world.heal("stall"));
        }
        16 => world.fault(&format!("dtr-drop={}", 1 + at.min(size as u64))),
        17 => world.after_bytes(at, move |world| world.stall_disk(pause / 10)),
        18 => calls(world, at),
        _ => world.after_bytes(at, |world| {
            for text in ["+CEREG: 1", "RING", "+QFTPGET: 0,5", "OK", "+CPIN: READY"] {
                world.inject(Injection::Urc(text.into()));
            }
        }),
    }
}

/// Calls whose replies nobody takes.
fn calls(world: &mut World, at: u64) {
    world.after_bytes(at, |world| {
        world.begin(Operation::WorkingDirectory);
        world.begin(Operation::Stat("missing".into()));
    });
}

/// A disk that is fast, ordinary or slow.
pub fn disk(chance: &mut Chance) -> DiskPlan {
    DiskPlan {
        access: Duration::from_millis(chance.one(&[0, 40, 40, 3000])),
        sync: Duration::from_millis(chance.one(&[0, 300, 10_000])),
        ..DiskPlan::default()
    }
}

/// A sink of `size` bytes of which one in four has a fault.
pub fn sink_fault(chance: &mut Chance, size: usize) -> Option<DiskFault> {
    let at = usize::try_from(chance.number(1 + size as u64)).unwrap();
    match chance.number(20) {
        0 => Some(DiskFault::Cut),
        1 => Some(DiskFault::Write(at)),
        2 => Some(DiskFault::WriteOnce(at)),
        3 => Some(DiskFault::Sync),
        4 => Some(DiskFault::Rename),
        _ => None,
    }
}

/// The reader of a pipe, which may be slow or go away.
pub fn reader(chance: &mut Chance, size: usize) -> Reader {
    let at = usize::try_from(chance.number(1 + size as u64)).unwrap();
    let mut reader = Reader::default();
    match chance.number(6) {
        0 => reader.closes_at = Some(at),
        1 => reader.stops_at = Some((at, Duration::from_secs(chance.one(&[5, 300])))),
        2 => reader.pace = Some((600, Duration::from_millis(300))),
        _ => {}
    }
    reader
}

/// Faults of a source, in one of six.
pub fn spoil_source(chance: &mut Chance, plan: &mut SourcePlan) {
    let size = plan.bytes.len();
    match chance.number(12) {
        0 => plan.fails_at = Some(usize::try_from(chance.number(1 + size as u64)).unwrap()),
        1 if !plan.pipe => plan.changes = true,
        _ => {}
    }
}
