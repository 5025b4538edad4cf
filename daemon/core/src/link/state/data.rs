//! What is known of the module's data connections.

use std::collections::BTreeSet;

/// What is known of the module's data connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataConnections {
    /// The server of the session.
    pub server: String,
    /// Data connections in a row that could not be opened.
    pub failures: u32,
    /// The servers with which that happened since one was opened.
    pub failed_with: BTreeSet<String>,
    /// Data connections that worked, in all.
    pub successes: u64,
    /// Bytes that the module took of the last upload.
    pub moved: u64,
}

impl DataConnections {
    pub(in crate::link) fn worked(&mut self) {
        self.failures = 0;
        self.failed_with.clear();
        self.successes += 1;
    }

    pub(in crate::link) fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
        self.failed_with.insert(self.server.clone());
    }
}
