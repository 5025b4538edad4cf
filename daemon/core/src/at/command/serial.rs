//! The line itself and the V.25ter settings (at-serial.md). None of them is stored in the module.

use std::time::Duration;

use crate::at::answer::Answer;
use crate::at::codes::Sense;
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, Conversation, Length, Line, Lines, Patience};
use crate::failure::Failure;

/// `AT`: whether somebody is there. Asked every few tenths of a second after a boot
/// (at-network.md 6), so it waits for the typical maximum only (at-serial.md 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention;

setting!(
    Attention,
    "AT",
    Module,
    Patience::Fixed(Duration::from_millis(500)),
    |_attention, line| line.put("AT")
);

/// `ATE<n>`: echo (at-serial.md 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo {
    /// Whether command lines are echoed.
    pub on: bool,
}
setting!(Echo, "ATE", Module, |echo, line| line
    .put("ATE")
    .put(u8::from(echo.on)));

/// `ATX<n>`: whether CONNECT carries a text (0 no, 4 yes; at-serial.md 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectText {
    /// Whether it does.
    pub on: bool,
}
setting!(ConnectText, "ATX", Module, |text, line| line
    .put("ATX")
    .put(if text.on { 4 } else { 0 }));

/// `AT+CMEE=<n>`: how errors are reported; the module forgets it at every boot (quirks.md S5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorReports {
    /// 0: `ERROR`.
    Plain = 0,
    /// 1: `+CME ERROR: <code>`.
    Numeric = 1,
    /// 2: `+CME ERROR: <words>`.
    Verbose = 2,
}
setting!(ErrorReports, "CMEE", Module, |reports, line| line
    .put("AT+CMEE=")
    .put(*reports as u8));

/// `AT+IFC=<a>,<b>`: RTS and CTS in data mode, both or none (at-serial.md 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowControl {
    /// Whether they are used.
    pub hardware: bool,
}
setting!(FlowControl, "IFC", Module, |flow, line| line
    .put("AT+IFC=")
    .put(if flow.hardware { "2,2" } else { "0,0" }));

/// `AT&D<n>`: what DTR going from low to high (deasserted) means (at-serial.md 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DtrBehaviour {
    /// 0: nothing.
    Ignored = 0,
    /// 1: to command mode, the connection kept.
    CommandMode = 1,
    /// 2: to command mode, the data call ended; undefined for FTP.
    HangUp = 2,
}
setting!(DtrBehaviour, "AT&D", Module, |dtr, line| line
    .put("AT&D")
    .put(*dtr as u8));

/// `AT&C<n>`: what DCD shows (at-serial.md 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircuitBehaviour {
    /// 0: always on.
    AlwaysOn = 0,
    /// 1: whether there is a carrier.
    WithCarrier = 1,
}
setting!(CircuitBehaviour, "AT&C", Module, |circuit, line| line
    .put("AT&C")
    .put(*circuit as u8));

/// `AT+IPR=<rate>`: takes effect behind the `OK`, which still comes at the old rate
/// (at-serial.md 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetRate {
    /// Bits per second: 9600, 19200, 38400, 57600, 115200, 230400, 460800 or 921600.
    pub rate: u32,
}
setting!(SetRate, "IPR", Module, |set, line| line
    .put("AT+IPR=")
    .put(set.rate));

/// `AT+QSCLK=<n>`: whether the module sleeps while DTR is high (at-serial.md 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlowClock {
    /// Whether it may.
    pub on: bool,
}
setting!(SlowClock, "QSCLK", Module, |clock, line| line
    .put("AT+QSCLK=")
    .put(u8::from(clock.on)));

/// `AT+IPR?`. Reply: bits per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate;

impl Command for Rate {
    type Reply = u32;
    const NAME: &'static str = "IPR";

    fn compose(&self, line: &mut Line<'_>) {
        line.put("AT+IPR?");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+IPR"),
        }
    }

    fn read(&self, answer: Answer) -> Result<u32, Failure> {
        let answer = accept(self, Sense::Module, answer)?;
        let rate = fields(&answer, "+IPR").and_then(|mut fields| fields.number());
        readable(self, rate)
    }
}

/// `ATO`: back to the data of a QFTPGET that was left. Only some firmware resumes; the others say
/// NO CARRIER (at-ftp.md 1.4, quirks.md F3). Reply: data bytes that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Bytes that are still to come.
    pub length: u64,
}

impl Command for Resume {
    type Reply = u64;
    const NAME: &'static str = "ATO";

    fn compose(&self, line: &mut Line<'_>) {
        line.put("ATO");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Receive {
            prefix: "+QFTPGET",
            deferred: true,
            length: Length::Known(self.length),
        }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<u64, Failure> {
        let received = answer.received;
        accept(self, Sense::Session, answer).map(|_| received)
    }
}
