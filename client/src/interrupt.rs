//! Ctrl-C, SIGTERM and SIGHUP end the process with exit code 8.
//!
//! While a [`Guard`] exists, the first signal only requests a stop, so that the transfer can be
//! cancelled, and the second ends the process at once. In both cases the staging file of a download
//! is removed.

use std::future::poll_fn;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::{fs, process, thread};

use modem_ftp_dbus::errors::{ErrorName, exit};
use nix::sys::signal::{SigSet, Signal};

use crate::failure::Failure;

const SIGNALS: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];

/// A handle to the process's one stop request; clones share it.
#[derive(Clone)]
pub struct Interrupt(Arc<Mutex<StopState>>);

/// While it exists, the first signal requests a stop and does not end the process.
pub struct Guard(Interrupt);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.state().guarded = false;
    }
}

/// What is known of a stop request.
#[derive(Default)]
struct StopState {
    guarded: bool,
    requested: bool,
    /// The reason, if it was not a signal.
    cause: Option<Failure>,
    waker: Option<Waker>,
    /// The staging file to remove when the process ends.
    staging: Option<PathBuf>,
}

impl Interrupt {
    /// Blocks the signals for this thread and those started later, and handles them on a thread of
    /// its own. To be called before any other thread is started.
    ///
    /// A signal that is ignored when the program starts (`nohup`, a background job of a
    /// script) stays ignored.
    pub fn install() -> Result<Self, Failure> {
        let interrupt = Self(Arc::default());
        let ignored = ignored_signals();
        let signals: SigSet = SIGNALS
            .into_iter()
            .filter(|&s| ignored & (1 << (s as u32 - 1)) == 0)
            .collect();
        signals
            .thread_block()
            .map_err(|e| Failure::new(ErrorName::Failed, e.desc()))?;
        let handle = interrupt.clone();
        thread::spawn(move || {
            while signals.wait().is_ok() {
                handle.signal_arrived();
            }
        });
        Ok(interrupt)
    }

    /// As long as the guard exists, the first signal only requests a stop.
    #[must_use]
    pub fn guard(&self) -> Guard {
        self.state().guarded = true;
        Guard(self.clone())
    }

    /// Requests a stop without a signal: the transfer under way is cancelled, and the command ends
    /// with `failure`.
    pub fn request(&self, failure: Failure) {
        let mut state = self.state();
        state.cause.get_or_insert(failure);
        state.request();
    }

    /// The failure with which a command ends after a stop was requested.
    pub fn failure(&self) -> Failure {
        let interrupted = || Failure::new(ErrorName::Cancelled, "interrupted");
        self.state().cause.clone().unwrap_or_else(interrupted)
    }

    /// True once a stop was requested.
    pub fn is_requested(&self) -> bool {
        self.state().requested
    }

    /// Ready once a stop was requested.
    pub async fn requested(&self) {
        poll_fn(|context| {
            let mut state = self.state();
            if state.requested {
                return Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Sets the staging file that is removed when a signal ends the process; `None` when there is
    /// none any more.
    pub fn set_staging(&self, path: Option<PathBuf>) {
        self.state().staging = path;
    }

    fn signal_arrived(&self) {
        let mut state = self.state();
        if state.guarded && !state.requested {
            state.request();
            return;
        }
        // The lock is held until the process ends: no other staging file can be set meanwhile.
        if let Some(path) = state.staging.take() {
            let _ = fs::remove_file(path);
        }
        process::exit(exit::CANCELLED.into());
    }

    fn state(&self) -> MutexGuard<'_, StopState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StopState {
    fn request(&mut self) {
        self.requested = true;
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// The signals that were ignored when this process was started: bit n-1 for signal n (proc(5),
/// SigIgn).
fn ignored_signals() -> u64 {
    fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let mask = status
                .lines()
                .find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(mask.trim(), 16).ok()
        })
        .unwrap_or(0)
}
