//! [`ModuleCall`]: a call that needs the module and no network.

use std::time::Duration;

use crate::api::request::Ticket;
use crate::api::secret::Secret;

/// A call that needs the module and no network.
#[derive(Debug)]
pub struct ModuleCall {
    /// Who waits for the reply.
    pub ticket: Ticket,
    /// What to do.
    pub work: ModuleWork,
}

/// What such a call wants done.
#[derive(Debug)]
pub enum ModuleWork {
    /// Restart the module.
    Reset,
    /// Send a raw AT line, and wait so long for its final result.
    Raw(Secret, Duration),
}
