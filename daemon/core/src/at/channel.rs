//! [`Channel`]: splits what the module sends into events; at most one command is outstanding.

use std::collections::VecDeque;

use super::answer::{Answer, Outcome};
use super::awaited::Awaited;
use super::command::Conversation;
use super::exchange::{Exchange, LineRole};
use super::fields::strip_prefix;
use super::lexer::{Lexer, ReceivedLine};
use super::results::Final;
use super::urc::Urc;
use crate::api::payload_sink::PayloadSink;

/// What the received bytes mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The module entered data mode.
    Connected {
        /// The length in `CONNECT <n>` of QFREAD.
        announced: Option<u64>,
    },
    /// An `A`: the next 1024 bytes may be sent (docs/module/at-file.md §3.4).
    Acknowledged,
    /// The outstanding command is complete; the channel is idle.
    Finished(Answer),
    /// The command that was parked by [`Channel::park`] is complete.
    Settled(Answer),
    /// An unsolicited result code.
    Urc(Urc),
    /// `ERROR` or `+CME ERROR: …` without an outstanding command: the module took something else that
    /// was sent for one.
    Refused,
    /// For the log: a line that is neither part of an answer nor a known URC. At most its prefix is
    /// quoted, because it may be the damaged echo of a secret.
    Unexpected(String),
}

/// At most so many unexpected lines in a row are reported, so that garbage does not flood the log.
const UNEXPECTED_LIMIT: u32 = 8;

/// Parser of the bytes received from the module.
#[derive(Debug, Default)]
pub struct Channel {
    lexer: Lexer,
    exchange: Option<Exchange>,
    parked: Option<&'static str>,
    abandoned: bool,
    unexpected: u32,
    echoed: bool,
    noise: bool,
    events: VecDeque<Event>,
}

impl Channel {
    /// A channel without an outstanding command.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins an exchange: `line` (without CR) is about to be sent, and `conversation` says what
    /// may follow. The channel should be idle; a command still outstanding is forgotten.
    pub fn begin(&mut self, line: &str, conversation: Conversation) {
        self.exchange = Some(Exchange::new(line, conversation));
        self.unexpected = 0;
        self.echoed = false;
    }

    /// Whether the module echoed the last command line.
    pub fn echoed(&self) -> bool {
        self.echoed
    }

