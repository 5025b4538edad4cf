//! [`Attempt`]: one attempt at a transfer, as its procedure sees it: what is to be done, and what is
//! noted of it on the way.

use super::counting::Counting;
use super::handle::Transfers;
use super::record::Transfer;
use super::staging;
use crate::api::local::LocalFile;
use crate::api::options::Options;
use crate::api::status::{Direction, TransferId};
use crate::link::Link;
use crate::modem::Modem;

/// One attempt.
pub struct Attempt {
    transfers: Transfers,
    /// Which transfer.
    pub id: TransferId,
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
    /// Options.
    pub options: Options,
    /// ASCII type: line ends are CR LF on the way (RFC 959 §3.1.1.1).
    pub text: bool,
    /// Bytes of the file, if known.
    pub size: Option<u64>,
    /// Whether an earlier attempt sent bytes.
    pub partial: bool,
    /// So many bytes were being renamed when an earlier attempt ended.
    pub renaming: Option<u64>,
}

impl Attempt {
    /// Begins an attempt; `None` if there is no such transfer any more.
    pub fn begin(transfers: &Transfers, id: TransferId) -> Option<Self> {
        let unix = transfers.link().now().unix;
        transfers
            .queue
            .change_with((id, unix), |queue, (id, unix)| {
                queue.change(id)?.begin(unix);
                queue.set_active(Some(id));
                Some(())
            })?;
        let (direction, server, local, remote, options, size, partial, renaming) =
            transfers.queue.get_with(id, |queue, id| {
                let transfer = queue.get(id)?;
                let status = &transfer.status;
                Some((
                    status.direction,
                    status.server.clone(),
                    transfer.local.clone(),
                    status.remote.clone(),
                    transfer.options.clone(),
                    status.size,
                    transfer.partial,
                    transfer.renaming,
                ))
            })?;
        let staging = staging::staging_name(&remote, transfers.seed, id.0);
        Some(Self {
            transfers: transfers.clone(),
            id,
            direction,
            server,
            local,
            backup: staging::backup_name(&staging),
            staging,
            remote,
            options,
            text: false,
            size,
            partial,
            renaming,
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

    /// The size became known.
    pub fn note_size(&mut self, size: u64) {
        self.size = Some(size);
        self.note(size, |transfer, size| transfer.status.size = Some(size));
    }

    /// Bytes are about to be sent: with a staging name, that name may exist from now on.
    pub fn note_staging(&self) {
        let staging = self.options.atomic.then(|| self.staging.clone());
        self.note(staging, |transfer, staging| {
            if staging.is_some() {
                transfer.staging = staging;
            }
        });
    }

    /// So many bytes are about to be renamed to their final name; `None`: the rename is known not
    /// to have taken place.
    pub fn note_renaming(&self, size: Option<u64>) {
        self.note(size, |transfer, size| transfer.renaming = size);
    }

    /// So many bytes have been transferred in all.
    pub fn note_transferred(&self, bytes: u64) {
        self.note(bytes, |transfer, bytes| {
            transfer.status.transferred = bytes;
        });
    }

    /// Notes something of the transfer; its status is published afterwards.
    fn note<A: Send>(&self, value: A, note: fn(&mut Transfer, A)) {
        self.transfers
            .queue
            .change_with((self.id, value, note), |queue, (id, value, note)| {
                if let Some(transfer) = queue.change(id) {
                    note(transfer, value);
                }
            });
    }

    /// From now on, payload that moves counts as progress.
    pub fn count(&self) -> Counting {
        Counting::begin(&self.transfers)
    }

    /// The module counted so many bytes in all.
    pub fn counted(&self, bytes: u64) {
        self.transfers.counted(bytes);
    }
}
