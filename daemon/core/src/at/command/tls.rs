//! QSSLCFG: the TLS settings of an SSL context (docs/module/at-ssl.md §2). They are lost at a
//! restart (docs/module/quirks.md N4).

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{accept, done};
use crate::at::command::{Command, CommandLine, Conversation, Lines};
use crate::at::fields::Fields;
use crate::at::quote::FileName;

const PREFIX: &str = "+QSSLCFG";

/// One setting with its value. The configuration has checked the range of the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SslSetting {
    /// `"sslversion"`: 0 SSL 3.0, 1 TLS 1.0, 2 TLS 1.1, 3 TLS 1.2, 4 any.
    Version(u8),
    /// `"ciphersuite"`: a code of docs/module/at-ssl.md §3, or 0xFFFF for all.
    CipherSuite(u16),
    /// `"cacert"`: certificate of the trusted CA, a file on the module.
    CaCertificate(FileName),
    /// `"clientcert"`: client certificate, a file on the module.
    ClientCertificate(FileName),
    /// `"clientkey"`: key of the client certificate, a file on the module.
    ClientKey(FileName),
    /// `"seclevel"`: 0 none, 1 verify the server, 2 also present a client certificate if asked.
    SecurityLevel(u8),
    /// `"ignorelocaltime"`: whether validity dates are ignored.
    IgnoreLocalTime(bool),
    /// `"negotiatetime"`: 10–300 seconds.
    NegotiateTime(u16),
    /// `"sni"`: whether the server's name is sent; only newer firmware has it
    /// (docs/module/quirks.md F19).
    ServerNameIndication(bool),
}

impl SslSetting {
    /// Its key, without quotes.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Version(_) => "sslversion",
            Self::CipherSuite(_) => "ciphersuite",
            Self::CaCertificate(_) => "cacert",
            Self::ClientCertificate(_) => "clientcert",
            Self::ClientKey(_) => "clientkey",
            Self::SecurityLevel(_) => "seclevel",
            Self::IgnoreLocalTime(_) => "ignorelocaltime",
            Self::NegotiateTime(_) => "negotiatetime",
            Self::ServerNameIndication(_) => "sni",
        }
    }
}

/// `AT+QSSLCFG="<key>",<context>,<value>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextSetting {
    /// SSL context, 0–5.
    pub context: u8,
    /// The setting.
    pub setting: SslSetting,
}

impl Command for ContextSetting {
    type Reply = ();
    const NAME: &'static str = "QSSLCFG";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QSSLCFG=").quote(self.setting.key());
        line.put(',').put(self.context).put(',');
        match &self.setting {
            SslSetting::Version(number) | SslSetting::SecurityLevel(number) => line.put(number),
            SslSetting::CipherSuite(code) => line.put(format_args!("0X{code:04X}")),
            SslSetting::CaCertificate(name)
            | SslSetting::ClientCertificate(name)
            | SslSetting::ClientKey(name) => line.quote(name.as_str()),
            SslSetting::NegotiateTime(seconds) => line.put(seconds),
            SslSetting::IgnoreLocalTime(on) | SslSetting::ServerNameIndication(on) => {
                line.put(u8::from(*on))
            }
        };
    }

    fn read(&self, answer: Answer) -> Result<(), Failure> {
        done(self, CommandKind::Tls, answer)
    }
}

/// `AT+QSSLCFG=?`. Reply: the keys of the settings that this firmware has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextSettingNames;

impl Command for ContextSettingNames {
    type Reply = Vec<String>;
    const NAME: &'static str = "QSSLCFG";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QSSLCFG=?");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed(PREFIX),
        }
    }

    fn read(&self, answer: Answer) -> Result<Vec<String>, Failure> {
        let answer = accept(self, CommandKind::Tls, answer)?;
        let lines = answer.lines.iter();
        let keys = lines.filter_map(|line| Fields::after(line, PREFIX)?.text().map(str::to_owned));
        Ok(keys.collect())
    }
}
