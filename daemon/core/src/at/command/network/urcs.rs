//! Which URCs are sent, and on which port: QURCCFG, QINDCFG (docs/module/at-network.md §6, 7).

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{accept, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, CommandLine, Conversation, Lines};
use crate::at::fields::Fields;

/// A port of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrcPort {
    /// USB, interface 2.
    UsbAt,
    /// USB, interface 3.
    UsbModem,
    /// The main UART.
    Uart1,
}

impl UrcPort {
    const ALL: [Self; 3] = [Self::UsbAt, Self::UsbModem, Self::Uart1];

    /// Its name in the command, without quotes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UsbAt => "usbat",
            Self::UsbModem => "usbmodem",
            Self::Uart1 => "uart1",
        }
    }
}

/// `AT+QURCCFG="urcport","<port>"`: the port for URCs and for results of FTP commands
/// (docs/module/quirks.md F18). It takes effect at once, and the module stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetUrcPort {
    /// The port.
    pub port: UrcPort,
}

setting!(SetUrcPort, "QURCCFG", Module, |set, line| line
    .put("AT+QURCCFG=")
    .quote("urcport")
    .put(',')
    .quote(set.port.as_str()));

/// `AT+QURCCFG="urcport"`. Reply: the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UrcPortQuery;

impl Command for UrcPortQuery {
    type Reply = UrcPort;
    const NAME: &'static str = "QURCCFG";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QURCCFG=").quote("urcport");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QURCCFG"),
        }
    }

    fn read(&self, answer: Answer) -> Result<UrcPort, Failure> {
        let answer = accept(self, CommandKind::Module, answer)?;
        let port = answer.lines.iter().find_map(|line| {
            let name = Fields::after(line, "+QURCCFG")?.nth(1)?.text;
            UrcPort::ALL.into_iter().find(|port| port.as_str() == name)
        });
        readable(self, port)
    }
}

/// `AT+QINDCFG="csq",<0|1>,0`: whether changes of the signal are reported; not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalReports {
    /// Whether they are.
    pub on: bool,
}

setting!(SignalReports, "QINDCFG", Module, |reports, line| line
    .put("AT+QINDCFG=")
    .quote("csq")
    .put(',')
    .put(u8::from(reports.on))
    .put(",0"));
