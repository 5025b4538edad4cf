//! `org.example.ModemFtp` with scripted answers.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Seek as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use modem_ftp_dbus::names::{MODEM_PATH, transfer_path};
use modem_ftp_dbus::proxies::Attributes;
use zbus::object_server::SignalEmitter;
use zbus::{
    Fd, ObjectPath, ObjectServer, OwnedFd, OwnedObjectPath, OwnedVariant, Variant, interface,
};

use super::modem::Modem;
use super::transfer::Transfer;
use super::{Refusal, Script};

pub struct Front {
    script: Arc<Script>,
    number: AtomicU64,
}

impl Front {
    pub fn new(script: Arc<Script>) -> Self {
        Self {
            script,
            number: AtomicU64::new(0),
        }
    }

    async fn accept(
        &self,
        server: &ObjectServer,
        make: impl FnOnce(u64) -> Transfer,
    ) -> Result<OwnedObjectPath, Refusal> {
        let number = self.number.fetch_add(1, Ordering::SeqCst) + 1;
        let path = ObjectPath::try_from(transfer_path(number)).unwrap();
        server.at(&path, make(number)).await?;
        Ok(path.into())
    }
}

#[interface(name = "org.example.ModemFtp", introspection_docs = false)]
impl Front {
    #[zbus(out_args("transfer"))]
    async fn upload(
        &self,
        server: &str,
        local: &str,
        remote: &str,
        options: HashMap<String, Variant<'_>>,
        #[zbus(object_server)] objects: &ObjectServer,
    ) -> Result<OwnedObjectPath, Refusal> {
        self.script
            .called("Upload", &[server, local, remote, &words(&options)])?;
        let (script, file) = (self.script.clone(), File::open(local).unwrap());
        self.accept(objects, |n| {
            Transfer::upload(script, n, server, local, remote, file)
        })
        .await
    }

    #[zbus(out_args("transfer"))]
    async fn upload_fd(
        &self,
        server: &str,
        source: Fd<'_>,
        remote: &str,
        options: HashMap<String, Variant<'_>>,
        #[zbus(object_server)] objects: &ObjectServer,
    ) -> Result<OwnedObjectPath, Refusal> {
        self.script
            .called("UploadFd", &[server, remote, &words(&options)])?;
        let (script, mut file) = (self.script.clone(), file(source));
        if matches!(options.get("spool"), Some(Variant::Bool(true))) {
            file = spooled(file);
        }
        self.accept(objects, |n| {
            Transfer::upload(script, n, server, "", remote, file)
        })
        .await
    }

    #[zbus(out_args("transfer"))]
    async fn download(
        &self,
        server: &str,
        remote: &str,
        local: &str,
        options: HashMap<String, Variant<'_>>,
        #[zbus(object_server)] objects: &ObjectServer,
    ) -> Result<OwnedObjectPath, Refusal> {
        self.script
            .called("Download", &[server, remote, local, &words(&options)])?;
        let (script, file) = (self.script.clone(), File::create(local).unwrap());
        self.accept(objects, |n| {
            Transfer::download(script, n, server, local, remote, file)
        })
        .await
    }

    #[zbus(out_args("transfer"))]
    async fn download_fd(
        &self,
        server: &str,
        remote: &str,
        sink: Fd<'_>,
        options: HashMap<String, Variant<'_>>,
        #[zbus(object_server)] objects: &ObjectServer,
    ) -> Result<OwnedObjectPath, Refusal> {
        self.script
            .called("DownloadFd", &[server, remote, &words(&options)])?;
        let (script, file) = (self.script.clone(), file(sink));
        self.accept(objects, |n| {
            Transfer::download(script, n, server, "", remote, file)
        })
        .await
    }

    #[zbus(out_args("entries"))]
    async fn list(&self, server: &str, path: &str) -> Result<Vec<Attributes>, Refusal> {
        self.script.called("List", &[server, path])?;
        Ok(vec![
            entry([
                ("Name", Variant::from("zebra.csv")),
                ("Type", Variant::from("file")),
                ("Size", Variant::from(12_345u64)),
                ("Modified", Variant::from(1_714_567_890i64)),
                ("Perm", Variant::from("adfr")),
            ]),
            entry([
                ("Name", Variant::from("in")),
                ("Type", Variant::from("directory")),
            ]),
            entry([
                ("Name", Variant::from("bad\x1b[2J")),
                ("Type", Variant::from("other")),
            ]),
        ])
    }

    #[zbus(out_args("listing"))]
    async fn list_raw(&self, server: &str, path: &str) -> Result<Vec<u8>, Refusal> {
        self.script.called("ListRaw", &[server, path])?;
        Ok(b"-rw-r--r-- 1 x x 5 May 1 a\xff\x1b\r\n".into())
    }

