//! Another program changes the settings of the tty at some moment of a transfer: the file arrives
//! whole, or the failure has a name, and the next transfer works.

use modem_ftp_tests::{Bench, Error, need};
use nix::fcntl::{OFlag, open};
use nix::libc;
use nix::pty::openpty;
use nix::sys::stat::Mode;
use nix::sys::termios::{SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::{geteuid, ttyname};
use std::path::Path;
use std::time::Duration;

/// Moments of a transfer, spread over its time on the line.
const MOMENTS: u32 = 20;
/// The time on the line.
const TIME: Duration = Duration::from_millis(500);
/// Modules, each with a daemon of its own, that are tried side by side.
const MODULES: usize = 6;

/// One bit of one of the four sets of flags.
#[derive(Clone, Copy, Debug)]
struct Bit {
    set: usize,
    bit: u32,
}

impl Bit {
    /// Flips it. Whether the driver has taken that.
    fn flip(self, device: &Path) -> bool {
        // A port that is in use exclusively is opened by root only.
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let port = open(device, flags, Mode::empty()).unwrap();
        let before = tcgetattr(&port).unwrap();
        let mut raw: libc::termios = before.clone().into();
        let [input, output, control, local] = [
            &mut raw.c_iflag,
            &mut raw.c_oflag,
            &mut raw.c_cflag,
            &mut raw.c_lflag,
        ];
        *[input, output, control, local][self.set] ^= 1 << self.bit;
        let is_set = tcsetattr(&port, SetArg::TCSANOW, &Termios::from(raw)).is_ok();
        is_set && tcgetattr(&port).unwrap() != before
    }
}

fn every_bit() -> impl Iterator<Item = Bit> {
    (0..4).flat_map(|set| (0..32).map(move |bit| Bit { set, bit }))
}

/// The bits that change bytes: istrip inlcr igncr icrnl iuclc ixon, opost with what raw mode leaves,
/// and icanon, echo, isig.
fn harmful() -> impl Iterator<Item = Bit> {
    let sets = [
        (
            0,
            libc::ISTRIP
                | libc::INLCR
                | libc::IGNCR
                | libc::ICRNL
                | libc::IUCLC
                | libc::IXON
                | libc::PARMRK,
        ),
        (1, libc::OPOST),
        (3, libc::ICANON | libc::ECHO | libc::ISIG),
    ];
    let is_in = move |bit: &Bit| {
        let mut sets = sets.iter();
        sets.any(|(set, flags)| bit.set == *set && flags & (1 << bit.bit) != 0)
    };
    every_bit().filter(is_in)
}

/// A file whose bytes all of these bits would change.
fn content() -> Vec<u8> {
    let row = b"2026-11-25;12,5\r\n\x11\x13\x03\x04\x7f\xff\xe4UPPER;\n";
    row.iter().copied().cycle().take(5_500).collect()
}

struct Change {
    bit: Bit,
    moment: u32,
}

/// All bits that the driver takes, at all moments, on request; else each harmful bit at one of them.
fn changes() -> Vec<Change> {
    if std::env::var_os("MODEM_FTP_ALL_MOMENTS").is_some() {
        let moments = |bit| (0..MOMENTS).map(move |moment| Change { bit, moment });
        let taken = every_bit().filter(|bit| is_taken(*bit));
        return taken.flat_map(moments).collect();
    }
    let spread = |(number, bit)| Change {
        bit,
        moment: (u32::try_from(number).unwrap() * 7 + 3) % MOMENTS,
    };
    harmful().enumerate().map(spread).collect()
}

/// Whether a pseudo terminal in raw mode lets a program change this bit.
fn is_taken(bit: Bit) -> bool {
    let pty = openpty(None, None).unwrap();
    let mut raw = tcgetattr(&pty.slave).unwrap();
    cfmakeraw(&mut raw);
    tcsetattr(&pty.slave, SetArg::TCSANOW, &raw).unwrap();
    bit.flip(&ttyname(&pty.slave).unwrap())
}

/// Runs a transfer with each of the changes in the middle, and checks each. The transfers mostly wait:
/// several modules share them out.
fn at_every_change(verb: &str, check: impl Fn(&Bench, bool) + Sync) {
    if need(root()).is_none() {
        return;
    }
    let changes = changes();
    let share = changes.len().div_ceil(MODULES);
    std::thread::scope(|scope| {
        for changes in changes.chunks(share) {
            scope.spawn(|| one_module(verb, changes, &check));
        }
    });
}

fn one_module(verb: &str, changes: &[Change], check: impl Fn(&Bench, bool)) {
    let bench = Bench::with_module(&["--baud", "115200"]);
    bench.local("here", &content());
    std::fs::write(bench.server.root().join("there"), content()).unwrap();
    let device = bench.modem.device();
    for Change { bit, moment } in changes {
        let (cli, verb) = (bench.cli.clone(), verb.to_owned());
        let name = if verb == "put" { "here" } else { "there" };
        let transfer = std::thread::spawn(move || {
            let outcome = cli.run(&[&verb, "--retries", "0", name]).unwrap();
            (outcome.code, outcome.errors)
        });
        // Whatever it hits: before, in the middle, or afterwards.
        std::thread::sleep(TIME * *moment / MOMENTS);
        bit.flip(Path::new(&device));
        let (code, errors) = transfer.join().unwrap();
        assert!(
            code == Some(0) || errors.lines().count() == 1,
            "{bit:?} at {moment}: {errors}"
        );
        check(&bench, code == Some(0));
        bench.ok(&["ls"]);
    }
}

fn root() -> Result<(), Error> {
    match geteuid().is_root() {
        true => Ok(()),
        false => Err(Error::missing("root, to open a port that is in use")),
    }
}

#[test]
fn an_upload_is_whole_or_has_failed() {
    at_every_change("put", |bench, is_done| {
        let there = bench.server.root().join("here");
        if is_done {
            assert_eq!(bench.remote("here"), content());
            std::fs::remove_file(there).unwrap();
        } else {
            assert!(!there.exists(), "a file that was not verified is published");
        }
    });
}

#[test]
fn a_download_is_whole_or_has_failed() {
    at_every_change("get", |bench, is_done| {
        let here = bench.folder.path().join("there");
        if is_done {
            assert_eq!(std::fs::read(&here).unwrap(), content());
            std::fs::remove_file(here).unwrap();
        } else {
            assert!(
                !here.exists(),
                "a file that is not right has its final name"
            );
        }
    });
}
