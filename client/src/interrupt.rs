//! Ctrl-C, SIGTERM and SIGHUP: a chance to stop cleanly, then the end.
//!
//! Unless something is guarded, the first signal ends the process with exit code 8.
//! While a transfer is guarded the first signal only asks, and the second ends the
//! process at once. A half-fetched file never outlives either.

use std::future::poll_fn;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::{fs, process, thread};

use modem_ftp_dbus::errors::{ErrorName, exit};
use nix::sys::signal::{SigSet, Signal};

use crate::failure::Failure;

const SIGNALS: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];

/// The handle; clones are the same.
#[derive(Clone)]
pub struct Interrupt(Arc<Mutex<State>>);

/// Something is under way that wants to be stopped, not cut off.
pub struct Guard(Interrupt);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.state().guarded = false;
    }
}

#[derive(Default)]
struct State {
    guarded: bool,
    requested: bool,
    /// Why, if it was not a signal.
    cause: Option<Failure>,
    waker: Option<Waker>,
    /// The temporary file to remove on the way out.
    unfinished: Option<PathBuf>,
}

impl Interrupt {
    /// Takes the signals over, for this thread and those started later: call it first.
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
                handle.arrived();
            }
        });
        Ok(interrupt)
    }

    /// As long as the guard lives, the first signal only asks.
    #[must_use]
    pub fn guard(&self) -> Guard {
        self.state().guarded = true;
        Guard(self.clone())
    }

    /// Asks to stop for a reason of our own: the transfer under way is cancelled, and `failure`
    /// is what the command ends with.
    pub fn request(&self, failure: Failure) {
        let mut state = self.state();
        state.cause.get_or_insert(failure);
        state.ask();
    }

    /// What a command that was asked to stop ends with.
    pub fn failure(&self) -> Failure {
        let interrupted = || Failure::new(ErrorName::Cancelled, "interrupted");
        self.state().cause.clone().unwrap_or_else(interrupted)
    }

    /// True once something asked to stop.
    pub fn is_requested(&self) -> bool {
        self.state().requested
    }

    /// Ready once something asked to stop.
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

    /// Names the temporary file a sudden end has to remove; `None` when there is none any more.
    pub fn set_unfinished(&self, path: Option<PathBuf>) {
        self.state().unfinished = path;
    }

    fn arrived(&self) {
        let mut state = self.state();
        if state.guarded && !state.requested {
            state.ask();
            return;
        }
        // The lock is held to the end: nobody may name another temporary file now.
        if let Some(path) = state.unfinished.take() {
            let _ = fs::remove_file(path);
        }
        process::exit(exit::CANCELLED.into());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn ask(&mut self) {
        self.requested = true;
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// The signals this process was started with as ignored, bit n-1 for signal n (proc(5), SigIgn).
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
