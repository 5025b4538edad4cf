//! [`Shown`]: the status of a transfer, which the shell shows as it was handed out: the two share one
//! copy until the next change.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use crate::api::status::TransferStatus;

/// A status that is copied when it changes while somebody else still has it.
#[derive(Debug)]
pub struct Shown(Arc<TransferStatus>);

impl Shown {
    /// What is shown from now on.
    pub fn share(&self) -> Arc<TransferStatus> {
        Arc::clone(&self.0)
    }
}

impl From<TransferStatus> for Shown {
    fn from(status: TransferStatus) -> Self {
        Self(Arc::new(status))
    }
}

impl Deref for Shown {
    type Target = TransferStatus;

    fn deref(&self) -> &TransferStatus {
        &self.0
    }
}

impl DerefMut for Shown {
    fn deref_mut(&mut self) -> &mut TransferStatus {
        Arc::make_mut(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::status::{Direction, TransferId, TransferState};

    #[test]
    fn what_was_handed_out_does_not_change() {
        let mut shown = Shown::from(TransferStatus {
            id: TransferId(1),
            direction: Direction::Upload,
            server: "plant".into(),
            local: String::new(),
            remote: "a".into(),
            uid: 0,
            state: TransferState::Queued,
            error: None,
            size: None,
            transferred: 0,
            attempts: 0,
            created: 1,
            started: 0,
            finished: 0,
        });
        let before = shown.share();
        shown.attempts = 1;
        assert_eq!((before.attempts, shown.share().attempts), (0, 1));
    }
}
