use std::path::{Path, PathBuf};

use modem_ftp_core::api::settings::{Authentication, PdpType, Security};

use super::Config;
mod installed;
mod kept;
mod secrets;
mod transfers;

/// The smallest configuration.
const MINIMAL: &str =
    "[modem]\ndevice = \"/dev/ttyUSB2\"\n[server.plant]\nhost = \"ftp.example.net\"\n";

fn parse(source: &str) -> Result<Config, Vec<String>> {
    Config::parse(Path::new("config.toml"), source, None).map_err(|refusal| refusal.0)
}

/// The only fault of a text appended to [`MINIMAL`], whose last line is line 4.
fn fault(more: &str) -> String {
    let mut faults = parse(&format!("{MINIMAL}{more}\n")).expect_err(more);
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}

#[test]
fn only_the_device_and_a_server_are_required() {
    let config = parse(MINIMAL).unwrap();
    assert_eq!(config.roots, [PathBuf::from("/var/lib/modem-ftp/files")]);
    assert!(config.power_cycle.is_empty());
    let settings = config.settings;
    assert_eq!(settings.modem.baud, 115_200);
    assert!(settings.modem.hardware_flow_control);
    assert_eq!(settings.network.context, 1);
    assert_eq!(settings.network.authentication, Authentication::None);
    assert_eq!(settings.network.pdp_type, PdpType::Ipv4);
    let server = settings.server("").unwrap();
    assert_eq!((server.name.as_str(), server.port), ("plant", 21));
    assert_eq!(server.security, Security::None);
    assert_eq!(server.response_timeout.as_secs(), 90);
    assert_eq!(server.idle_timeout.as_secs(), 30);
    assert!(server.passive && server.binary && server.data_address_control);
    assert_eq!(server.tls.cipher, 0xFFFF);
    assert_eq!((server.tls.version, server.tls.verify), (3, 1));
}

#[test]
fn each_fault_has_line_and_column() {
    let rows = [
        (
            "port = 70000",
            "config.toml:5:8: server.plant.port must be 1 to 65535, not 70000",
        ),
        (
            "port = \"21\"",
            "config.toml:5:8: server.plant.port must be a whole number, not a string",
        ),
        (
            "  response_timeout = 300",
            "config.toml:5:22: server.plant.response_timeout must be 20 to 180 seconds, not 300",
        ),
        (
            "colour = 1",
            "config.toml:5:1: unknown key server.plant.colour",
        ),
        (
            "security = \"tls\"",
            "config.toml:5:12: server.plant.security must be \"none\", \"explicit\", \"implicit\", not \"tls\"",
        ),
        (
            "default = 1",
            "config.toml:5:11: server.plant.default must be true or false, not an integer",
        ),
        (
            "user = \"a\\\"b\"",
            "config.toml:5:8: server.plant.user has a quote or a control character at byte 2",
        ),
        (
            "directory = \"a\\nb\"",
            "config.toml:5:13: server.plant.directory has a quote or a control character at byte 2",
        ),
        (
            "security = \"explicit\"\nmode = \"active\"\ntls = { verify = \"none\" }",
            "config.toml:6:8: server.plant.mode must be \"passive\": the module has no active FTPS",
        ),
        (
            "security = \"explicit\"\n[server.plant.tls]\nversion = \"tls1.2\"",
            "config.toml:6:15: server.plant.tls.verify = \"server\" or \"mutual\" needs ca, the certificate to verify the server by",
        ),
        (
            "[server.plant.tls]\nciphers = [\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\", \"TLS_RSA_WITH_AES_256_CBC_SHA\"]",
            "config.toml:6:11: server.plant.tls.ciphers must be \"any\" or a list of one suite, not of 2: the module takes one or all",
        ),
        (
            "[server.plant.tls]\nciphers = [\"TLS_NULL\"]",
            "config.toml:6:12: server.plant.tls.ciphers has \"TLS_NULL\", which the module does not know",
        ),
        (
            "[server.plant.tls]\nciphers = \"all\"",
            "config.toml:6:11: server.plant.tls.ciphers must be \"any\", not \"all\"",
        ),
        (
            "[server.\"a b\"]\nhost = \"h\"",
            "config.toml:5:9: server.a b must be named by letters, digits, `_` and `-` only",
        ),
        (
            "default = true\n[server.b]\nhost = \"h\"\ndefault = true",
            "config.toml:8:11: server.b.default is true for two servers",
        ),
        (
            "[server.b]\nport = 21",
            "config.toml:5:9: server.b.host is missing",
        ),
        (
            "[network]\ncontext = 0",
            "config.toml:6:11: network.context must be 1 to 16, not 0",
        ),
        (
            "[network]\npdp_type = \"ip\"",
            "config.toml:6:12: network.pdp_type must be \"ipv4\", \"ipv6\", \"ipv4v6\", not \"ip\"",
        ),
        (
            "[network]\nauthentication = 1",
            "config.toml:6:18: network.authentication must be a string, not an integer",
        ),
        (
            "[network]\npassword_file = \"secret\"",
            "config.toml:6:17: network.password_file must be an absolute path, not \"secret\"",
        ),
        (
            "[sync.x]\nlocal = \"/x\"\nserver = \"y\"",
            "config.toml:7:10: sync.x.server names no [server.y]",
        ),
        (
            "[sync.x]\nlocal = \"/x\"\nafter = \"burn\"",
            "config.toml:7:9: sync.x.after must be \"keep\", \"delete\", \"move\", not \"burn\"",
        ),
        (
            "[sync.x]\nlocal = \"/x\"\nafterwards = \"keep\"",
            "config.toml:7:1: unknown key sync.x.afterwards",
        ),
        ("[colours]\nred = 1", "config.toml:5:2: unknown key colours"),
    ];
    for (more, expected) in rows {
        assert_eq!(fault(more), expected);
    }
}

