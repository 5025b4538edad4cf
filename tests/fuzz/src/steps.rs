//! Target `steps`: calls of a channel in any order, with bytes between them.
//!
//! An input is a list of steps separated by `|`. The first byte of a step says what is called, for
//! `b` (begin) the second byte says for which command; the rest is received.

use crate::bounds::bounded;
use crate::exchange::{Kept, event, file, path};
use modem_ftp_core::at::command::file::{ReadOpen, Store};
use modem_ftp_core::at::command::ftp::{Get, MachineList, Put, Size, Status};
use modem_ftp_core::at::{Channel, Command, Conversation, Event, Lines, Outcome};

/// Reads an input.
pub fn run(input: &[u8]) {
    bounded(input.len(), || {
        let mut channel = Channel::new();
        for step in input.split(|byte| *byte == b'|') {
            if let Some((call, bytes)) = step.split_first() {
                steps(&mut channel, *call, bytes);
            }
        }
        recovers(&mut channel);
    });
}

fn steps(channel: &mut Channel, call: u8, bytes: &[u8]) {
    let mut rest = bytes;
    match call {
        b'b' => {
            let Some((which, bytes)) = bytes.split_first() else {
                return;
            };
            rest = bytes;
            channel.begin("AT+X", conversation(*which));
        }
        b'i' => channel.interrupt(),
        b'a' => channel.abandon(),
        b'r' => channel.resume(),
        b'p' => drop(channel.park()),
        b'f' => channel.forget_parked(),
        b'e' => drop(channel.expire()),
        b'q' => drop(channel.quiet()),
        _ => {}
    }
    let mut kept = Kept::default();
    channel.receive(rest, &mut kept);
    assert!(kept.0.len() <= rest.len(), "more data than was received");
    let mut events = 0;
    while let Some(one) = channel.poll() {
        event(&one);
        events += 1;
    }
    // An ending may hold URCs that were data until then.
    assert!(
        events <= bytes.len() + 600,
        "{events} events of {} bytes",
        bytes.len()
    );
}

fn conversation(which: u8) -> Conversation {
    match which {
        b'a' => Conversation::Plain { lines: Lines::None },
        b'b' => Conversation::Plain { lines: Lines::Any },
        b'c' => Conversation::Plain {
            lines: Lines::Bare("+CGMI"),
        },
        b'd' => Status.conversation(),
        b'e' => Put::stream(path("f"), 0, None).conversation(),
        b'f' => Store::new(file(), 5, true).conversation(),
        b'g' => Get::stream(path("f"), 0, 5).conversation(),
        b'h' => MachineList { path: path("f") }.conversation(),
        b'i' => Size { path: path("f") }.conversation(),
        _ => ReadOpen {
            handle: 0,
            length: 5,
        }
        .conversation(),
    }
}

/// Whatever happened before: after the line was given up, the next command is answered.
fn recovers(channel: &mut Channel) {
    channel.abandon();
    channel.resume();
    channel.begin("AT", Conversation::Plain { lines: Lines::None });
    channel.receive(b"AT\r\r\nOK\r\n", &mut Kept::default());
    let Some(Event::Finished(answer)) = channel.poll() else {
        panic!("AT is not answered");
    };
    assert_eq!(answer.outcome, Outcome::Ok);
    assert!(channel.echoed());
}
