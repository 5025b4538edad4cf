//! [`Shared`]: a value that several objects on the bus read and the publisher replaces.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use modem_ftp_core::api::status::{TransferId, TransferStatus};

/// The statuses of all transfers.
pub type Statuses = Shared<BTreeMap<TransferId, Arc<TransferStatus>>>;

/// A shared value. Clones refer to the same value.
#[derive(Debug, Default)]
pub struct Shared<T>(Arc<Mutex<T>>);

impl<T> Shared<T> {
    /// Shares a value.
    pub fn new(value: T) -> Self {
        Self(Arc::new(Mutex::new(value)))
    }

    /// Reads the value. It is locked while `read` runs.
    pub fn read<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the value. It is locked while `change` runs.
    pub fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the value and returns the old one.
    pub fn replace(&self, value: T) -> T {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *shared, value)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
