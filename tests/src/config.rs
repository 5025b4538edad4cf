//! A configuration for the daemon, built key by key and written as TOML.

use crate::{Certificates, Error, FtpServer, Scratch, Security};
use std::path::Path;
use toml::{Table, Value};

/// A daemon's configuration file, its folders, and what it logs.
#[derive(Debug)]
pub struct Config {
    table: Table,
    log_filter: Option<String>,
    environment: Vec<(String, String)>,
    descriptors: Option<u32>,
    scratch: Scratch,
}

impl Config {
    /// A configuration with a serial port and no server. Its only root is [`Config::root`].
    ///
    /// # Errors
    ///
    /// If its folders cannot be created.
    pub fn new(device: &Path) -> Result<Self, Error> {
        let mut config = Self {
            table: Table::new(),
            log_filter: None,
            environment: Vec::new(),
            descriptors: None,
            scratch: Scratch::new()?,
        };
        config.set("roots", vec![text(&config.scratch.folder("root")?)]);
        config.set("state_directory", text(&config.scratch.folder("state")?));
        config.set("modem.device", text(device));
        config.set("network.apn", "iot.example");
        Ok(config)
    }

    /// The serial port.
    #[must_use]
    pub fn device(&self) -> String {
        let modem = self
            .table
            .get("modem")
            .and_then(|modem| modem.get("device"));
        modem.and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The root: the folder for `Upload` and `Download` by path.
    #[must_use]
    pub fn root(&self) -> std::path::PathBuf {
        self.scratch.join("root")
    }

    /// Its folder, for the files that the configuration names.
    #[must_use]
    pub fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// Sets one key, a dotted path such as `modem.baud` or `server.plant.tls.verify`.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        let (tables, last) = key.rsplit_once('.').unwrap_or(("", key));
        let mut table = &mut self.table;
        for name in tables.split('.').filter(|name| !name.is_empty()) {
            let entry = table
                .entry(name)
                .or_insert_with(|| Value::Table(Table::new()));
            if !entry.is_table() {
                *entry = Value::Table(Table::new());
            }
            let Value::Table(inner) = entry else {
                return self;
            };
            table = inner;
        }
        table.insert(last.to_owned(), value.into());
        self
    }

    /// Sets what the daemon logs: the value of `RUST_LOG`, modem-ftpd(8).
    pub fn set_log_filter(&mut self, filter: &str) -> &mut Self {
        self.log_filter = Some(filter.to_owned());
        self
    }

    /// Sets a variable of the daemon's environment.
    pub fn set_variable(&mut self, name: &str, value: &str) -> &mut Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The variables of the daemon's environment that were set.
    #[must_use]
    pub fn variables(&self) -> &[(String, String)] {
        &self.environment
    }

    /// What the daemon logs; `None` for the default.
    #[must_use]
    pub fn log_filter(&self) -> Option<&str> {
        self.log_filter.as_deref()
    }

    /// Sets how many descriptors the daemon may have open (`RLIMIT_NOFILE`).
    pub fn limit_descriptors(&mut self, most: u32) -> &mut Self {
        self.descriptors = Some(most);
        self
    }

    /// How many descriptors the daemon may have open, if that is set.
    #[must_use]
    pub fn descriptors(&self) -> Option<u32> {
        self.descriptors
    }

    /// Adds a server under `name`, with its account, with the authority if it uses TLS, and with
    /// the client certificate if it requires one.
    ///
    /// # Errors
    ///
    /// If the files it names cannot be written.
    pub fn server(&mut self, name: &str, server: &FtpServer) -> Result<&mut Self, Error> {
        let options = server.options();
        let password = self
            .scratch
            .write_secret(format!("{name}.password"), &options.password)?;
        let key = |key: &str| format!("server.{name}.{key}");
        self.set(&key("host"), "127.0.0.1");
        self.set(&key("port"), i64::from(server.port()));
        self.set(&key("user"), options.user.as_str());
        self.set(&key("password_file"), text(&password));
        let security = match options.security {
            Security::None => return Ok(self),
            Security::Explicit => "explicit",
            Security::Implicit => "implicit",
        };
        let certificates = Certificates::shared()?;
        let ca = self
            .scratch
            .write(format!("{name}.ca"), &certificates.authority.certificate)?;
        self.set(&key("security"), security);
        self.set(&key("tls.verify"), "server");
        self.set(&key("tls.ca"), text(&ca));
        if options.client_certificate {
            let (certificate, secret) = certificates.client.write(&self.scratch, name)?;
            self.set(&key("tls.verify"), "mutual");
            self.set(&key("tls.certificate"), text(&certificate));
            self.set(&key("tls.key"), text(&secret));
        }
        Ok(self)
    }

    /// Writes `config.toml` and gives its path.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(&self) -> Result<std::path::PathBuf, Error> {
        let text =
            toml::to_string(&self.table).map_err(|error| Error::failed(error.to_string()))?;
        self.scratch.write("config.toml", text)
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_keys_become_tables() {
        let mut config = Config::new(Path::new("/dev/ttyUSB2")).unwrap();
        config
            .set("modem.baud", 9600)
            .set("server.plant.tls.verify", "none");
        let text = std::fs::read_to_string(config.write().unwrap()).unwrap();
        let table: Table = text.parse().unwrap();
        assert_eq!(table["modem"]["device"].as_str(), Some("/dev/ttyUSB2"));
        assert_eq!(table["modem"]["baud"].as_integer(), Some(9600));
        assert_eq!(
            table["server"]["plant"]["tls"]["verify"].as_str(),
            Some("none")
        );
    }
}
