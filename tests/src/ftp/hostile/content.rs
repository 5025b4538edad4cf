//! [`Content`]: bytes that are made while they are sent, so that their number costs no memory.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Bytes collected before they are written, unless they are paced.
const BLOCK: usize = 32 * 1024;

type Piece = dyn Fn(u64) -> Option<Vec<u8>> + Send + Sync;

/// What is sent over a connection, how fast, and what the server says afterwards.
#[derive(Clone)]
pub struct Content {
    piece: Arc<Piece>,
    pause: Duration,
    ending: Option<String>,
}

impl Content {
    /// Piece 0, 1, … until there is none.
    pub fn pieces(piece: impl Fn(u64) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        Self {
            piece: Arc::new(piece),
            pause: Duration::ZERO,
            ending: Some("226 Done.".to_owned()),
        }
    }

    /// `count` rows of a listing, each with a line end; `u64::MAX` never ends.
    pub fn rows(count: u64, row: impl Fn(u64) -> String + Send + Sync + 'static) -> Self {
        Self::pieces(move |index| (index < count).then(|| format!("{}\r\n", row(index)).into()))
    }

    /// `count` rows of MLSD, each a file with a name of 12 characters.
    #[must_use]
    pub fn mlsd(count: u64) -> Self {
        Self::rows(count, |index| {
            format!("type=file;size={index};modify=20260101000000; f{index:011}")
        })
    }

    /// `count` times the byte `x`; `u64::MAX` never ends.
    #[must_use]
    pub fn bytes(count: u64) -> Self {
        Self::pieces(move |index| {
            let size = BLOCK as u64;
            let left = count.saturating_sub(index.saturating_mul(size)).min(size);
            let left = usize::try_from(left).ok()?;
            (left > 0).then(|| vec![b'x'; left])
        })
    }

    /// These bytes.
    pub fn of(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::pieces(move |index| (index == 0).then(|| bytes.clone()))
    }

    /// These bytes, one after each pause.
    pub fn dripping(bytes: impl Into<Vec<u8>>, pause: Duration) -> Self {
        let bytes = bytes.into();
        let byte = move |index| bytes.get(usize::try_from(index).ok()?).copied();
        Self::pieces(move |index| Some(vec![byte(index)?])).paced(pause)
    }

    /// One piece after each pause.
    #[must_use]
    pub fn paced(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// The reply after the data connection was closed, instead of 226.
    #[must_use]
    pub fn ending(mut self, reply: &str) -> Self {
        self.ending = Some(reply.to_owned());
        self
    }

    /// After the last byte the data connection stays open and no reply is sent.
    #[must_use]
    pub fn held_open(mut self) -> Self {
        self.ending = None;
        self
    }

    /// The reply after the content.
    pub(super) fn reply(&self) -> Option<String> {
        self.ending.clone()
    }

    /// Writes everything; an error means that the other end closed.
    pub(super) async fn write(&self, to: &mut (impl AsyncWrite + Unpin)) -> std::io::Result<()> {
        let mut block = Vec::with_capacity(BLOCK);
        for index in 0.. {
            let Some(piece) = (self.piece)(index) else {
                break;
            };
            block.extend_from_slice(&piece);
            if block.len() >= BLOCK || !self.pause.is_zero() {
                to.write_all(&block).await?;
                block.clear();
                match self.pause {
                    // The other connections have their turn.
                    Duration::ZERO => tokio::task::yield_now().await,
                    pause => tokio::time::sleep(pause).await,
                }
            }
        }
        to.write_all(&block).await?;
        to.flush().await
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content(pause {:?})", self.pause)
    }
}
