//! [`Channel`]: one outstanding command, and what the bytes from the module mean for it.

use std::collections::VecDeque;
use std::time::Duration;

use super::answer::Answer;
use super::command::Conversation;
use super::exchange::{Exchange, LineRole};
use super::fields::strip_prefix;
use super::lexer::{Lexer, ReceivedLine};
use super::urc::Urc;
use crate::api::payload_sink::PayloadSink;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Data mode is entered.
    Connected {
        /// The length in QFREAD's `CONNECT <n>`.
        announced: Option<u64>,
    },
    /// An `A`: the next 1024 bytes may be sent (docs/module/at-file.md §3.4).
    Acknowledged,
    /// The exchange is over; the channel is idle.
    Finished(Answer),
    /// The exchange that was put aside by [`Channel::park`] is over.
    Settled(Answer),
    /// The module said something by itself.
    Urc(Urc),
    /// For the log: what came that fits nothing. It never quotes more than a prefix, for
    /// it may be a damaged echo.
    Unexpected(String),
}

/// What the channel waits for: the link chooses the time it gives by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// For nothing: it is idle.
    Nothing,
    /// For the final result or CONNECT; nothing has come that decides it.
    Final,
    /// `OK` came, the result line (the "URC") did not yet.
    Result,
    /// The result line came, its `OK` did not: give it five seconds, then [`Channel::expire`].
    Ok,
    /// Data flows (in the direction of the conversation).
    Data,
    /// For the line to be quiet: what came last looks like the end. When nothing came for that
    /// long, call [`Channel::quiet`].
    Quiet(Duration),
    /// For [`Channel::resume`].
    Resume,
}

/// Unexplained lines in a row that are reported; a flood of garbage is one fact, not thousands.
const NOISE: u32 = 8;

/// The module's side of the line, cut into events.
#[derive(Debug, Default)]
pub struct Channel {
    lexer: Lexer,
    exchange: Option<Exchange>,
    parked: Option<&'static str>,
    abandoned: bool,
    noise: u32,
    echoed: bool,
    events: VecDeque<Event>,
}

impl Channel {
    /// A channel with nothing outstanding.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes note of the command line (without CR) that is about to be sent, and of what may
    /// follow. The channel must be idle; what was outstanding else is forgotten.
    pub fn begin(&mut self, line: &str, conversation: Conversation) {
        self.exchange = Some(Exchange::new(line, conversation));
        self.noise = 0;
        self.echoed = false;
    }

    /// Whether the command line sent last came back: the module's echo is on.
    pub fn echoed(&self) -> bool {
        self.echoed
    }

    /// Takes bytes from the module. Data goes to `sink` as slices of `bytes`; what happened is
    /// then told by [`Channel::poll`].
    pub fn receive(&mut self, bytes: &[u8], sink: &mut dyn PayloadSink) {
        let mut rest = bytes;
        while let Some(byte) = rest.first().filter(|_| !self.abandoned) {
            let taken = match self.exchange.as_mut().filter(|exchange| exchange.is_data()) {
                Some(exchange) => exchange.data(rest, sink),
                None => usize::from(self.byte(*byte)),
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
    }

    /// The next event.
    pub fn poll(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What is awaited.
    pub fn waiting(&self) -> Awaited {
        match &self.exchange {
            _ if self.abandoned => Awaited::Resume,
            Some(exchange) => exchange.waiting(),
            None => Awaited::Nothing,
        }
    }

    /// Whether the module is in data mode, as far as its lines tell.
    pub fn in_data(&self) -> bool {
        self.exchange.as_ref().is_some_and(Exchange::in_data)
    }

    /// The host has left data mode or is leaving it (DTR or escape sent): the final result is
    /// awaited; for Receive the rest of the data is discarded until then.
    pub fn interrupt(&mut self) {
        if let Some(exchange) = &mut self.exchange {
            exchange.interrupt();
        }
    }

    /// Gives the exchange up. Everything is discarded until [`Channel::resume`]; the caller drains
    /// the line and proves command mode first.
    pub fn abandon(&mut self) {
        self.exchange = None;
        self.abandoned = true;
    }

    /// Ends [`Channel::abandon`]: the channel is idle, at the start of a line.
    pub fn resume(&mut self) {
        self.abandoned = false;
        self.noise = 0;
        self.lexer.clear();
    }

    /// The line has been quiet while [`Awaited::Quiet`]: the exchange is over. This is how a
    /// listing ends, and a transfer of known length that ended short or failed; for the latter
    /// prove command mode before the next command.
    pub fn quiet(&mut self) -> Option<Answer> {
        match self.waiting() {
            Awaited::Quiet(_) => self.expire(),
            _ => None,
        }
    }

    /// The patience is over: takes what came, if that is enough for an answer ([`Awaited::Ok`], or
    /// [`Awaited::Result`] after [`Channel::interrupt`]). `None`: nothing usable; [`Channel::abandon`].
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

    /// Puts an exchange aside that only waits for its result line ([`Awaited::Result`]), so that
    /// QFTPLEN or QFTPSTAT can be asked during a UFS transfer (docs/module/at-ftp.md §1.3). Its end is
    /// [`Event::Settled`]. Returns whether there was such an exchange and none aside yet.
    pub fn park(&mut self) -> bool {
        let free = self.parked.is_none();
        let parked = self
            .exchange
            .take_if(|exchange| free && exchange.can_be_parked());
        self.parked = self.parked.or(parked.map(|exchange| exchange.prefix()));
        free && self.parked.is_some()
    }

    /// Forgets the exchange put aside; its result line becomes [`Urc::Late`].
    pub fn forget_parked(&mut self) {
        self.parked = None;
    }

    /// Takes a byte that is not data; returns whether it was used up.
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
            .is_some_and(|exchange| exchange.is_behind_data(byte))
        {
            return true;
        }
        match self.lexer.push(byte) {
            Some(ReceivedLine::Text(text)) => self.line(&text),
            Some(ReceivedLine::Overlong(length)) => {
                self.unexplained(format!("a line of {length} bytes"))
            }
            None => {}
        }
        true
    }

    fn line(&mut self, text: &str) {
        self.echoed |= self.exchange.as_ref().is_some_and(|it| it.is_echo(text));
        let step = self.exchange.as_mut().map(|exchange| exchange.line(text));
        match step {
            Some(LineRole::Taken) => self.noise = 0,
            Some(LineRole::Finished(outcome)) => {
                self.noise = 0;
                let answer = self
                    .exchange
                    .take()
                    .map(|exchange| exchange.finish(outcome));
                self.events.extend(answer.map(Event::Finished));
            }
            Some(LineRole::Foreign) | None => self.unasked(text),
        }
    }

    fn unasked(&mut self, text: &str) {
        let parked = self.parked.and_then(|prefix| strip_prefix(text, prefix));
        if let Some(result) = parked {
            self.events
                .push_back(Event::Settled(Answer::settled(result)));
            self.parked = None;
        } else if let Some(urc) = Urc::parse(text) {
            self.events.push_back(Event::Urc(urc));
        } else {
            return self.unexplained(describe(text));
        }
        self.noise = 0;
    }

    fn unexplained(&mut self, description: String) {
        if self.exchange.as_mut().is_some_and(Exchange::is_overrun) {
            return;
        }
        if self.noise < NOISE {
            self.events.push_back(Event::Unexpected(description));
        }
        self.noise = self.noise.saturating_add(1);
    }
}

/// What may be said of a line that fits nothing. It may be the damaged echo of a password, or of
/// a key that was uploaded: nothing but a result's words or a prefix is shown.
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
