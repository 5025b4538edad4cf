//! [`Found`]: what the store thread found on the disk.

use modem_ftp_core::api::fact::Stored;

/// What was found when the store was opened.
#[derive(Debug, Default)]
pub struct Found {
    /// What was stored.
    pub stored: Stored,
    /// What an operator has to know, one sentence each.
    pub warnings: Vec<String>,
    /// How a database that could not be used is called now, without `queue.db.`.
    pub set_aside: Option<String>,
    /// Whether the database can be used.
    pub is_usable: bool,
}
