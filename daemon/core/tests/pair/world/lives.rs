//! What happens beside the requests: the daemon is killed and started again, another client changes
//! the server.

use std::time::Duration;

use modem_ftp_core::engine::Engine;
use virtual_bg96::remote::{self, Remote};

use super::shell::Shell;
use super::{Chance, DiskPlan, World};

impl World {
    /// The daemon was killed, and another one opens the port.
    pub fn restart_daemon(&mut self) {
        self.kill_daemon();
        self.open_line();
    }

    /// The daemon is killed: nothing is left of it but what its store and its disk hold. Another one
    /// is there at once, without a port.
    pub fn kill_daemon(&mut self) {
        self.line.close();
        let settings = self.settings.clone();
        self.store.kill();
        let shell = Shell::new(self.now, DiskPlan::default(), Chance::new(self.seed));
        let files = std::mem::replace(&mut self.shell, shell).files;
        self.shell.files = files.after_a_kill();
        self.seen.modem.clear();
        self.seen.transfers.clear();
        self.seen.removed.clear();
        self.seen.stopped = false;
        self.engine = Engine::new(self.now(), settings, 0xD1CE);
        self.engine.restore(self.now(), self.store.stored());
    }

    /// Another client renames a file on the server.
    pub fn rename_on_server(&mut self, from: &str, to: &str) {
        let (from, to) = (from.as_bytes().to_vec(), to.as_bytes().to_vec());
        let mut other = self.server.connect();
        other.request(
            self.now,
            remote::Request::Command(remote::FtpCommand::Rename(from, to)),
        );
        let event = other.poll(self.now + Duration::from_secs(3600));
        let response = event.expect("a response").response;
        assert!(
            matches!(response, remote::Response::Replied(Ok(_))),
            "{response:?}"
        );
    }
}
