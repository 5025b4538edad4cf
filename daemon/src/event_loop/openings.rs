//! [`Openings`]: local files that are being opened again by their keys, on the disk thread.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::{Handle, LocalKey};

use super::disk_jobs::DiskJobs;
use crate::files::{FileKey, Hashing, OpenFile, Roots, Source, SourceFile, Stamp};
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
    /// Number of the opening that was begun last for a file, until it is answered.
    pending: HashMap<Handle, u64>,
    last: u64,
    /// Hashes of what was opened last, so that another attempt does not compute them again.
    contents: HashMap<Handle, KnownContent>,
}

impl Openings {
    /// No openings. Paths are opened below `roots`.
    pub fn new(roots: Vec<PathBuf>, spool: Arc<Spool>, disk: DiskJobs) -> Self {
        Self {
            roots: Arc::new(Roots(roots)),
            spool,
            disk,
            pending: HashMap::new(),
            last: 0,
            contents: HashMap::new(),
        }
    }

    /// Replaces the roots.
    pub fn set_roots(&mut self, roots: Vec<PathBuf>) {
        self.roots = Arc::new(Roots(roots));
    }

    /// Opens a file; [`Message::Opened`] follows.
    pub fn begin(&mut self, handle: Handle, key: LocalKey) {
        self.last += 1;
        self.pending.insert(handle, self.last);
        let mut work = Work {
            key,
            roots: Arc::clone(&self.roots),
            spool: Arc::clone(&self.spool),
            known: self.contents.get(&handle).cloned(),
            hashing: None,
        };
        let opening = self.last;
        self.disk.run_in_steps(move || {
            let result = work.step()?;
            Some(Message::Opened(Box::new(FileOpened {
                handle,
                opening,
                result,
            })))
        });
    }

    /// Whether an opening is still wanted; to be called with its answer.
    pub fn end(&mut self, opened: &FileOpened) -> bool {
        let opening = self.pending.get(&opened.handle);
        if opening != Some(&opened.opening) {
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
            self.disk.run_silently(move || spool.remove(&name));
        }
    }
}

/// One opening, on the disk thread.
struct Work {
    key: LocalKey,
    roots: Arc<Roots>,
    spool: Arc<Spool>,
    known: Option<KnownContent>,
    hashing: Option<(Arc<SourceFile>, Hashing)>,
}

impl Work {
    /// Opens the file, or hashes some of it. `None`: there is more to hash.
    fn step(&mut self) -> Option<Result> {
        let Some((file, hashing)) = &mut self.hashing else {
            return self.open().transpose();
        };
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
