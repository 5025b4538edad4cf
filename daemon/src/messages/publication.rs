//! [`Publication`]: what the event loop sends to the bus thread.

use std::sync::Arc;

use modem_ftp_core::api::status::{ModemStatus, TransferId, TransferStatus};

use super::message::ReplyTo;
use super::unsent::Answer;
use crate::files::Roots;

/// One thing for the bus thread to publish. An object exists before a reply names it, and a property
/// has changed before a reply that follows from it.
#[derive(Debug)]
pub enum Publication {
    /// The reply to a method call.
    Reply(ReplyTo, Box<Answer>),
    /// The properties of `Modem1`.
    Modem(Box<ModemStatus>),
    /// The properties of a transfer, which may be new.
    Transfer(Arc<TransferStatus>),
    /// A transfer that was forgotten; its object is removed.
    TransferRemoved(TransferId),
    /// The names of the configured servers, and the default one.
    Servers(Vec<String>, String),
    /// What an operator has to know, one sentence each.
    Warnings(Vec<String>),
    /// Everything that was stored is published: the bus name may be requested.
    Restored,
    /// The configured roots, below which paths in calls must lie.
    Roots(Arc<Roots>),
}
