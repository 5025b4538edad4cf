//! [`Channel`]: one outstanding command, and what the bytes from the module mean for it.

use super::answer::Answer;
use super::command::Conversation;
use super::urc::Urc;

/// Where data bytes go.
pub trait Sink {
    /// Takes the next bytes, in order.
    fn write(&mut self, bytes: &[u8]);
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Data mode is entered.
    Connected {
        /// The length in QFREAD's `CONNECT <n>`.
        announced: Option<u64>,
    },
    /// An `A`: the next 1024 bytes may be sent (at-file.md 3.4).
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
pub enum Waiting {
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
    /// For the line to be quiet: what came last looks like the end. When nothing came for
    /// 0.3 s or more, call [`Channel::quiet`].
    Quiet,
    /// For [`Channel::resume`].
    Resume,
}

/// The module's side of the line, cut into events.
#[derive(Debug, Default)]
pub struct Channel {}

#[expect(unused_variables, reason = "signatures first")]
impl Channel {
    /// A channel with nothing outstanding.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes note of the command line (without CR) that is about to be sent, and of what may
    /// follow. The channel must be idle; what was outstanding else is forgotten.
    pub fn begin(&mut self, line: &str, conversation: Conversation) {}

    /// Takes bytes from the module. Data goes to `sink` as slices of `bytes`; what happened is
    /// then told by [`Channel::poll`].
    pub fn receive(&mut self, bytes: &[u8], sink: &mut dyn Sink) {}

    /// The next event.
    pub fn poll(&mut self) -> Option<Event> {
        None
    }

    /// What is awaited.
    pub fn waiting(&self) -> Waiting {
        Waiting::Nothing
    }

    /// Whether a command may begin.
    pub fn is_idle(&self) -> bool {
        self.waiting() == Waiting::Nothing
    }

    /// Whether the module is in data mode, as far as its lines tell.
    pub fn in_data(&self) -> bool {
        false
    }

    /// The host has left data mode or is leaving it (DTR or escape sent): the final result is
    /// awaited; for Receive the rest of the data is discarded until then.
    pub fn interrupt(&mut self) {}

    /// Gives the exchange up. Everything is discarded until [`Channel::resume`]; the caller drains
    /// the line and proves command mode first.
    pub fn abandon(&mut self) {}

    /// Ends [`Channel::abandon`]: the channel is idle, at the start of a line.
    pub fn resume(&mut self) {}

    /// The line has been quiet while [`Waiting::Quiet`]: the exchange is over. This is how a
    /// listing ends, and a transfer of known length that ended short or failed; for the latter
    /// prove command mode before the next command.
    pub fn quiet(&mut self) -> Option<Answer> {
        None
    }

    /// The patience is over: takes what came, if that is enough for an answer ([`Waiting::Ok`], or
    /// [`Waiting::Result`] after [`Channel::interrupt`]). `None`: nothing usable; [`Channel::abandon`].
    pub fn expire(&mut self) -> Option<Answer> {
        None
    }

    /// Puts an exchange aside that only waits for its result line ([`Waiting::Result`]), so that
    /// QFTPLEN or QFTPSTAT can be asked during a UFS transfer (at-ftp.md 1.3). Its end is
    /// [`Event::Settled`]. Returns whether there was such an exchange and none aside yet.
    pub fn park(&mut self) -> bool {
        false
    }

    /// Forgets the exchange put aside.
    pub fn forget_parked(&mut self) {}
}
