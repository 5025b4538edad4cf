//! [`Incoming`]: received payload on its way to a sink: gathered into blocks for the disk thread,
//! or kept for a pipe. While too much waits, the tty is left unread.

use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::payload_sink::PayloadSink;

use super::line_ends::FromNetwork;
use super::pump::BLOCK;

/// So many blocks may be with the disk thread before the tty is left unread.
const BLOCKS_AT_DISK: usize = 8;
/// So many bytes may wait for a pipe before the tty is left unread.
const BYTES_FOR_PIPE: usize = 2 * BLOCK;

/// Where payload goes.
#[derive(Default)]
enum Target {
    /// Nowhere: there must not be any.
    #[default]
    Nothing,
    /// Its sink failed: it is dropped.
    Failed,
    File {
        handle: Handle,
        offset: usize,
        gathered: Vec<u8>,
    },
    Pipe {
        handle: Handle,
        waiting: Vec<u8>,
    },
}

/// Received payload.
#[derive(Default)]
pub(in crate::world) struct Incoming {
    target: Target,
    text: Option<FromNetwork>,
    blocks_at_disk: usize,
    /// Counts the attempts to fill a file: late errors of those before do not matter.
    pub(super) attempt: u64,
}

impl Incoming {
    pub(super) fn aim_at_file(&mut self, handle: Handle, offset: usize, text: bool) {
        if offset == 0 {
            self.begin_attempt();
        }
        self.text = text.then(FromNetwork::default);
        self.target = Target::File {
            handle,
            offset,
            gathered: Vec::new(),
        };
    }

    pub(super) fn aim_at_pipe(&mut self, handle: Handle, text: bool) {
        self.text = text.then(FromNetwork::default);
        if self.pipe() != Some(handle) {
            let waiting = Vec::new();
            self.target = Target::Pipe { handle, waiting };
        }
    }

    /// No more payload comes.
    pub(super) fn finish_text(&mut self) {
        if let Some(text) = self.text.take() {
            self.target.add(text.finish());
        }
    }

    fn handle(&self) -> Option<Handle> {
        match &self.target {
            Target::Nothing | Target::Failed => None,
            Target::File { handle, .. } | Target::Pipe { handle, .. } => Some(*handle),
        }
    }

    /// Payload for this sink is dropped with what waits for it.
    pub(super) fn forget(&mut self, handle: Handle, failed: bool) {
        if self.handle() == Some(handle) {
            self.target = if failed {
                Target::Failed
            } else {
                Target::Nothing
            };
            self.begin_attempt();
        }
    }

    /// The pipe that payload goes to.
    pub(super) fn pipe(&self) -> Option<Handle> {
        match &self.target {
            Target::Pipe { handle, .. } => Some(*handle),
            _ => None,
        }
    }

    /// What waits for the pipe.
    pub(super) fn waiting(&self) -> &[u8] {
        match &self.target {
            Target::Pipe { waiting, .. } => waiting,
            _ => &[],
        }
    }

    /// The pipe took so many bytes.
    pub(super) fn taken(&mut self, count: usize) {
        if let Target::Pipe { waiting, .. } = &mut self.target {
            waiting.drain(..count);
        }
    }

    /// Whether the tty must be left unread.
    pub(in crate::world) fn is_behind(&self) -> bool {
        self.blocks_at_disk >= BLOCKS_AT_DISK || self.waiting().len() >= BYTES_FOR_PIPE
    }

    /// The disk thread has written a block of that attempt.
    pub(super) fn block_written(&mut self, attempt: u64) {
        if attempt == self.attempt {
            self.blocks_at_disk -= 1;
        }
    }

    fn begin_attempt(&mut self) {
        self.attempt += 1;
        self.blocks_at_disk = 0;
    }

    /// The next block to write: full ones, and with `rest` the one begun.
    pub(super) fn next_write(&mut self, rest: bool) -> Option<(Handle, usize, Vec<u8>)> {
        let Target::File {
            handle,
            offset,
            gathered,
        } = &mut self.target
        else {
            return None;
        };
        if gathered.is_empty() || (!rest && gathered.len() < BLOCK) {
            return None;
        }
        let block: Vec<u8> = gathered.drain(..gathered.len().min(BLOCK)).collect();
        let at = *offset;
        *offset += block.len();
        self.blocks_at_disk += 1;
        Some((*handle, at, block))
    }
}

impl PayloadSink for Incoming {
    fn write(&mut self, bytes: &[u8]) {
        match &mut self.text {
            Some(text) => self.target.add(&text.convert(bytes)),
            None => self.target.add(bytes),
        }
    }
}

impl Target {
    fn add(&mut self, bytes: &[u8]) {
        match self {
            Self::Nothing => assert!(bytes.is_empty(), "payload without a sink"),
            Self::Failed => {}
            Self::File { gathered, .. } => gathered.extend(bytes),
            Self::Pipe { waiting, .. } => waiting.extend(bytes),
        }
    }
}
