//! `[server.NAME]`.

use modem_ftp_core::api::options::Verify;
use modem_ftp_core::api::settings::{Security, Server};
use modem_ftp_core::at::quote::{Host, Password, RemotePath, User};

use super::secret::Sources;
use super::section::Section;
use super::tls::tls;

/// The usual form of staging names.
const STAGING: &str = "{name}.{id}.part";
/// Most bytes of it besides what stands for something, so that room for the name is left.
const STAGING_LIMIT: usize = 64;

/// All servers, in the order of the file. At most one is the default server.
pub fn servers(root: &Section<'_, '_>, sources: &Sources) -> Vec<Server> {
    let mut servers: Vec<Server> = Vec::new();
    for (name, section) in root.sections("server") {
        if !is_name(&name) {
            section.fault_here("must be named by letters, digits, `_` and `-` only");
        }
        let server = server(name, &section, sources);
        if server.default && servers.iter().any(|other| other.default) {
            section.fault("default", "is true for two servers");
        }
        servers.push(server);
    }
    if servers.is_empty() {
        root.fault(
            "server",
            "is missing: describe at least one as [server.NAME]",
        );
    }
    servers
}

/// Whether a name can be used on the bus, in commands and in the log without quoting.
pub fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn server(name: String, section: &Section<'_, '_>, sources: &Sources) -> Server {
    let security = section.choice(
        "security",
        &[
            ("none", Security::None),
            ("explicit", Security::Explicit),
            ("implicit", Security::Implicit),
        ],
        Security::None,
    );
    let secure = security != Security::None;
    // docs/module/at-ssl.md §6: the usual ports.
    let usual_port = if security == Security::Implicit {
        990_u16
    } else {
        21
    };
    let port = section.integer("port", 1..=65535, i64::from(usual_port));

    let host = section.required_string("host");
    section.check(["host"], Host::or_empty("value", &host));
    let user = section.string("user", "anonymous");
    section.check(["user"], User::or_empty("value", &user));
    let password = sources
        .secret(section, "password_file", "password_credential")
        .unwrap_or_default();
    section.check(
        ["password_file", "password_credential"],
        Password::new("content", &password),
    );
    let directory = section.string("directory", "");
    section.check(["directory"], RemotePath::or_empty("value", &directory));

    let passive = section.choice("mode", &[("passive", true), ("active", false)], true);
    if secure && !passive {
        section.fault("mode", "must be \"passive\": the module has no active FTPS");
    }
    let binary = section.choice("type", &[("binary", true), ("ascii", false)], true);
    let verify = section.choice("verify", &verify_words(), Verify::Size);
    if !binary && matches!(verify, Verify::Content | Verify::Checksum) {
        section.fault(
            "verify",
            "must be \"size\" or \"none\" with type = \"ascii\"",
        );
    }
    let server = Server {
        name,
        default: section.boolean("default", false),
        host,
        port: u16::try_from(port).unwrap_or(usual_port),
        security,
        user,
        password,
        directory,
        passive,
        binary,
        response_timeout: section.seconds("response_timeout", 20..=180, 90),
        data_address_control: section.choice(
            "data_address",
            &[("control", true), ("server", false)],
            true,
        ),
        idle_timeout: section.seconds("idle_timeout", 0..=86_400, 30),
        atomic: section.boolean("atomic", true),
        verify,
        staging: staging(section),
        tls: tls(section.section("tls"), sources, secure),
    };
    section.finish();
    server
}

fn verify_words() -> Vec<(&'static str, Verify)> {
    let words = Verify::ALL.iter();
    words.map(|verify| (verify.as_str(), *verify)).collect()
}

/// The form of staging names: part of a name, and another one than the final name.
fn staging(section: &Section<'_, '_>) -> String {
    let form = section.string("staging", STAGING);
    let fixed = form.replacen("{name}", "", 1).replacen("{id}", "", 1);
    if fixed.len() == form.len() {
        section.fault("staging", "must have {name} or {id} in it");
    } else if form == "{name}" {
        section.fault("staging", "must differ from the final name, {name}");
    } else if fixed.contains(['{', '}', '/', '"', '\\']) || fixed.contains(char::is_control) {
        section.fault(
            "staging",
            "must be part of a file name, with {name} and {id} once at most",
        );
    } else if fixed.len() > STAGING_LIMIT {
        section.fault(
            "staging",
            "must have 64 bytes at most besides {name} and {id}",
        );
    }
    form
}
