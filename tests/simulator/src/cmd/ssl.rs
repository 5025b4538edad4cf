//! QSSLCFG and its six SSL contexts (docs/module/at-ssl.md §2, §3).

use std::time::Duration;

use crate::at::parse::Form;
use crate::module::{CommandError, CommandResult, Module, Outcome};
use crate::remote::{TlsSettings, Verify};

/// The cipher suite codes in the order of the test form; the last one means all.
const SUITES: [u16; 14] = [
    0x0035, 0x002F, 0x0005, 0x0004, 0x000A, 0x003D, 0xC011, 0xC012, 0xC013, 0xC014, 0xC027, 0xC028,
    0xC02F, 0xFFFF,
];
/// `sslversion` 3 is TLS 1.2 and 4 is all versions.
const TLS_1_2: u64 = 3;
/// Longest path of a certificate or key.
const PATH_LIMIT: usize = 80;

/// One SSL context; the defaults are those of docs/module/at-ssl.md §2.
#[derive(Debug, Clone)]
struct SslContext {
    version: u64,
    suite: u16,
    ca: String,
    certificate: String,
    key: String,
    level: u64,
    ignore_time: bool,
    handshake: u64,
}

impl Default for SslContext {
    fn default() -> Self {
        Self {
            version: 4,
            suite: 0xFFFF,
            ca: String::new(),
            certificate: String::new(),
            key: String::new(),
            level: 0,
            ignore_time: true,
            handshake: 300,
        }
    }
}

/// The six contexts; reset by a restart.
#[derive(Debug, Default)]
pub(crate) struct SslContexts([SslContext; 6]);

fn test_lines() -> Vec<String> {
    let suites = SUITES.map(|code| format!("0X{code:04X}")).join(",");
    vec![
        "+QSSLCFG: \"sslversion\",(0-5),(0-4)".into(),
        format!("+QSSLCFG: \"ciphersuite\",(0-5),({suites})"),
        "+QSSLCFG: \"cacert\",(0-5),<cacertpath>".into(),
        "+QSSLCFG: \"clientcert\",(0-5),<client_cert_path>".into(),
        "+QSSLCFG: \"clientkey\",(0-5),<client_key_path>".into(),
        "+QSSLCFG: \"seclevel\",(0-5),(0-2)".into(),
        "+QSSLCFG: \"ignorelocaltime\",(0-5),(0,1)".into(),
        "+QSSLCFG: \"negotiatetime\",(0-5),(10-300)".into(),
    ]
}

fn suite(word: &str) -> Option<u16> {
    let digits = word
        .strip_prefix("0x")
        .or_else(|| word.strip_prefix("0X"))?;
    u16::from_str_radix(digits, 16)
        .ok()
        .filter(|code| SUITES.contains(code))
}

pub(crate) fn qsslcfg(module: &mut Module, form: &Form) -> CommandResult {
    let args = match form {
        Form::Test => return module.answer(test_lines()),
        Form::Write(args) if (2..=3).contains(&args.len()) => args,
        _ => return Err(CommandError::Error),
    };
    let name = args.text(0, 20).ok_or(CommandError::Error)?;
    let id = args.within(1, 0..=5).ok_or(CommandError::Error)?;
    let index = usize::try_from(id).map_err(|_| CommandError::Error)?;
    let context = module.ssl.0.get_mut(index).ok_or(CommandError::Error)?;
    if args.len() == 2 {
        let value = match name {
            "sslversion" => context.version.to_string(),
            "ciphersuite" => format!("0X{:04X}", context.suite),
            "cacert" => format!("\"{}\"", context.ca),
            "clientcert" => format!("\"{}\"", context.certificate),
            "clientkey" => format!("\"{}\"", context.key),
            "seclevel" => context.level.to_string(),
            "ignorelocaltime" => u8::from(context.ignore_time).to_string(),
            "negotiatetime" => context.handshake.to_string(),
            _ => return Err(CommandError::Error),
        };
        return module.answer([format!("+QSSLCFG: \"{name}\",{id},{value}")]);
    }
    let path = || {
        args.text(2, PATH_LIMIT)
            .map(str::to_owned)
            .ok_or(CommandError::Error)
    };
    let number = |range| args.within(2, range).ok_or(CommandError::Error);
    match name {
        "sslversion" => context.version = number(0..=4)?,
        "ciphersuite" => context.suite = args.word(2).and_then(suite).ok_or(CommandError::Error)?,
        "cacert" => context.ca = path()?,
        "clientcert" => context.certificate = path()?,
        "clientkey" => context.key = path()?,
        "seclevel" => context.level = number(0..=2)?,
        "ignorelocaltime" => context.ignore_time = number(0..=1)? == 1,
        "negotiatetime" => context.handshake = number(10..=300)?,
        _ => return Err(CommandError::Error),
    }
    Ok(Outcome::Ok)
}

impl Module {
    /// The current settings of a context with the current contents of its files: the module reads
    /// them at the handshake (docs/module/at-ssl.md §4).
    pub(crate) fn tls_settings(&self, id: u8) -> TlsSettings {
        let context = self.ssl.0.get(usize::from(id)).cloned().unwrap_or_default();
        let clock = u64::try_from(self.clock.seconds(self.now)).unwrap_or(0);
        TlsSettings {
            version_allowed: context.version >= TLS_1_2,
            suite: context.suite,
            verify: match context.level {
                0 => Verify::None,
                1 => Verify::Server,
                _ => Verify::Mutual,
            },
            ca: self.ufs.content(&context.ca),
            certificate: self.ufs.content(&context.certificate),
            key: self.ufs.content(&context.key),
            clock: (!context.ignore_time).then_some(clock),
            handshake_timeout: Duration::from_secs(context.handshake),
        }
    }
}
