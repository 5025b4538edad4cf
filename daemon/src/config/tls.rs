//! `[server.NAME.tls]`: the settings of an SSL context (docs/module/at-ssl.md §2).

use modem_ftp_core::api::settings::Tls;

use super::secret::Sources;
use super::section::Section;

/// The cipher suites of the module (docs/module/at-ssl.md §3).
const SUITES: [(&str, u16); 13] = [
    ("TLS_RSA_WITH_AES_256_CBC_SHA", 0x0035),
    ("TLS_RSA_WITH_AES_128_CBC_SHA", 0x002F),
    ("TLS_RSA_WITH_RC4_128_SHA", 0x0005),
    ("TLS_RSA_WITH_RC4_128_MD5", 0x0004),
    ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", 0x000A),
    ("TLS_RSA_WITH_AES_256_CBC_SHA256", 0x003D),
    ("TLS_ECDHE_RSA_WITH_RC4_128_SHA", 0xC011),
    ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", 0xC012),
    ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", 0xC013),
    ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", 0xC014),
    ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", 0xC027),
    ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", 0xC028),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xC02F),
];

/// Any of them.
const ANY: u16 = 0xFFFF;

/// `[server.NAME.tls]`; `used` says whether the server's `security` makes use of it.
pub fn tls(section: Section<'_, '_>, sources: &Sources, used: bool) -> Tls {
    let context = section.integer("context", 0..=5, 0);
    let version = section.choice(
        "version",
        &[("tls1.0", 1), ("tls1.1", 2), ("tls1.2", 3), ("any", 4)],
        3,
    );
    let verify = section.choice("verify", &[("none", 0), ("server", 1), ("mutual", 2)], 1);
    let tls = Tls {
        context: u8::try_from(context).unwrap_or_default(),
        version,
        cipher: cipher(&section),
        verify,
        ca: sources.pem(&section, "ca"),
        certificate: sources.pem(&section, "certificate"),
        key: sources.pem(&section, "key"),
        check_time: section.boolean("check_time", true),
        handshake_timeout: section.seconds("handshake_timeout", 10..=300, 120),
    };
    if used {
        check_complete(&section, verify);
    }
    section.finish();
    tls
}

/// Checks that the files which a level of verification needs are named (docs/module/at-ssl.md §2,
/// `seclevel`).
fn check_complete(section: &Section<'_, '_>, verify: u8) {
    if verify >= 1 && !section.has("ca") {
        section.fault(
            "verify",
            "= \"server\" or \"mutual\" needs ca, the certificate to verify the server by",
        );
    }
    for key in ["certificate", "key"] {
        if verify >= 2 && !section.has(key) {
            section.fault("verify", format!("= \"mutual\" needs {key}"));
        }
    }
}

/// `ciphers`: the module can be set to one suite or to all.
fn cipher(section: &Section<'_, '_>) -> u16 {
    const KEY: &str = "ciphers";
    if section.is_string(KEY) {
        return section.choice(KEY, &[("any", ANY)], ANY);
    }
    let Some(names) = section.strings(KEY) else {
        return ANY;
    };
    let mut codes = Vec::with_capacity(names.len());
    for (offset, name) in &names {
        match SUITES.iter().find(|(known, _)| known == name) {
            Some((_, code)) => codes.push(*code),
            None => section.fault_at(
                *offset,
                KEY,
                format!("has \"{name}\", which the module does not know"),
            ),
        }
    }
    match codes.as_slice() {
        [one] if names.len() == 1 => *one,
        _ if names.len() == 1 => ANY,
        _ => {
            let text = format!(
                "must be \"any\" or a list of one suite, not of {}: the module takes one or all",
                names.len()
            );
            section.fault(KEY, text);
            ANY
        }
    }
}
