//! `org.example.ModemFtp.Modem1` with fixed properties, except for the scripted state.

use std::sync::Arc;

use modem_ftp_dbus::proxies::Attributes;
use zbus::{OwnedVariant, Variant, interface};

use super::{Refusal, Script};

pub struct Modem {
    script: Arc<Script>,
    pub session: String,
}

impl Modem {
    pub fn new(script: Arc<Script>) -> Self {
        Self {
            script,
            session: "closed".into(),
        }
    }
}

#[interface(name = "org.example.ModemFtp.Modem1", introspection_docs = false)]
impl Modem {
    async fn reset(&self) -> Result<(), Refusal> {
        self.script.called("Reset", &[])
    }

    #[zbus(out_args("answer"))]
    async fn command(&self, line: &str, timeout_ms: u32) -> Result<String, Refusal> {
        self.script
            .called("Command", &[line, &timeout_ms.to_string()])?;
        Ok(match line {
            "AT" => "OK".into(),
            "AT+CSQ" => "+CSQ: 20,99\nOK".into(),
            "AT+CPIN=1" => "+CME ERROR: 16".into(),
            "ATH" => "NO CARRIER".into(),
            _ => "ERROR".into(),
        })
    }

    #[zbus(property)]
    fn device(&self) -> &str {
        "/dev/ttyUSB2"
    }
    #[zbus(property)]
    fn state(&self) -> String {
        self.script.module().0
    }
    #[zbus(property)]
    fn state_reason(&self) -> String {
        self.script.module().1
    }
    #[zbus(property)]
    fn manufacturer(&self) -> &str {
        "Quectel"
    }
    #[zbus(property)]
    fn model(&self) -> &str {
        "BG96"
    }
    #[zbus(property)]
    fn revision(&self) -> &str {
        "BG96MAR02A07M1G"
    }
    #[zbus(property)]
    fn imei(&self) -> &str {
        "866425030000000"
    }
    #[zbus(property)]
    fn iccid(&self) -> &str {
        "8949020000000000000"
    }
    #[zbus(property)]
    fn operator(&self) -> &str {
        "Op\x1b]0;x\x07"
    }
    #[zbus(property)]
    fn access_technology(&self) -> &str {
        "eMTC"
    }
    #[zbus(property)]
    fn signal_dbm(&self) -> i32 {
        -71
    }
    #[zbus(property)]
    fn address(&self) -> &str {
        ""
    }
    #[zbus(property)]
    fn session(&self) -> String {
        self.session.clone()
    }
    #[zbus(property)]
    fn server(&self) -> &str {
        ""
    }
    #[zbus(property)]
    fn settings(&self) -> Attributes {
        [
            ("rsptimeout", Variant::from(90u32)),
            ("account", Variant::from("gw17")),
        ]
        .into_iter()
        .map(|(key, value)| (key.into(), OwnedVariant::try_from(value).unwrap()))
        .collect()
    }
    #[zbus(property)]
    fn bytes_sent(&self) -> u64 {
        12_345
    }
    #[zbus(property)]
    fn bytes_received(&self) -> u64 {
        0
    }
}