    async fn list_fd(&self, server: &str, path: &str, sink: zbus::OwnedFd) -> Result<(), Refusal> {
        self.script.called("ListFd", &[server, path])?;
        let mut sink = std::fs::File::from(std::os::fd::OwnedFd::from(sink));
        let listing = b"-rw-r--r-- 1 x x 5 May 1 a\xff\x1b\r\n";
        std::io::Write::write_all(&mut sink, listing).unwrap();
        Ok(())
    }

    #[zbus(out_args("names"))]
    async fn list_names(&self, server: &str, path: &str) -> Result<Vec<String>, Refusal> {
        self.script.called("ListNames", &[server, path])?;
        Ok(vec!["b\n".into(), "a".into()])
    }

    #[zbus(out_args("attributes"))]
    async fn stat(&self, server: &str, path: &str) -> Result<Attributes, Refusal> {
        self.script.called("Stat", &[server, path])?;
        Ok(entry([
            ("Size", Variant::from(5u64)),
            ("Modified", Variant::from(1_714_567_890i64)),
        ]))
    }

    async fn delete(&self, server: &str, path: &str) -> Result<(), Refusal> {
        self.script.called("Delete", &[server, path])?;
        if self.script.is_unanswered("Delete") {
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    async fn rename(&self, server: &str, from: &str, to: &str) -> Result<(), Refusal> {
        self.script.called("Rename", &[server, from, to])
    }

    async fn make_directory(&self, server: &str, path: &str) -> Result<(), Refusal> {
        self.script.called("MakeDirectory", &[server, path])
    }

    async fn remove_directory(&self, server: &str, path: &str) -> Result<(), Refusal> {
        self.script.called("RemoveDirectory", &[server, path])
    }

    async fn change_directory(&self, server: &str, path: &str) -> Result<(), Refusal> {
        self.script.called("ChangeDirectory", &[server, path])
    }

    #[zbus(out_args("path"))]
    async fn working_directory(&self, server: &str) -> Result<String, Refusal> {
        self.script.called("WorkingDirectory", &[server])?;
        Ok("/readings".into())
    }

    async fn connect(
        &self,
        server: &str,
        #[zbus(object_server)] objects: &ObjectServer,
    ) -> Result<(), Refusal> {
        self.script.called("Connect", &[server])?;
        let modem = objects.interface::<_, Modem>(MODEM_PATH).await?;
        modem.get_mut().await.session = "idle".into();
        let emitter: &SignalEmitter<'_> = modem.signal_emitter();
        modem.get().await.session_changed(emitter).await?;
        Ok(())
    }

    async fn disconnect(&self) -> Result<(), Refusal> {
        self.script.called("Disconnect", &[])
    }

    /// The scripted receipts that the filter lets through, as the daemon pages them.
    #[zbus(out_args("receipts"))]
    async fn history(
        &self,
        filter: HashMap<String, Variant<'_>>,
    ) -> Result<Vec<Attributes>, Refusal> {
        self.script.called("History", &[&words(&filter)])?;
        Ok(self.script.receipts(&filter))
    }

    async fn reload(&self) -> Result<(), Refusal> {
        self.script.called("Reload", &[])
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn version(&self) -> &str {
        "1.2.3"
    }

    #[zbus(property)]
    fn servers(&self) -> Vec<String> {
        vec!["plant".into()]
    }

    #[zbus(property)]
    fn default_server(&self) -> &str {
        "plant"
    }

    #[zbus(property)]
    fn warnings(&self) -> Vec<String> {
        self.script.warnings.lock().unwrap().clone()
    }
}

fn file(fd: Fd<'_>) -> File {
    let owned = OwnedFd::from(fd.try_to_owned().unwrap());
    File::from(std::os::fd::OwnedFd::from(owned))
}

/// A copy of what is read from a file to its end.
fn spooled(mut from: File) -> File {
    let mut copy = tempfile::tempfile().unwrap();
    std::io::copy(&mut from, &mut copy).unwrap();
    copy.rewind().unwrap();
    copy
}

/// `key=value …`, sorted.
fn words(options: &HashMap<String, Variant<'_>>) -> String {
    let sorted: BTreeMap<_, _> = options.iter().collect();
    sorted
        .iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn entry<const N: usize>(pairs: [(&str, Variant<'static>); N]) -> Attributes {
    pairs
        .into_iter()
        .map(|(k, v)| (k.into(), OwnedVariant::try_from(v).unwrap()))
        .collect()
}
