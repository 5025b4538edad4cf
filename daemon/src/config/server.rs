//! `[server.NAME]`.

use modem_ftp_core::api::settings::{Security, Server};
use modem_ftp_core::at::quote::{Host, Password, RemotePath, User};

use super::secret::Sources;
use super::section::Section;
use super::tls::tls;

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
        binary: section.choice("type", &[("binary", true), ("ascii", false)], true),
        response_timeout: section.seconds("response_timeout", 20..=180, 90),
        data_address_control: section.choice(
            "data_address",
            &[("control", true), ("server", false)],
            true,
        ),
        idle_timeout: section.seconds("idle_timeout", 0..=86_400, 30),
        tls: tls(section.section("tls"), sources, secure),
    };
    section.finish();
    server
}
