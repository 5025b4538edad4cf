//! A transfer's properties at one moment, and their formats: a line, a table, JSON.

use modem_ftp_dbus::names::SIZE_UNKNOWN;
use modem_ftp_dbus::proxies::Attributes;
use modem_ftp_dbus::words::TransferState;
use serde_json::{Value, json};
use zbus::OwnedVariant;

use crate::props;
use crate::text::{name, octets, printable, utc};

/// The properties of one transfer.
pub struct Snapshot {
    /// Its number.
    pub number: u64,
    properties: Attributes,
}

impl Snapshot {
    /// A snapshot of transfer `number`.
    pub fn new(number: u64, properties: Attributes) -> Self {
        Self { number, properties }
    }

    /// Sets a property that PropertiesChanged reported.
    pub fn update(&mut self, key: &str, value: OwnedVariant) {
        self.properties.insert(key.into(), value);
    }

    /// The state, which may be one this version does not know.
    pub fn state(&self) -> &str {
        props::text(&self.properties, "State")
    }

    /// True for the states in which a transfer has ended.
    pub fn is_final(&self) -> bool {
        TransferState::from_word(self.state()).is_some_and(TransferState::is_final)
    }

    /// The size in bytes, if known.
    pub fn size(&self) -> Option<u64> {
        props::octets(&self.properties, "Size")
    }

    /// The number of bytes transferred so far.
    pub fn transferred(&self) -> u64 {
        props::octets(&self.properties, "Transferred").unwrap_or(0)
    }

    /// Name and text of the last failure; empty if there was none.
    pub fn error(&self) -> (String, String) {
        props::pair(&self.properties, "Error")
    }

    /// One line: number, state, direction, progress, source and destination.
    pub fn line(&self) -> String {
        let progress = match self.size() {
            Some(0) => octets(0),
            Some(size) if self.transferred() < size => {
                let percent = u128::from(self.transferred()) * 100 / u128::from(size);
                format!("{percent} % of {}", octets(size))
            }
            Some(size) => octets(size),
            None => octets(self.transferred()),
        };
        let mut line = format!(
            "{:>5}  {:<9}  {:<8}  {progress:>14}  {}",
            self.number,
            printable(self.state()),
            self.text("Direction"),
            self.route(),
        );
        let (_, error) = self.error();
        if !error.is_empty() {
            line.push_str(&format!("  ({})", printable(&error)));
        }
        line
    }

    /// All properties: a label and a value each.
    pub fn details(&self) -> Vec<(&'static str, String)> {
        let time = |key| match props::time(&self.properties, key) {
            None | Some(0) => "-".into(),
            Some(seconds) => utc(seconds),
        };
        let (name, text) = self.error();
        vec![
            ("Transfer", self.number.to_string()),
            ("State", self.text("State")),
            (
                "Error",
                if name.is_empty() {
                    "-".into()
                } else {
                    printable(&format!("{text} ({name})")).into()
                },
            ),
            ("Direction", self.text("Direction")),
            ("Server", self.text("Server")),
            (
                "Local",
                match self.path("Local") {
                    local if local.is_empty() => "(descriptor)".into(),
                    local => local,
                },
            ),
            ("Remote", self.path("Remote")),
            (
                "Size",
                self.size().map_or("not known".into(), |n| n.to_string()),
            ),
            ("Transferred", self.transferred().to_string()),
            ("Attempts", self.number_of("Attempts")),
            ("User", self.number_of("UserId")),
            ("Created", time("Created")),
            ("Started", time("Started")),
            ("Finished", time("Finished")),
        ]
    }

    /// The object of `--json`; what is not known is null.
    pub fn object(&self) -> Value {
        let mut object = props::object(&self.properties);
        object.insert("transfer".into(), json!(self.number));
        object.insert("error".into(), props::error(&self.properties));
        for (key, nothing) in [
            ("size", json!(SIZE_UNKNOWN)),
            ("created", json!(0)),
            ("started", json!(0)),
            ("finished", json!(0)),
        ] {
            if let Some(value) = object.get_mut(key)
                && *value == nothing
            {
                *value = Value::Null;
            }
        }
        Value::Object(object)
    }

    fn route(&self) -> String {
        let (local, remote) = (self.path("Local"), self.path("Remote"));
        match (local.is_empty(), props::text(&self.properties, "Direction")) {
            (true, _) => remote,
            (false, "download") => format!("{remote} -> {local}"),
            (false, _) => format!("{local} -> {remote}"),
        }
    }

    fn text(&self, key: &str) -> String {
        printable(props::text(&self.properties, key)).into()
    }

    fn path(&self, key: &str) -> String {
        name(props::text(&self.properties, key)).into()
    }

    fn number_of(&self, key: &str) -> String {
        props::number(&self.properties, key)
            .unwrap_or(0)
            .to_string()
    }
}
