//! [`Local`]: the local file of a transfer as its call names it, made ready on a disk thread: a
//! file that can be opened again is closed, a passed descriptor is copied into the spool or kept
//! open.

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;

use futures_channel::oneshot;
use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::{Handle, LocalFile, LocalKey};
use modem_ftp_dbus::ErrorName;

use super::error::{CallError, stopping};
use crate::files::{
    Disk, FileKey, Lane, OpenFile, Owner, PipeReader, Roots, SinkFile, Source, SourceFile,
    path_beneath_root,
};
use crate::limits::Slot;
use crate::messages::{Inbox, Message};
use crate::spool::{Copying, PipeCopy, PipeStep, Spool};

/// What a call names.
#[derive(Debug)]
pub enum Local {
    /// A file to be sent.
    Source(PathBuf),
    /// A descriptor to be sent, and whether it is copied into the spool.
    SourceFd(OwnedFd, Option<bool>),
    /// A file to be received; `true`: it must not exist.
    Sink(PathBuf, bool),
    /// A descriptor to be received into.
    SinkFd(OwnedFd),
}

/// The result of work on a file.
type Answer<T> = oneshot::Receiver<Result<T, Failure>>;

impl Local {
    /// What it is called in failures.
    fn name(&self) -> String {
        match self {
            Self::Source(path) | Self::Sink(path, _) => path.display().to_string(),
            Self::SourceFd(..) | Self::SinkFd(_) => "the file that was passed".to_owned(),
        }
    }
}

/// A local file that is ready for its transfer.
#[derive(Debug)]
pub struct Ready {
    /// What has to stay open.
    pub open: Option<(OpenFile, Lane)>,
    /// Where it counts, if a caller passed it.
    pub slot: Option<Slot>,
    size: Option<u64>,
    rewindable: bool,
    key: Option<LocalKey>,
}

/// What makes local files ready.
#[derive(Clone, Debug)]
pub struct Preparation {
    /// The event loop, which waits for pipes.
    pub inbox: Inbox,
    /// The disk threads.
    pub disk: Disk,
    /// The spool.
    pub spool: Arc<Spool>,
}

/// How it goes on with a file.
enum Passed {
    /// It stays open.
    Open(OpenFile),
    /// It is opened again.
    Ready(Ready),
    Copy(Copying),
    Pipe(PipeReader),
}

impl Ready {
    /// Something that stays open.
    fn open(open: OpenFile, lane: Lane, slot: Option<Slot>) -> Self {
        let (size, rewindable) = open.extent();
        Self {
            open: Some((open, lane)),
            slot,
            size,
            rewindable,
            key: None,
        }
    }

    /// Something that is opened again.
    fn keyed(key: LocalKey, size: Option<u64>) -> Self {
        Self {
            open: None,
            slot: None,
            size,
            rewindable: true,
            key: Some(key),
        }
    }

    /// What the engine needs to know of it. `name` is its path, empty for a descriptor.
    pub fn describe(&self, handle: Handle, name: String) -> LocalFile {
        LocalFile {
            handle,
            name,
            size: self.size,
            rewindable: self.rewindable,
            key: self.key.clone(),
            content: None,
        }
    }
}

impl Preparation {
    /// Makes a local file ready for a transfer of this user. One that was passed counts in `slot` as
    /// long as it is open.
    ///
    /// # Errors
    /// Those of opening it; `QueueFull`: the spool has no room.
    pub async fn prepare(
        &self,
        local: Local,
        roots: Arc<Roots>,
        uid: u32,
        slot: Option<Slot>,
    ) -> Result<Ready, CallError> {
        let spool = Arc::clone(&self.spool);
        let lane = self.disk.lane(Owner::User(uid), local.name());
        let begun = slot.clone();
        let passed = lane.call(move || {
            // It counts as well when nobody waits any more.
            let _slot = begun;
            begin(local, &roots, &spool, uid)
        });
        match self.answered(passed).await? {
            Passed::Open(open) => Ok(Ready::open(open, lane, slot)),
            Passed::Ready(ready) => Ok(ready),
            Passed::Copy(mut copying) => {
                let copied = lane.call_in_steps(move || copying.step());
                let (name, size) = self.answered(copied).await?;
                Ok(Ready::keyed(FileKey::spooled(&name), Some(size)))
            }
            Passed::Pipe(pipe) => self.copy_pipe(pipe, lane, uid).await,
        }
    }

    /// Awaits work on a file. The event loop keeps its deadline.
    async fn answered<T>(&self, answer: Answer<T>) -> Result<T, CallError> {
        self.inbox.send(Message::DiskUsed);
        Ok(answer.await.map_err(|_| stopping())??)
    }

    /// Reads a pipe to its end.
    async fn copy_pipe(&self, pipe: PipeReader, lane: Lane, uid: u32) -> Result<Ready, CallError> {
        let spool = Arc::clone(&self.spool);
        let begun = lane.call(move || PipeCopy::new(pipe, &spool, uid));
        let mut copy = self.answered(begun).await?;
        loop {
            copy = match self.answered(lane.call(move || copy.step())).await? {
                PipeStep::Again(copy) => copy,
                PipeStep::Wait(copy, pipe) => {
                    let (reply, readable) = oneshot::channel();
                    self.inbox.send(Message::AwaitPipe(pipe, reply));
                    readable.await.map_err(|_| stopping())?;
                    copy
                }
                PipeStep::End(name, size) => {
                    return Ok(Ready::keyed(FileKey::spooled(&name), Some(size)));
                }
            };
        }
    }
}

fn begin(local: Local, roots: &Roots, spool: &Arc<Spool>, uid: u32) -> Result<Passed, Failure> {
    let not_text = || Failure::new(ErrorName::LocalDenied, "the path is not text");
    match local {
        Local::Source(path) => {
            let size = SourceFile::at_path(roots, &path, 0)?.size();
            let key = FileKey::source(0, &path).ok_or_else(not_text)?;
            Ok(Passed::Ready(Ready::keyed(key, Some(size))))
        }
        Local::Sink(path, fail_if_exists) => {
            SinkFile::check(roots, &path, fail_if_exists)?;
            let key = FileKey::sink(&path).ok_or_else(not_text)?;
            Ok(Passed::Ready(Ready::keyed(key, None)))
        }
        Local::SinkFd(fd) => Ok(Passed::Open(OpenFile::sink_from(fd, spool.ready()?)?)),
        Local::SourceFd(fd, spooled) => match (OpenFile::source_from(fd)?, spooled) {
            (OpenFile::Source(Source::Pipe(pipe)), Some(true)) => Ok(Passed::Pipe(pipe)),
            (OpenFile::Source(Source::File(file)), None | Some(true)) => {
                let file = Arc::into_inner(file).ok_or_else(not_text)?;
                let path = path_beneath_root(roots, &file);
                match path.and_then(|path| FileKey::source(file.base(), &path)) {
                    Some(key) => Ok(Passed::Ready(Ready::keyed(key, Some(file.size())))),
                    None => Ok(Passed::Copy(Copying::new(file, spool, uid)?)),
                }
            }
            (open, _) => Ok(Passed::Open(open)),
        },
    }
}
