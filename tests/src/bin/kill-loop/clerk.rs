//! [`Clerk`]: queues transfers of every kind.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use modem_ftp_dbus::proxies::Options;
use modem_ftp_tests::{Error, Random, Scratch};
use zbus::Variant;

use crate::answer::Answer;
use crate::client::Client;
use crate::content::content;
use crate::folders;
use crate::model::{Request, Shared, Way};
use crate::setup::Setup;

/// Queues one transfer after the other.
pub struct Clerk {
    client: Client,
    model: Shared,
    random: Random,
    /// So many transfers that have not ended are enough.
    open: usize,
    root: PathBuf,
    scratch: Scratch,
}

impl Clerk {
    /// Connects to the bus.
    pub fn new(setup: &Setup, model: Shared, random: Random, open: usize) -> Result<Self, Error> {
        Ok(Self {
            client: Client::new(setup.bus.address())?,
            model,
            random,
            open,
            root: setup.daemon.root(),
            scratch: Scratch::new()?,
        })
    }

    /// Queues a transfer, if few are queued.
    pub fn step(&mut self) {
        thread::sleep(Duration::from_millis(self.random.below(400) as u64));
        if self.model.lock().open >= self.open {
            return;
        }
        let (index, request) = self.request();
        let answer = match self.queue(index, &request) {
            Ok(answer) => answer,
            Err(error) => return self.model.lock().fault(format!("cannot queue: {error}")),
        };
        let mut model = self.model.lock();
        model.open += 1;
        match answer {
            Answer::Done(number) => {
                model.count("queued");
                if model.numbers.insert(number, index).is_some() {
                    model.counts.doubled += 1;
                    model.fault(format!("number {number} was given out twice"));
                }
            }
            Answer::Refused(name, text) => {
                model.count(&format!("refused with {name}"));
                model.refused.insert(index, format!("{name}: {text}"));
            }
            Answer::Unknown => {
                model.counts.unanswered += 1;
                // The daemon is not there.
                drop(model);
                thread::sleep(Duration::from_millis(50));
            }
        }
    }

    /// A request of a random kind, and its index in the model.
    fn request(&mut self) -> (usize, Request) {
        let mut model = self.model.lock();
        let way = match self.random.below(10) {
            0..=2 => Way::Path,
            3..=4 => Way::Descriptor,
            5 => Way::Streamed,
            6 => Way::Spooled,
            _ => Way::Download,
        };
        let index = model.requests.len();
        let request = if way == Way::Download {
            let source = self.random.below(folders::DOWNLOADED);
            Request {
                way,
                remote: folders::downloaded(source),
                size: folders::downloaded_size(source),
                local: format!("down-{index}"),
            }
        } else {
            let remote = match self.random.below(2) {
                0 => folders::replaced(self.random.below(folders::REPLACED)),
                _ => format!("new-{index}"),
            };
            Request {
                way,
                remote,
                size: model.size(&mut self.random),
                local: format!("up-{index}"),
            }
        };
        model.requests.push(request.clone());
        (index, request)
    }

    fn queue(&mut self, index: usize, request: &Request) -> std::io::Result<Answer<u64>> {
        let mut options = Options::new();
        let rarely = |random: &mut Random| random.below(8) == 0;
        let is_pipe = matches!(request.way, Way::Streamed | Way::Spooled);
        if !is_pipe && rarely(&mut self.random) {
            options.insert("verify", Variant::from("content"));
        } else if rarely(&mut self.random) {
            options.insert("via", Variant::from("ufs"));
        } else if rarely(&mut self.random) {
            options.insert("if-exists", Variant::from("resume"));
        }
        let local = self.root.join(&request.local);
        let local = local.to_string_lossy();
        let remote = &request.remote;
        Ok(match request.way {
            Way::Path => {
                fs::write(&*local, content(request.size))?;
                self.client.upload(&local, remote, &options)
            }
            Way::Descriptor => {
                // The daemon has the only name of it, if any.
                let file = self.scratch.join(format!("file-{index}"));
                fs::write(&file, content(request.size))?;
                let opened = File::open(&file)?;
                fs::remove_file(&file)?;
                self.client
                    .upload_fd(OwnedFd::from(opened), remote, &options)
            }
            Way::Streamed | Way::Spooled => {
                options.insert("spool", Variant::from(request.way == Way::Spooled));
                let (reader, mut writer) = std::io::pipe()?;
                let bytes = content(request.size);
                thread::spawn(move || {
                    // An error means that the daemon does not read any more.
                    let _ = writer.write_all(&bytes);
                });
                self.client
                    .upload_fd(OwnedFd::from(reader), remote, &options)
            }
            Way::Download => self.client.download(remote, &local, &options),
        })
    }
}
