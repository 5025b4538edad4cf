//! [`SilentDisk`]: a file system (FUSE) that stops answering requests of a kind until it is told to go
//! on: what a dead NFS server, a failing disk or a malicious user's file system do to a program.

mod nodes;
mod wire;

use modem_ftp_tests::Error;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nodes::Nodes;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
pub use wire::Op;
use wire::Request;

const NONE: Option<&str> = None;
/// The longest request: a write of 128 KiB.
const LONGEST: usize = 256 * 1024;

/// The mounted file system. It has files of [`SilentDisk::SIZE`] bytes under every name that begins
/// with `file`, and what is made in it.
pub struct SilentDisk {
    target: PathBuf,
    shared: Arc<Mutex<Shared>>,
    device: File,
}

struct Shared {
    nodes: Nodes,
    /// What is not answered.
    silent: Vec<Op>,
    /// The only process that gets no answer; `None`: none does.
    process: Option<u32>,
    /// What was asked since.
    held: Vec<Request>,
}

impl SilentDisk {
    /// Bytes in a file.
    pub const SIZE: usize = 100_000;

    /// Mounts it in a mount namespace of this thread and of the processes that it starts from now
    /// on.
    pub fn mount(target: &Path) -> Result<Self, Error> {
        let missing = |what| move |error| Error::missing(format!("{what} ({error})"));
        let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
        unshare(CloneFlags::CLONE_NEWNS)
            .and_then(|()| mount(NONE, "/", NONE, private, NONE))
            .map_err(missing("root, to mount a file system"))?;
        std::fs::create_dir_all(target)?;
        let device = File::options()
            .read(true)
            .write(true)
            .open("/dev/fuse")
            .map_err(|error| Error::missing(format!("/dev/fuse ({error})")))?;
        let options = format!(
            "fd={},rootmode=40777,user_id=0,group_id=0,allow_other",
            device.as_raw_fd()
        );
        mount(
            Some("silent"),
            target,
            Some("fuse"),
            MsFlags::MS_NOSUID | MsFlags::MS_NODEV,
            Some(options.as_str()),
        )
        .map_err(missing("a kernel with FUSE"))?;
        let shared = Arc::new(Mutex::new(Shared {
            nodes: Nodes::new(Self::SIZE),
            silent: Vec::new(),
            process: None,
            held: Vec::new(),
        }));
        let (served, answering) = (device.try_clone()?, shared.clone());
        std::thread::spawn(move || serve(served, &answering));
        Ok(Self {
            target: target.to_owned(),
            shared,
            device,
        })
    }

    /// A file in it.
    pub fn path(&self, name: &str) -> String {
        self.target.join(name).to_str().unwrap().to_owned()
    }

    /// Does not answer these from now on, and everything that was held back is answered.
    pub fn silence(&self, ops: &[Op]) {
        let mut shared = self.shared.lock().unwrap();
        shared.silent = ops.to_vec();
        shared.process = None;
        for request in std::mem::take(&mut shared.held) {
            if let Some(answer) = shared.nodes.answer(&request) {
                (&self.device).write_all(&answer).unwrap_or_default();
            }
        }
    }

    /// Does not answer these from now on if this process asks.
    pub fn silence_for(&self, process: u32, ops: &[Op]) {
        let mut shared = self.shared.lock().unwrap();
        shared.silent = ops.to_vec();
        shared.process = Some(process);
    }

    /// Whether something waits for an answer, within a time.
    pub fn is_asked(&self) -> bool {
        modem_ftp_tests::within(Duration::from_secs(20), || self.asked() > 0)
    }

    /// How many requests wait for an answer.
    pub fn asked(&self) -> usize {
        self.shared.lock().unwrap().held.len()
    }
}

impl Drop for SilentDisk {
    fn drop(&mut self) {
        // Forced: every request that waits fails.
        let _ = umount2(&self.target, MntFlags::MNT_FORCE | MntFlags::MNT_DETACH);
    }
}

fn serve(mut device: File, shared: &Mutex<Shared>) {
    let mut buffer = vec![0; LONGEST];
    loop {
        let count = match device.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.raw_os_error() == Some(nix::libc::ENOENT) => continue,
            // Unmounted.
            Err(_) => return,
        };
        let request = Request::parse(&buffer[..count]);
        let mut shared = shared.lock().unwrap();
        let of_process = |id| Path::new(&format!("/proc/{id}/task/{}", request.thread)).exists();
        if shared.silent.contains(&request.op) && shared.process.is_none_or(of_process) {
            shared.held.push(request);
        } else if let Some(answer) = shared.nodes.answer(&request) {
            // An error means that the request was given up.
            let _ = device.write_all(&answer);
        }
    }
}
