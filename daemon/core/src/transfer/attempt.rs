//! [`Attempt`]: one attempt at a transfer, as its procedure sees it: what is to be done, and what is
//! noted of it on the way. What is noted as stored survives a power cut from then on.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::counting::Counting;
use super::handle::Transfers;
use super::queue::Way;
use super::record::Transfer;
use super::staging;
use crate::api::fact::RemoteTraces;
use crate::api::failure::{Failure, Retry};
use crate::api::local::LocalFile;
use crate::api::options::Options;
use crate::api::output::Output;
use crate::api::status::{Direction, TransferId};
use crate::link::Link;
use crate::modem::Modem;

/// How long opening a local file may take.
const OPEN: Duration = Duration::from_secs(60);

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
    /// What earlier attempts may have left on the server.
    pub traces: RemoteTraces,
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
        let (status, local, options, traces) = transfers.queue.get_with(id, |queue, id| {
            let transfer = queue.get(id)?;
            Some((
                transfer.status.clone(),
                transfer.local.clone(),
                transfer.options.clone(),
                transfer.traces.clone(),
            ))
        })?;
        let staging = staging::staging_name(&status.remote, transfers.seed, id.0);
        let staging = traces.staging.clone().unwrap_or(staging);
        Some(Self {
            transfers: transfers.clone(),
            id,
            direction: status.direction,
            server: status.server,
            local,
            remote: status.remote,
            backup: staging::backup_name(&staging),
            staging,
            options,
            text: false,
            size: status.size,
            traces,
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
        // What the shell was told to do with the file after an earlier attempt comes first.
        self.transfers.settled().await?;
        let (link, handle) = (self.transfers.link(), self.local.handle);
        link.take_opened(handle);
        link.put(Output::Open {
            handle,
            key,
            direction: self.direction,
        });
        let deadline = link.after(OPEN);
        let opened = link.until(Some(deadline), || {
            let opened = link.take_opened(handle);
            opened.or_else(|| link.abort_failure().map(Err))
        });
        let opened = opened.await.unwrap_or_else(|| {
            let text = format!(
                "{}: the disk did not open it for {} s",
                self.local.name,
                OPEN.as_secs()
            );
            Err(Failure::new(ErrorName::LocalIo, text).retry(Retry::Later))
        })?;
        if self.direction == Direction::Upload {
            self.size = opened.size;
        }
        self.local = LocalFile {
            name: std::mem::take(&mut self.local.name),
            key: self.local.key.take(),
            ..opened
        };
        let local = (self.local.clone(), self.size);
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

    /// Bytes are about to be sent: the staging name may exist from now on. Stored.
    ///
    /// # Errors
    /// It cannot be stored.
    pub async fn store_staging(&mut self) -> Result<(), Failure> {
        if !self.options.atomic {
            self.traces.partial = true;
            self.store_traces().await?;
            self.begin_moving();
            return Ok(());
        }
        self.traces.staging = Some(self.staging.clone());
        let name = (self.server.clone(), self.staging.clone());
        self.transfers
            .queue
            .change_with(name, |queue, (server, staging)| {
                let facts = queue.chores.take_over(&server, &staging);
                queue.facts.extend(facts);
            });
        self.store_traces().await?;
        self.begin_moving();
        Ok(())
    }

    /// So many bytes are about to be renamed to their final name; `None`: the rename is known not
    /// to have taken place. Stored.
    ///
    /// # Errors
    /// It cannot be stored.
    pub async fn store_renaming(&mut self, size: Option<u64>) -> Result<(), Failure> {
        self.traces.renaming = size;
        self.store_traces().await
    }

    /// The file that is replaced is about to get its backup name (`true`), or bears it no more.
    /// Stored.
    ///
    /// # Errors
    /// It cannot be stored.
    pub async fn store_backup(&mut self, exists: bool) -> Result<(), Failure> {
        self.traces.backup = exists.then(|| self.backup.clone());
        self.store_traces().await
    }

    /// The backup name is known to be gone. Stored with whatever comes next.
    pub fn forget_backup(&mut self) {
        self.traces.backup = None;
        self.put_traces();
    }

    async fn store_traces(&self) -> Result<(), Failure> {
        self.put_traces();
        self.transfers.sync().await
    }

    fn put_traces(&self) {
        self.transfers
            .queue
            .change_with((self.id, self.traces.clone()), |queue, (id, traces)| {
                queue.change(id, |transfer| transfer.traces = traces);
            });
    }

    /// So many bytes have been transferred in all.
    pub fn note_transferred(&self, bytes: u64) {
        self.note(bytes, |transfer, bytes| transfer.status.transferred = bytes);
    }

    /// Notes something of the transfer; its status is published afterwards.
    fn note<A: Send>(&self, value: A, note: fn(&mut Transfer, A)) {
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