    /// Parses received bytes. Data goes to `sink`, as slices of `bytes`; events are queued for
    /// [`Channel::poll`].
    pub fn receive(&mut self, bytes: &[u8], sink: &mut dyn PayloadSink) {
        let mut rest = bytes;
        while let Some(byte) = rest.first().filter(|_| !self.abandoned) {
            let taken = match self.exchange.as_mut().filter(|exchange| exchange.is_data()) {
                Some(exchange) => exchange.data(rest, sink),
                None => usize::from(self.byte(*byte)),
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
        if self.abandoned {
            self.discard(rest);
        }
    }

    /// Discards what comes after an exchange was given up.
    fn discard(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let urc = match self.lexer.push(*byte) {
                None => continue,
                Some(ReceivedLine::Text(text)) => Urc::parse(&text).is_some(),
                Some(ReceivedLine::Overlong(_)) => false,
            };
            self.noise |= !urc;
        }
    }

    /// The next event.
    pub fn poll(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What the channel waits for.
    pub fn waiting(&self) -> Awaited {
        match &self.exchange {
            _ if self.abandoned => Awaited::Resume,
            Some(exchange) => exchange.waiting(),
            None => Awaited::Nothing,
        }
    }

    /// Whether the module is in data mode, according to the lines received.
    pub fn in_data(&self) -> bool {
        self.exchange.as_ref().is_some_and(Exchange::in_data)
    }

    /// Where the ending of the data begins, if the last bytes are one.
    pub fn ending_start(&self) -> Option<u64> {
        self.exchange.as_ref()?.ending_start()
    }

    /// While everything is discarded: whether anything but whole URCs came since this was last asked. A
    /// module that only says something of its own accord is as good as silent.
    pub fn take_noise(&mut self) -> bool {
        std::mem::take(&mut self.noise)
    }

    /// While everything is discarded: whether a line has begun, which may become a URC.
    pub fn is_in_line(&self) -> bool {
        self.abandoned && !self.lexer.is_at_start()
    }

    /// Whether so much more was received than was asked for that its end is not waited for.
    pub fn is_excessive(&self) -> bool {
        self.exchange.as_ref().is_some_and(Exchange::is_excessive)
    }

    /// The host has left or is leaving data mode (DTR or escape sent). The final result is awaited;
    /// received data is discarded until then.
    pub fn interrupt(&mut self) {
        if let Some(exchange) = &mut self.exchange {
            exchange.interrupt();
        }
    }

    /// Gives the exchange up and discards everything received until [`Channel::resume`]. Before
    /// that the caller drains the line and makes sure that the module is in command mode.
    pub fn abandon(&mut self) {
        self.exchange = None;
        self.abandoned = true;
        self.lexer.clear();
    }

    /// Ends [`Channel::abandon`]: the channel is idle and expects the start of a line.
    pub fn resume(&mut self) {
        self.abandoned = false;
        self.unexpected = 0;
        self.lexer.clear();
    }

    /// The silence of [`Awaited::Quiet`] has passed: the exchange is complete. Listings end like
    /// this, and transfers of known length that ended short or failed; after the latter the caller
    /// makes sure of command mode before the next command.
    pub fn quiet(&mut self) -> Option<Answer> {
        match self.waiting() {
            Awaited::Quiet(_) => self.expire(),
            _ => None,
        }
    }

    /// The time-out has passed: returns what was received if it is enough for an answer
    /// ([`Awaited::Ok`], or [`Awaited::Result`] after [`Channel::interrupt`]). `None`: it is not;
    /// call [`Channel::abandon`].
    pub fn expire(&mut self) -> Option<Answer> {
        match self.exchange.take()?.expire() {
            Ok((answer, urcs)) => {
                self.events.extend(urcs.into_iter().map(Event::Urc));
                Some(answer)
            }
            Err(exchange) => {
                self.exchange = Some(*exchange);
                None
            }
        }
    }

    /// Parks an exchange that only waits for its result line ([`Awaited::Result`]), so that QFTPLEN
    /// or QFTPSTAT can be sent during a UFS transfer (docs/module/at-ftp.md §1.3). It ends with
    /// [`Event::Settled`]. Returns whether there was such an exchange and none was parked yet.
    pub fn park(&mut self) -> bool {
        let free = self.parked.is_none();
        let parked = self
            .exchange
            .take_if(|exchange| free && exchange.can_be_parked());
        self.parked = self.parked.or(parked.map(|exchange| exchange.prefix()));
        free && self.parked.is_some()
    }

    /// Forgets the parked exchange; its result line becomes [`Urc::Late`].
    pub fn forget_parked(&mut self) {
        self.parked = None;
    }

    /// Handles a byte that is not data; returns whether it was consumed.
    fn byte(&mut self, byte: u8) -> bool {
        if let Some(exchange) = &mut self.exchange {
            if let Some((announced, used)) = exchange.enter_data(byte) {
                self.events.push_back(Event::Connected { announced });
                return used;
            }
            if byte == b'A' && self.lexer.is_at_start() && exchange.is_acknowledged() {
                self.events.push_back(Event::Acknowledged);
                return true;
            }
        }
        if self
            .exchange
            .as_mut()
            .is_some_and(|exchange| exchange.is_overrun_by(byte))
        {
            return true;
        }
        match self.lexer.push(byte) {
            Some(ReceivedLine::Text(text)) => self.line(&text),
            Some(ReceivedLine::Overlong(length)) => {
                self.unexpected(Event::Unexpected(format!("a line of {length} bytes")))
            }
            None => {}
        }
        true
    }

    fn line(&mut self, text: &str) {
        self.echoed |= self.exchange.as_ref().is_some_and(|it| it.is_echo(text));
        let role = self.exchange.as_mut().map(|exchange| exchange.line(text));
        match role {
            Some(LineRole::Part) => self.unexpected = 0,
            Some(LineRole::End(outcome)) => {
                self.unexpected = 0;
                let answer = self
                    .exchange
                    .take()
                    .map(|exchange| exchange.finish(outcome));
                self.events.extend(answer.map(Event::Finished));
            }
            Some(LineRole::Foreign) | None => self.unsolicited(text),
        }
    }

    fn unsolicited(&mut self, text: &str) {
        let parked = self.parked.and_then(|prefix| strip_prefix(text, prefix));
        if let Some(result) = parked {
            self.events
                .push_back(Event::Settled(Answer::settled(result)));
            self.parked = None;
        } else if let Some(urc) = Urc::parse(text) {
            self.events.push_back(Event::Urc(urc));
        } else {
            return self.unexpected(match is_refusal(text) {
                true => Event::Refused,
                false if Urc::is_garbled(text) => Event::Urc(Urc::Garbled),
                false => Event::Unexpected(describe(text)),
            });
        }
        self.unexpected = 0;
    }

    fn unexpected(&mut self, event: Event) {
        let exchange = self.exchange.as_mut();
        if exchange.is_some_and(Exchange::is_overrun_by_line) {
            return;
        }
        if self.unexpected < UNEXPECTED_LIMIT {
            self.events.push_back(event);
        }
        self.unexpected = self.unexpected.saturating_add(1);
    }
}

fn is_refusal(text: &str) -> bool {
    let refusals = |outcome: &Outcome| matches!(outcome, Outcome::Error | Outcome::Cme(_));
    matches!(Final::parse(text), Some(Final::End(outcome)) if refusals(&outcome))
}

/// Describes an unexpected line for the log. It may be the damaged echo of a password or of an
/// uploaded key, so only the words of a result or a prefix are shown.
fn describe(text: &str) -> String {
    let words = |text: &str| text.bytes().all(|b| b.is_ascii_uppercase() || b == b' ');
    let prefix = text.split_once(':').map(|(prefix, _)| prefix);
    let name = |text: &str| text.strip_prefix('+').is_some_and(words);
    match prefix.filter(|prefix| prefix.len() <= 16 && name(prefix)) {
        Some(prefix) => format!("{prefix}: … ({} bytes)", text.len()),
        None if text.len() <= 16 && words(text) => text.to_owned(),
        None => format!("a line of {} bytes", text.len()),
    }
}
