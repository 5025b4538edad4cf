//! What every world must have put in order at its end: no plan of the scenario is left, nothing
//! strange went over the line, and no staging or backup name stays on the server or the local disk.

use std::time::Duration;

use modem_ftp_core::api::status::ModemState;
use virtual_bg96::module::Injection;

use super::World;

/// So long the daemon has to remove its names once nothing stands in its way any more.
const TIDY: Duration = Duration::from_secs(900);

/// Whether a path on the server ends like a staging name (`NAME.xxxxxxxx.part`) or a backup name
/// (`NAME.xxxxxxxx.prev`).
pub(super) fn is_ours(path: &str) -> bool {
    let stem = path.strip_suffix(".part").or(path.strip_suffix(".prev"));
    let tag = stem.and_then(|stem| stem.rsplit_once('.'));
    tag.is_some_and(|(_, tag)| tag.len() == 8 && tag.bytes().all(|b| b.is_ascii_hexdigit()))
}

impl World {
    /// Staging and backup names on the server.
    pub fn names_left(&self) -> Vec<String> {
        let mut paths = self.server.paths();
        paths.retain(|path| is_ours(path));
        paths
    }

    fn all_transfers_are_final(&self) -> bool {
        let mut all = self.seen.transfers.values().filter_map(|it| it.last());
        all.all(|status| status.state.is_final())
    }

    /// Checks that no name of ours stays on the server once it can be reached and every transfer
    /// has come to its end.
    fn check_names(&mut self) {
        let lost = self.seen.stopped || !self.line.open;
        if lost || self.left_behind.is_some() || !self.all_transfers_are_final() {
            return;
        }
        self.inject(Injection::ClearAll);
        self.server.set_latency(Duration::ZERO);
        self.server.set_frozen(false);
        let end = self.now + TIDY;
        while self.now < end && !self.names_left().is_empty() {
            self.wait(Duration::from_secs(5));
        }
        let left = self.names_left();
        let reached = self.line.open && self.state() == ModemState::Online;
        if !left.is_empty() && std::env::var_os("PAIR_DIALOGUE").is_some() {
            eprintln!("{}", self.seen.dialogue.join("\n"));
        }
        assert!(
            left.is_empty() || !reached,
            "left on the server: {left:?}, {}",
            self.dialogue()
        );
    }

    /// Checks that no sink that is closed, or whose transfer has come to its end, is staged.
    fn check_sinks(&mut self) {
        while self.shell.has_disk_jobs() {
            self.wait(Duration::from_secs(1));
        }
        let over = self.all_transfers_are_final();
        for handle in self.shell.files.sinks() {
            let staged = self.is_staged(handle) && (over || self.is_released(handle));
            assert!(!staged, "{handle:?} is left under its staging name");
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let (seed, test) = (self.seed, std::thread::current());
            let test = test.name().unwrap_or_default();
            eprintln!("{test}: the seed of this world was {seed}");
            return;
        }
        let left = self.plans.len();
        assert_eq!(left, 0, "plans never carried out, {}", self.dialogue());
        if !self.rough {
            let stray = self.seen.stray();
            assert!(
                stray.is_empty(),
                "on the line unasked: {stray:?}, {}",
                self.dialogue()
            );
        }
        self.check_names();
        self.check_sinks();
    }
}
