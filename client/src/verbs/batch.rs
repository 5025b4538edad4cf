//! One command for several files or transfers: the failure of one does not stop the others.

use modem_ftp_dbus::errors::exit;

use crate::failure::Failure;
use crate::output::Output;

/// Prints each failure at once, and counts them for the failure of the whole command.
pub struct Batch<'a> {
    output: &'a Output,
    total: usize,
    failed: usize,
    first: Option<Failure>,
}

impl<'a> Batch<'a> {
    /// A batch of `total` files.
    pub fn new(output: &'a Output, total: usize) -> Self {
        Self {
            output,
            total,
            failed: 0,
            first: None,
        }
    }

    /// Counts a file that has failed.
    ///
    /// # Errors
    /// `failure` itself if there is only one file, or if the other files would fail for the same
    /// reason (no daemon, no network, no login).
    pub fn failed(&mut self, failure: Failure) -> Result<(), Failure> {
        let alone = matches!(failure.exit, exit::REMOTE | exit::LOCAL | exit::USAGE);
        if self.total == 1 || !alone {
            return Err(failure);
        }
        self.record(failure);
        Ok(())
    }

    /// Counts a failure of which the others are independent, whatever it is.
    pub fn record(&mut self, failure: Failure) {
        self.output.failure(&failure);
        self.failed += 1;
        self.first.get_or_insert(failure);
    }

    /// Ends the batch after all files were tried.
    ///
    /// # Errors
    /// The number of failures, with the exit code of the first.
    pub fn end(self) -> Result<(), Failure> {
        let Some(first) = self.first else {
            return Ok(());
        };
        Err(Failure {
            text: format!("{} of {} failed", self.failed, self.total),
            ..first
        })
    }
}
