//! [`Directories`]: which callers have set a working directory, so that those that have left the bus
//! are forgotten. The bus is asked when another caller sets one: what is kept of callers that have left
//! stays bounded.

use std::collections::BTreeSet;

use modem_ftp_core::api::request::{CallerId, Request};
use zbus::Connection;

use super::caller;
use super::requests::Requests;
use super::shared::Shared;

/// The callers that have set a working directory.
#[derive(Clone, Default)]
pub struct Directories(Shared<BTreeSet<CallerId>>);

impl Directories {
    /// A caller has set its working directory: the engine has it.
    pub fn add(&self, caller: CallerId) {
        self.0.change(|callers| callers.insert(caller));
    }

    /// Forgets the working directories of all callers that have left the bus. Unique names are not
    /// given out twice, so none of them can come back.
    pub async fn forget_gone(&self, connection: &Connection, requests: &Requests) {
        for caller in self.0.read(Clone::clone) {
            if caller::is_connected(connection, &caller).await {
                continue;
            }
            if self.0.change(|callers| callers.remove(&caller))
                && let Err(error) = requests.ask(Request::Gone(caller)).await
            {
                tracing::debug!("a caller could not be forgotten: {error:?}");
            }
        }
    }
}
