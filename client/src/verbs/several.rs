//! One command for several files: what fails of one does not keep the others.

use modem_ftp_dbus::errors::exit;

use crate::failure::Failure;
use crate::output::Output;

/// Counts the failures, says each at once, and gives the last word.
pub struct Several<'a> {
    output: &'a Output,
    total: usize,
    failed: usize,
    first: Option<Failure>,
}

impl<'a> Several<'a> {
    /// For `total` files.
    pub fn new(output: &'a Output, total: usize) -> Self {
        Self {
            output,
            total,
            failed: 0,
            first: None,
        }
    }

    /// One has failed.
    ///
    /// # Errors
    /// `failure` itself when it is the only one's, or no file's own fault (no daemon, no
    /// network, no login): going on would only say it again.
    pub fn failed(&mut self, failure: Failure) -> Result<(), Failure> {
        if self.total == 1 || !matches!(failure.exit, exit::REMOTE | exit::LOCAL) {
            return Err(failure);
        }
        self.output.failure(&failure);
        self.failed += 1;
        self.first.get_or_insert(failure);
        Ok(())
    }

    /// All were tried.
    ///
    /// # Errors
    /// How many failed, with the exit code of the first.
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
