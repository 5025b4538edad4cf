//! `org.example.ModemFtp.Transfer1`.

use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, Request};
use modem_ftp_core::api::status::{TransferId, TransferStatus};
use zbus::message::Header;
use zbus::{Connection, interface};

use super::error::CallError;
use super::requests::{Requests, unexpected};
use super::shared::Shared;
use super::{caller, properties};

type Result<T> = std::result::Result<T, CallError>;

/// A transfer's object.
pub struct Transfer {
    id: TransferId,
    requests: Requests,
    status: Shared<TransferStatus>,
}

impl Transfer {
    /// A transfer whose properties are read from `status`.
    pub fn new(id: TransferId, requests: Requests, status: Shared<TransferStatus>) -> Self {
        Self {
            id,
            requests,
            status,
        }
    }

    async fn act(
        &self,
        action: Action,
        connection: &Connection,
        header: &Header<'_>,
    ) -> Result<Reply> {
        let uid = caller::uid(connection, header).await?;
        let id = self.id;
        self.requests
            .ask(Request::Transfer { id, action, uid })
            .await
    }

    fn property<T>(&self, field: impl Fn(&TransferStatus) -> T) -> T {
        self.status.read(field)
    }
}

#[interface(name = "org.example.ModemFtp.Transfer1", introspection_docs = false)]
impl Transfer {
    async fn cancel(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<()> {
        self.act(Action::Cancel, connection, &header)
            .await
            .map(drop)
    }

    async fn pause(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<()> {
        self.act(Action::Pause, connection, &header).await.map(drop)
    }

    async fn resume(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<()> {
        self.act(Action::Resume, connection, &header)
            .await
            .map(drop)
    }

    async fn retry(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<()> {
        self.act(Action::Retry, connection, &header).await.map(drop)
    }

    #[zbus(out_args("state", "error"))]
    async fn wait(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(String, (String, String))> {
        match self.act(Action::Wait, connection, &header).await? {
            Reply::Ended(state, error) => {
                Ok((state.as_str().to_owned(), error.unwrap_or_default()))
            }
            _ => Err(unexpected()),
        }
    }

    async fn forget(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<()> {
        self.act(Action::Forget, connection, &header)
            .await
            .map(drop)
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn direction(&self) -> String {
        self.property(|status| status.direction.as_str().to_owned())
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn server(&self) -> String {
        self.property(|status| status.server.clone())
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn local(&self) -> String {
        self.property(|status| status.local.clone())
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn remote(&self) -> String {
        self.property(|status| status.remote.clone())
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn user_id(&self) -> u32 {
        self.property(|status| status.uid)
    }

    #[zbus(property)]
    fn state(&self) -> String {
        self.property(|status| status.state.as_str().to_owned())
    }

    #[zbus(property)]
    fn error(&self) -> (String, String) {
        self.property(properties::error)
    }

    #[zbus(property)]
    fn size(&self) -> u64 {
        self.property(properties::size)
    }

    #[zbus(property)]
    fn transferred(&self) -> u64 {
        self.property(|status| status.transferred)
    }

    #[zbus(property)]
    fn attempts(&self) -> u32 {
        self.property(|status| status.attempts)
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn created(&self) -> i64 {
        self.property(|status| status.created)
    }

    #[zbus(property)]
    fn started(&self) -> i64 {
        self.property(|status| status.started)
    }

    #[zbus(property)]
    fn finished(&self) -> i64 {
        self.property(|status| status.finished)
    }
}
