//! `org.example.ModemFtp.Transfer1`: what it does depends on the first word of its remote name.
//!
//! * `hold`: stops after 250 bytes until it is cancelled
//! * `stuck`: the same, and `Cancel` never replies
//! * `late`: the same, but it is done although it was cancelled
//! * `fail`: transfers two bytes, then fails with RemoteFull
//! * `module`: stays queued until the module is online or it is cancelled
//! * `vanish`: the daemon goes away
//! * anything else: is transferred completely
//!
//! Everything happens inside `Wait`, so that the caller has seen the initial state.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex};

use event_listener::Event;
use modem_ftp_dbus::names::SIZE_UNKNOWN;
use zbus::interface;
use zbus::object_server::SignalEmitter;

use super::{Refusal, Script};

pub struct Transfer {
    script: Arc<Script>,
    number: u64,
    direction: &'static str,
    server: String,
    local: String,
    remote: String,
    now: Mutex<Now>,
    is_cancelled: Mutex<bool>,
    cancelled: Event,
}

struct Now {
    file: Option<File>,
    state: &'static str,
    error: (String, String),
    size: u64,
    transferred: u64,
}

impl Transfer {
    pub fn upload(
        script: Arc<Script>,
        number: u64,
        server: &str,
        local: &str,
        remote: &str,
        file: File,
    ) -> Self {
        let found = file.metadata().unwrap();
        let size = if found.is_file() {
            found.len()
        } else {
            SIZE_UNKNOWN
        };
        Self::new(script, number, "upload", server, local, remote, file, size)
    }

    pub fn download(
        script: Arc<Script>,
        number: u64,
        server: &str,
        local: &str,
        remote: &str,
        file: File,
    ) -> Self {
        let size = script
            .file(remote)
            .map_or(SIZE_UNKNOWN, |content| content.len() as u64);
        Self::new(
            script, number, "download", server, local, remote, file, size,
        )
    }

    #[allow(clippy::too_many_arguments, reason = "it has that many properties")]
    fn new(
        script: Arc<Script>,
        number: u64,
        direction: &'static str,
        server: &str,
        local: &str,
        remote: &str,
        file: File,
        size: u64,
    ) -> Self {
        let now = Now {
            file: Some(file),
            state: "queued",
            error: Default::default(),
            size,
            transferred: 0,
        };
        Self {
            script,
            number,
            direction,
            server: server.into(),
            local: local.into(),
            remote: remote.into(),
            now: Mutex::new(now),
            is_cancelled: Mutex::new(false),
            cancelled: Event::new(),
        }
    }

    /// Transfers the first `part` bytes, or all.
    fn copy(&self, part: Option<usize>) {
        let mut now = self.now.lock().unwrap();
        let mut file = now.file.take().expect("copied once");
        let mut content = self.script.file(&self.remote).unwrap_or_default();
        if self.direction == "upload" {
            content.clear();
            file.read_to_end(&mut content).unwrap();
            self.script.set_file(&self.remote, &content);
        } else {
            content.truncate(part.unwrap_or(content.len()));
            // A reader that has closed its pipe is not an error of the daemon.
            let _ = file.write_all(&content);
        }
        now.transferred = content.len() as u64;
    }

    fn end(&self, state: &'static str) -> (String, (String, String)) {
        let mut now = self.now.lock().unwrap();
        now.state = state;
        now.file = None;
        (state.into(), now.error.clone())
    }

    fn set(&self, state: &'static str, transferred: u64) {
        let mut now = self.now.lock().unwrap();
        now.state = state;
        now.transferred = transferred;
    }

    fn does(&self, word: &str) -> bool {
        self.remote.starts_with(word)
    }
}

