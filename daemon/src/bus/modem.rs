//! `org.example.ModemFtp.Modem1`.

use std::collections::HashMap;
use std::time::Duration;

use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Request;
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::status::ModemStatus;
use zbus::message::Header;
use zbus::{Connection, OwnedVariant, interface};

use super::error::CallError;
use super::requests::{Requests, unexpected};
use super::shared::Shared;
use super::{caller, properties};

type Result<T> = std::result::Result<T, CallError>;

/// The modem's object.
pub struct Modem {
    requests: Requests,
    status: Shared<ModemStatus>,
}

impl Modem {
    /// A modem whose properties are read from `status`.
    pub fn new(requests: Requests, status: Shared<ModemStatus>) -> Self {
        Self { requests, status }
    }

    fn text(&self, field: impl Fn(&ModemStatus) -> &str) -> String {
        self.status.read(|status| field(status).to_owned())
    }
}

#[interface(name = "org.example.ModemFtp.Modem1", introspection_docs = false)]
impl Modem {
    async fn reset(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<()> {
        caller::root_only(connection, &header).await?;
        self.requests.ask(Request::Reset).await.map(drop)
    }

    #[zbus(out_args("answer"))]
    async fn command(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        line: String,
        timeout_ms: u32,
    ) -> Result<String> {
        caller::root_only(connection, &header).await?;
        let line = Secret::new(line);
        let timeout = Duration::from_millis(timeout_ms.into());
        match self
            .requests
            .ask(Request::Command { line, timeout })
            .await?
        {
            Reply::Text(answer) => Ok(answer),
            _ => Err(unexpected()),
        }
    }

    #[zbus(property)]
    fn device(&self) -> String {
        self.text(|status| &status.device)
    }

    #[zbus(property)]
    fn state(&self) -> String {
        self.text(|status| status.state.as_str())
    }

    #[zbus(property)]
    fn state_reason(&self) -> String {
        self.text(|status| &status.state_reason)
    }

    #[zbus(property)]
    fn manufacturer(&self) -> String {
        self.text(|status| &status.manufacturer)
    }

    #[zbus(property)]
    fn model(&self) -> String {
        self.text(|status| &status.model)
    }

    #[zbus(property)]
    fn revision(&self) -> String {
        self.text(|status| &status.revision)
    }

    #[zbus(property)]
    fn imei(&self) -> String {
        self.text(|status| &status.imei)
    }

    #[zbus(property)]
    fn iccid(&self) -> String {
        self.text(|status| &status.iccid)
    }

    #[zbus(property)]
    fn operator(&self) -> String {
        self.text(|status| &status.operator)
    }

    #[zbus(property)]
    fn access_technology(&self) -> String {
        self.text(|status| &status.access_technology)
    }

    #[zbus(property)]
    fn signal_dbm(&self) -> i32 {
        self.status.read(|status| status.signal_dbm.unwrap_or(0))
    }

    #[zbus(property)]
    fn address(&self) -> String {
        self.text(|status| &status.address)
    }

    #[zbus(property)]
    fn session(&self) -> String {
        self.text(|status| status.session.as_str())
    }

    #[zbus(property)]
    fn server(&self) -> String {
        self.text(|status| &status.server)
    }

    #[zbus(property)]
    fn settings(&self) -> HashMap<String, OwnedVariant> {
        self.status.read(properties::settings)
    }

    #[zbus(property)]
    fn bytes_sent(&self) -> u64 {
        self.status.read(|status| status.bytes_sent)
    }

    #[zbus(property)]
    fn bytes_received(&self) -> u64 {
        self.status.read(|status| status.bytes_received)
    }
}
