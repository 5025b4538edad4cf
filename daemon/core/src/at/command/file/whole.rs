//! Transfer of whole files with a checksum: QFUPL, QFDWL (docs/module/at-file.md §3.4–3.6).

use std::time::Duration;

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::{self, CommandKind};
use crate::at::command::reading::{accept, readable};
use crate::at::command::{Command, CommandLine, Conversation, Length, Patience};
use crate::at::fields::Fields;
use crate::at::quote::FileName;

/// How long the module waits for more input before it ends QFUPL, in seconds (1–65535).
const INPUT_TIMEOUT: u16 = 60;

/// `AT+QFUPL="<name>",<size>,<timeout>,<ackmode>`: from the host to the module. An existing name is
/// refused (407). Bytes beyond the size would be read as commands (docs/module/quirks.md U4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    name: FileName,
    size: u64,
    acknowledged: bool,
}

/// What the module reports to have stored or sent; the caller compares both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summed {
    /// Bytes.
    pub size: u64,
    /// Their [`Checksum`](crate::at::checksum::Checksum).
    pub checksum: u16,
}

impl Store {
    /// Stores `size` bytes, at least one. In ACK mode the host must wait for
    /// [`Event::Acknowledged`](crate::at::Event::Acknowledged) after each 1024 bytes.
    pub fn new(name: FileName, size: u64, acknowledged: bool) -> Self {
        Self {
            name,
            size,
            acknowledged,
        }
    }
}

impl Command for Store {
    type Reply = Summed;
    const NAME: &'static str = "QFUPL";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFUPL=").quote(self.name.as_str());
        line.put(',').put(self.size).put(',').put(INPUT_TIMEOUT);
        line.put(',').put(u8::from(self.acknowledged));
    }

    fn conversation(&self) -> Conversation {
        Conversation::Send {
            prefix: "+QFUPL",
            deferred: false,
            acknowledged: self.acknowledged,
        }
    }

    fn patience(&self) -> Patience {
        Patience::Fixed(Duration::from_secs(u64::from(INPUT_TIMEOUT) + 10))
    }

    fn read(&self, answer: Answer) -> Result<Summed, Failure> {
        summed(self, answer)
    }
}

/// `AT+QFDWL="<name>"`: from the module to the host. The module does not announce the length; it is
/// known from [`ListStored`](super::ListStored).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadStored {
    name: FileName,
    size: u64,
}

impl ReadStored {
    /// Reads a file of `size` bytes.
    pub fn new(name: FileName, size: u64) -> Self {
        Self { name, size }
    }
}

impl Command for ReadStored {
    type Reply = Summed;
    const NAME: &'static str = "QFDWL";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFDWL=").quote(self.name.as_str());
    }

    fn conversation(&self) -> Conversation {
        Conversation::Receive {
            prefix: "+QFDWL",
            deferred: false,
            length: Length::Known(self.size),
        }
    }

    fn patience(&self) -> Patience {
        Patience::Fixed(Duration::from_secs(30))
    }

    fn read(&self, answer: Answer) -> Result<Summed, Failure> {
        let received = answer.received;
        let summed = summed(self, answer)?;
        readable(self, (summed.size == received).then_some(summed))
    }
}

/// Reads `<size>,<checksum>`. The checksum is hexadecimal in any case, without leading zeros
/// (docs/module/quirks.md U8). After a time-out a CME error follows the result line
/// (docs/module/quirks.md U1).
fn summed<C: Command>(command: &C, answer: Answer) -> Result<Summed, Failure> {
    let answer = accept(command, CommandKind::File, answer)?;
    let Some(result) = answer.result.as_deref() else {
        return Err(codes::unreadable(C::NAME));
    };
    let mut fields = Fields::of(result);
    let size = fields.number();
    let sum = fields.text().filter(|text| (1..=4).contains(&text.len()));
    let sum = sum.and_then(|text| u16::from_str_radix(text, 16).ok());
    let summed = size
        .zip(sum)
        .map(|(size, checksum)| Summed { size, checksum });
    readable(command, summed)
}