#[test]
fn faults_of_modem_and_roots_have_line_and_column() {
    let tail = "[server.plant]\nhost = \"h\"\n";
    let rows = [
        ("", "config.toml:1:1: modem.device is missing"),
        (
            "modem = 1\n",
            "config.toml:1:9: modem must be a table, not an integer",
        ),
        (
            "[modem]\ndevice = \"ttyUSB2\"\n",
            "config.toml:2:10: modem.device must be an absolute path, not \"ttyUSB2\"",
        ),
        (
            "[modem]\ndevice = \"/dev/x\"\nbaud = 115201\n",
            "config.toml:3:8: modem.baud must be one of 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, not 115201",
        ),
        (
            "[modem]\ndevice = \"/dev/x\"\nflow_control = \"xon\"\n",
            "config.toml:3:16: modem.flow_control must be \"hardware\", \"none\", not \"xon\"",
        ),
        (
            "[modem]\ndevice = \"/dev/x\"\npower_cycle = [\"off\"]\n",
            "config.toml:3:16: modem.power_cycle must begin with the absolute path of a program, not \"off\"",
        ),
        (
            "[modem]\ndevice = \"/dev/x\"\nsim_pin_credential = \"pin\"\n",
            "config.toml:3:22: modem.sim_pin_credential needs systemd's LoadCredential: CREDENTIALS_DIRECTORY is not set",
        ),
        (
            "roots = [\"here\"]\n[modem]\ndevice = \"/dev/x\"\n",
            "config.toml:1:10: roots must hold absolute paths, not \"here\"",
        ),
        (
            "roots = [1]\n[modem]\ndevice = \"/dev/x\"\n",
            "config.toml:1:10: roots must hold strings only, not an integer",
        ),
    ];
    for (head, expected) in rows {
        let faults = parse(&format!("{head}{tail}")).unwrap_err();
        assert!(faults.contains(&expected.to_owned()), "{faults:?}");
    }
    // Looking up each of its directories would take minutes.
    let long = "/a".repeat(20_000);
    for (key, value, has) in [
        (
            "state_directory",
            format!("\"{long}\""),
            "must have at most 4096 bytes",
        ),
        (
            "roots",
            format!("[\"{long}\"]"),
            "must hold paths of at most 4096 bytes",
        ),
    ] {
        let head = format!("{key} = {value}\n[modem]\ndevice = \"/dev/x\"\n");
        let faults = parse(&format!("{head}{tail}")).unwrap_err();
        assert!(faults.iter().any(|fault| fault.contains(has)), "{key}");
    }
}

#[test]
fn all_faults_are_reported_at_once_in_order() {
    let faults = parse("[modem]\nbaud = 1\n[server.a]\nport = 0\nhost = \"h\"\n").unwrap_err();
    let places: Vec<_> = faults
        .iter()
        .map(|f| f.split(": ").next().unwrap())
        .collect();
    assert_eq!(
        places,
        ["config.toml:1:2", "config.toml:2:8", "config.toml:4:8"]
    );
}

#[test]
fn a_syntax_error_has_line_and_column() {
    let faults = parse("[modem\ndevice = \"x\"\n").unwrap_err();
    assert!(faults[0].starts_with("config.toml:1:7: "), "{faults:?}");
}

#[test]
fn no_server_is_a_fault() {
    let faults = parse("[modem]\ndevice = \"/dev/x\"\n").unwrap_err();
    assert_eq!(
        faults,
        ["config.toml:1:1: server is missing: describe at least one as [server.NAME]"]
    );
}
