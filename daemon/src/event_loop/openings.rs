//! [`Openings`]: local files that are being opened again by their keys.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::{Handle, LocalFile, LocalKey};
use modem_ftp_dbus::ErrorName;

use super::disk_jobs::DiskJobs;
use crate::files::{
    FileKey, Hashing, Lane, OpenFile, Owner, Roots, STEP, Source, SourceFile, Stamp,
};
use crate::messages::{FileOpened, Message};
use crate::spool::Spool;

/// The hash of a content that was computed before.
type KnownContent = (Stamp, String);
/// What an opening comes to.
type Result = std::result::Result<(OpenFile, Option<String>), Failure>;

/// The openings under way.
#[derive(Debug)]
pub struct Openings {
    roots: Arc<Roots>,
    spool: Arc<Spool>,
    disk: DiskJobs,
    /// The opening that was begun last for a file, until it is answered.
    pending: HashMap<Handle, Pending>,
    last: u64,
    /// Hashes of what was opened last, so that another attempt does not compute them again.
    contents: HashMap<Handle, KnownContent>,
    /// For the spool.
    own: Lane,
}

/// An opening that is not answered yet.
#[derive(Debug)]
struct Pending {
    number: u64,
    /// Set when nobody wants the file any more, so that the rest of it is not hashed.
    is_abandoned: Arc<AtomicBool>,
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.is_abandoned.store(true, Ordering::Relaxed);
    }
}

impl Openings {
    /// No openings. Paths are opened below `roots`.
    pub fn new(roots: Arc<Roots>, spool: Arc<Spool>, disk: DiskJobs) -> Self {
        Self {
            roots,
            spool,
            own: disk.lane(Owner::Daemon, "the spool"),
            disk,
            pending: HashMap::new(),
            last: 0,
            contents: HashMap::new(),
        }
    }

    /// Replaces the roots.
    pub fn set_roots(&mut self, roots: Arc<Roots>) {
        self.roots = roots;
    }

    /// Opens a file of a user; [`Message::Opened`] follows. Each opening has a lane of its own: what
    /// an earlier one waits for holds up nothing.
    pub fn begin(&mut self, handle: Handle, key: LocalKey, uid: u32) {
        self.last += 1;
        let is_abandoned = Arc::new(AtomicBool::default());
        let pending = Pending {
            number: self.last,
            is_abandoned: Arc::clone(&is_abandoned),
        };
        self.pending.insert(handle, pending);
        let lane = self.disk.lane(Owner::User(uid), FileKey::name(&key));
        let mut work = Work {
            key,
            roots: Arc::clone(&self.roots),
            spool: Arc::clone(&self.spool),
            known: self.contents.get(&handle).cloned(),
            hashing: None,
            is_abandoned,
        };
        let (opening, of_file) = (self.last, lane.clone());
        let message = move |result| {
            Message::Opened(Box::new(FileOpened {
                handle,
                opening,
                lane: of_file,
                result,
            }))
        };
        let step = move || work.step();
        self.disk.run_in_steps(&lane, STEP, step, message);
    }

    /// Whether an opening is still wanted; to be called with its answer.
    pub fn end(&mut self, opened: &FileOpened) -> bool {
        let pending = self.pending.get(&opened.handle);
        if pending.is_none_or(|pending| pending.number != opened.opening) {
            return false;
        }
        self.pending.remove(&opened.handle);
        if let Ok((OpenFile::Source(Source::File(file)), Some(content))) = &opened.result {
            let known = (file.stamp(), content.clone());
            self.contents.insert(opened.handle, known);
        }
        true
    }

    /// The file is not wanted any more.
    pub fn abandon(&mut self, handle: Handle) {
        self.pending.remove(&handle);
    }

    /// The transfer is over: removes what was kept for its key.
    pub fn release(&mut self, handle: Handle, key: Option<&LocalKey>) {
        self.pending.remove(&handle);
        self.contents.remove(&handle);
        if let Some(Ok(FileKey::Spooled(name))) = key.map(FileKey::parse) {
            let spool = Arc::clone(&self.spool);
            self.own.run_silently(move || spool.remove(&name));
        }
    }
}

/// One opening, on a disk thread.
struct Work {
    key: LocalKey,
    roots: Arc<Roots>,
    spool: Arc<Spool>,
    known: Option<KnownContent>,
    hashing: Option<(Arc<SourceFile>, Hashing)>,
    is_abandoned: Arc<AtomicBool>,
}

impl Work {
    /// Opens the file, or hashes some of it. `None`: there is more to hash.
    fn step(&mut self) -> Option<Result> {
        let Some((file, hashing)) = &mut self.hashing else {
            return self.open().transpose();
        };
        if self.is_abandoned.load(Ordering::Relaxed) {
            let text = format!("{}: is not wanted any more", file.name());
            return Some(Err(Failure::new(ErrorName::Cancelled, text)));
        }
        let content = hashing.step()?;
        let file = OpenFile::Source(Source::File(Arc::clone(file)));
        Some(content.map(|content| (file, Some(content))))
    }

    fn open(&mut self) -> std::result::Result<Option<(OpenFile, Option<String>)>, Failure> {
        let file = match FileKey::parse(&self.key)? {
            FileKey::Sink(path) => {
                let sink = OpenFile::sink_at(&self.roots, &path)?;
                return Ok(Some((sink, None)));
            }
            FileKey::Source(base, path) => SourceFile::at_path(&self.roots, &path, base)?,
            FileKey::Spooled(name) => {
                let (file, path) = self.spool.open(&name)?;
                SourceFile::reopened(file, &path, 0)?
            }
        };
        let known = self.known.take();
        if let Some((_, content)) = known.filter(|(stamp, _)| *stamp == file.stamp()) {
            return Ok(Some((OpenFile::source(file), Some(content))));
        }
        let file = Arc::new(file);
        self.hashing = Some((Arc::clone(&file), Hashing::new(file)));
        Ok(None)
    }
}

/// The file of a download that is still open from an earlier attempt.
pub fn reopened(handle: Handle) -> LocalFile {
    LocalFile {
        handle,
        name: String::new(),
        size: None,
        rewindable: true,
        key: None,
        content: None,
    }
}
