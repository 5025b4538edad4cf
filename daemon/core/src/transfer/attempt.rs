//! [`Attempt`]: one attempt at a transfer, as its procedure sees it: what is to be done, and what is
//! noted of it on the way. What is noted as stored survives a power cut from then on.

use modem_ftp_dbus::errors::ErrorName;

use super::counting::Counting;
use super::handle::Transfers;
use super::opening::OPEN;
use super::partial::Partial;
use super::queue::Way;
use super::record::Transfer;
use super::staging;
use crate::api::fact::RemoteTraces;
use crate::api::failure::{Failure, Retry};
use crate::api::local::LocalFile;
use crate::api::options::Options;
use crate::api::status::{Direction, TransferId};
use crate::link::{Link, OnAbort, Waited};
use crate::modem::Modem;

/// One attempt.
pub struct Attempt {
    pub(super) transfers: Transfers,
    /// Which transfer.
    pub id: TransferId,
    /// Whose transfer it is.
    pub uid: u32,
    /// To or from the server.
    pub direction: Direction,
    /// Configured name of the server.
    pub server: String,
    /// The local file.
    pub local: LocalFile,
    /// The final remote path.
    pub remote: String,
    /// The staging name beside it.
    pub staging: String,
    /// The backup name of the file that it replaces, where the server needs one.
    pub backup: String,
    /// Form of the staging name.
    pub(super) form: String,
    /// Whether an attempt was cut with an earlier run of the daemon.
    pub(super) was_cut: bool,
    /// Options.
    pub options: Options,
    /// ASCII type: line ends are CR LF on the way (RFC 959 §3.1.1.1).
    pub text: bool,
    /// Bytes of the file, if known.
    pub size: Option<u64>,
    /// What earlier attempts may have left on the server.
    pub traces: RemoteTraces,
    /// What an earlier attempt has left in the local file (download).
    pub partial: Option<Partial>,
    /// All bytes are on the server and are looked at: what it refuses now, it refuses again after they
    /// were sent once more.
    pub is_checking: bool,
    /// The session stands in a directory where nothing else may be done.
    pub is_astray: bool,
}

impl Attempt {
    /// Begins an attempt; `None` if there is no such transfer any more.
    pub fn begin(transfers: &Transfers, id: TransferId) -> Option<Self> {
        let unix = transfers.link().now().unix;
        transfers
            .queue
            .change_with((id, unix), |queue, (id, unix)| {
                queue.show(id, |transfer| transfer.begin(unix))?;
                queue.set_active(Some(id));
                Some(())
            })?;
        let (status, local, options, traces, partial, was_cut) =
            transfers.queue.get_with(id, |queue, id| {
                let transfer = queue.get(id)?;
                Some((
                    transfer.status.clone(),
                    LocalFile {
                        name: transfer.status.local.clone(),
                        ..transfer.local.clone()
                    },
                    transfer.options.clone(),
                    transfer.traces.clone(),
                    transfer.partial.clone(),
                    transfer.was_cut,
                ))
            })?;
        let settings = transfers.link().settings();
        let form = settings.server(&status.server);
        let form = form
            .map_or(staging::FORM, |server| &server.staging)
            .to_owned();
        let staging = traces.staging.clone().unwrap_or_else(|| {
            let tag = staging::transfer_tag(transfers.seed, id.0);
            staging::staging_name(&form, &status.remote, &tag)
        });
        Some(Self {
            transfers: transfers.clone(),
            id,
            uid: status.uid,
            direction: status.direction,
            server: status.server,
            local,
            remote: status.remote,
            backup: staging::backup_name(&staging),
            staging,
            form,
            was_cut,
            options,
            text: false,
            size: status.size,
            traces,
            partial,
            is_checking: false,
            is_astray: false,
        })
    }

    /// The module.
    pub fn modem(&self) -> &Modem {
        self.transfers.modem()
    }

    /// The conversation with the module.
    pub fn link(&self) -> &Link {
        self.transfers.link()
    }

    /// Where the bytes go until the file is whole.
    pub fn target(&self) -> &str {
        if self.options.atomic {
            &self.staging
        } else {
            &self.remote
        }
    }