#[interface(name = "org.example.ModemFtp.Transfer1", introspection_docs = false)]
impl Transfer {
    async fn cancel(&self) -> Result<(), Refusal> {
        self.script.called("Cancel", &[&self.number.to_string()])?;
        if self.does("stuck") {
            std::future::pending::<()>().await;
        }
        *self.is_cancelled.lock().unwrap() = true;
        self.cancelled.notify(usize::MAX);
        if self.does("late") {
            let name = "org.example.ModemFtp.Error.WrongState".into();
            return Err(Refusal(name, "it has ended".into()));
        }
        Ok(())
    }

    async fn pause(&self) -> Result<(), Refusal> {
        self.script.called("Pause", &[&self.number.to_string()])
    }

    async fn resume(&self) -> Result<(), Refusal> {
        self.script.called("Resume", &[&self.number.to_string()])
    }

    async fn retry(&self) -> Result<(), Refusal> {
        self.script.called("Retry", &[&self.number.to_string()])
    }

    async fn forget(&self) -> Result<(), Refusal> {
        self.script.called("Forget", &[&self.number.to_string()])
    }

    #[zbus(out_args("state", "error"))]
    async fn wait(
        &self,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> Result<(String, (String, String)), Refusal> {
        let stop = self.cancelled.listen();
        if self.does("module") {
            let online = self.script.online.listen();
            self.script.called("Wait", &[&self.number.to_string()])?;
            if *self.is_cancelled.lock().unwrap() {
                return Ok(self.end("cancelled"));
            }
            let cancelled = async {
                stop.await;
                true
            };
            let available = async {
                if self.script.module().0 != "online" {
                    online.await;
                }
                false
            };
            if futures_lite::future::or(cancelled, available).await {
                return Ok(self.end("cancelled"));
            }
            self.copy(None);
            return Ok(self.end("done"));
        }
        self.set("active", 250);
        self.state_changed(&emitter).await?;
        self.transferred_changed(&emitter).await?;
        self.script.called("Wait", &[&self.number.to_string()])?;
        if self.does("hold") || self.does("stuck") {
            stop.await;
            return Ok(self.end("cancelled"));
        }
        if self.does("vanish") {
            self.script.stop.notify(usize::MAX);
            std::future::pending::<()>().await;
        }
        if self.does("late") {
            stop.await;
        }
        if self.does("fail") {
            self.copy(Some(2));
            let name = "org.example.ModemFtp.Error.RemoteFull".into();
            self.now.lock().unwrap().error =
                (name, "QFTPPUT: 452 no space\x1b (server said 452)".into());
            return Ok(self.end("failed"));
        }
        self.copy(None);
        self.transferred_changed(&emitter).await?;
        Ok(self.end("done"))
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn direction(&self) -> &str {
        self.direction
    }
    #[zbus(property(emits_changed_signal = "const"))]
    fn server(&self) -> &str {
        &self.server
    }
    #[zbus(property(emits_changed_signal = "const"))]
    fn local(&self) -> &str {
        &self.local
    }
    #[zbus(property(emits_changed_signal = "const"))]
    fn remote(&self) -> &str {
        &self.remote
    }
    #[zbus(property(emits_changed_signal = "const"))]
    fn user_id(&self) -> u32 {
        1000
    }
    #[zbus(property)]
    fn state(&self) -> &str {
        self.now.lock().unwrap().state
    }
    #[zbus(property)]
    fn error(&self) -> (String, String) {
        self.now.lock().unwrap().error.clone()
    }
    #[zbus(property)]
    fn size(&self) -> u64 {
        self.now.lock().unwrap().size
    }
    #[zbus(property)]
    fn transferred(&self) -> u64 {
        self.now.lock().unwrap().transferred
    }
    #[zbus(property)]
    fn attempts(&self) -> u32 {
        1
    }
    #[zbus(property(emits_changed_signal = "const"))]
    fn created(&self) -> i64 {
        1_714_567_890
    }
    #[zbus(property)]
    fn started(&self) -> i64 {
        1_714_567_891
    }
    #[zbus(property)]
    fn finished(&self) -> i64 {
        0
    }
}