    /// Opens the local file again, as it is now, if it can be opened again.
    ///
    /// # Errors
    /// What opening it fails with; `LocalIo` when that takes too long.
    pub async fn open_local(&mut self) -> Result<(), Failure> {
        let Some(key) = self.local.key.clone() else {
            return Ok(());
        };
        let (link, handle) = (self.transfers.link(), self.local.handle);
        let deadline = match self.transfers.take_ahead(self.id) {
            Some(ahead) => ahead.until,
            None => {
                // What the shell was told to do with the file after an earlier attempt comes first.
                self.transfers.settled().await?;
                self.transfers.open(handle, key, self.uid, self.direction);
                link.after(OPEN)
            }
        };
        let opened = link.until(deadline, OnAbort::Break, || link.take_opened(handle));
        let opened = match opened.await {
            Waited::Ready(opened) => opened?,
            Waited::Aborted(failure) => return Err(failure),
            Waited::Late => {
                let (name, seconds) = (&self.local.name, OPEN.as_secs());
                let text = format!("{name}: the disk did not open it for {seconds} s");
                return Err(Failure::new(ErrorName::LocalIo, text).retry(Retry::Later));
            }
        };
        if self.direction == Direction::Upload {
            self.size = opened.size;
        }
        self.local = LocalFile {
            name: std::mem::take(&mut self.local.name),
            key: self.local.key.take(),
            ..opened
        };
        let local = LocalFile {
            name: String::new(),
            ..self.local.clone()
        };
        let local = (local, self.size);
        self.note(local, |transfer, (local, size)| {
            transfer.local = local;
            transfer.status.size = size;
        });
        Ok(())
    }

    /// The size became known.
    pub fn note_size(&mut self, size: u64) {
        self.size = Some(size);
        self.note(size, |transfer, size| transfer.status.size = Some(size));
    }

    /// Whether it has to stop, looked at between two commands.
    ///
    /// # Errors
    /// `Cancelled` or `Stopping`.
    pub fn check_abort(&self) -> Result<(), Failure> {
        self.link().abort_failure().map_or(Ok(()), Err)
    }

    /// Something is about to change here or on the server: a Cancel waits until it has stopped.
    pub fn begin_moving(&self) {
        self.transfers.queue.change(|queue| queue.is_moving = true);
    }

    /// So many bytes have been transferred in all.
    pub fn note_transferred(&self, bytes: u64) {
        self.note(bytes, |transfer, bytes| transfer.status.transferred = bytes);
    }

    /// Whether the server may still hold what a session that was cut had: one of an earlier attempt, or
    /// of anybody else.
    pub fn follows_cut(&self) -> bool {
        self.was_cut || self.was_cut_lately()
    }

    /// Whether a session with the server was cut lately.
    pub fn was_cut_lately(&self) -> bool {
        self.link().was_cut_lately(&self.server)
    }

    /// Nothing bore the final name before the first bytes were sent to it (not atomic), or something.
    pub fn note_new(&self, is_new: bool) {
        self.note(is_new, |transfer, is_new| transfer.is_new = is_new);
    }

    /// Attempts at this transfer, with this one.
    pub fn attempts(&self) -> u32 {
        let queue = &self.transfers.queue;
        let attempts = queue.get_with(self.id, |queue, id| {
            queue.get(id).map(|transfer| transfer.status.attempts)
        });
        attempts.unwrap_or(0)
    }

    /// So many bytes have been transferred in all, as far as it is known.
    pub fn transferred(&self) -> u64 {
        let queue = &self.transfers.queue;
        let bytes = queue.get_with(self.id, |queue, id| {
            queue.get(id).map(|transfer| transfer.status.transferred)
        });
        bytes.unwrap_or(0)
    }

    /// What the local file of a download holds, if another attempt may continue it.
    pub fn note_partial(&self, partial: Option<Partial>) {
        self.note(partial, |transfer, partial| transfer.partial = partial);
    }

    /// The time of the remote file, as it was when it began to be received, if it was asked for.
    pub fn modified(&self) -> Option<String> {
        self.transfers.queue.get_with(self.id, |queue, id| {
            let partial = queue.get(id)?.partial.as_ref()?;
            Some(partial.modified.clone())
        })
    }

    /// The content of the local file became known.
    pub fn note_content(&self, digest: String) {
        self.note(digest, |transfer, digest| {
            transfer.local.content = Some(digest);
        });
    }

    /// Notes something of the transfer; its status is published afterwards.
    pub(super) fn note<A: Send>(&self, value: A, note: fn(&mut Transfer, A)) {
        self.transfers
            .queue
            .change_with((self.id, value, note), |queue, (id, value, note)| {
                queue.show(id, |transfer| note(transfer, value));
            });
    }

    /// From now on, payload that moves on this way counts as progress.
    pub fn count(&self, way: Way) -> Counting {
        Counting::begin(&self.transfers, way)
    }

    /// So many bytes moved between the server and a file of the module.
    pub fn note_air(&self, bytes: u64) {
        self.note(bytes, |transfer, bytes| transfer.traffic.air += bytes);
    }

    /// The module counted so many bytes in all.
    pub fn counted(&self, bytes: u64) {
        self.transfers.counted(bytes);
    }
}
