//! Secrets and PEM files: `password_file`, `tls.ca` and the like.

use std::fs;
use std::path::Path;

use super::super::Config;
use super::{MINIMAL, fault, parse};

#[test]
fn secrets_are_read_from_files_and_credentials_and_not_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let good = write("good", "hunter2\n");
    let bad = write("bad", "hunt\"er2\n");
    let pin = write("pin", "1234");

    let source =
        format!("{MINIMAL}password_file = \"{good}\"\n[network]\npassword_credential = \"good\"\n")
            .replace("[server", &format!("sim_pin_file = \"{pin}\"\n[server"));
    let credentials = Some(folder.path().to_owned());
    let config = Config::parse(Path::new("config.toml"), &source, credentials).unwrap();
    assert_eq!(config.settings.servers[0].password.expose(), "hunter2");
    assert_eq!(config.settings.network.password.expose(), "hunter2");
    assert_eq!(config.settings.modem.sim_pin.unwrap().expose(), "1234");
    assert_eq!(
        config.warnings.len(),
        3,
        "all three are world-readable: {:?}",
        config.warnings
    );
    assert!(config.warnings[0].contains("can be read by everybody (mode 644)"));

    let text = fault(&format!("password_file = \"{bad}\""));
    assert_eq!(
        text,
        "config.toml:5:17: server.plant.password_file has a quote or a control character at byte 5"
    );
    let text = fault(&format!(
        "password_file = \"{bad}\"\npassword_credential = \"x\""
    ));
    assert_eq!(
        text,
        "config.toml:6:23: server.plant.password_credential and password_file exclude each other"
    );
    let text = fault("password_file = \"/no/such\"");
    assert_eq!(
        text,
        "config.toml:5:17: server.plant.password_file cannot be read from /no/such: No such file or directory"
    );
    let text = fault("password_file = \"/tmp\"");
    assert_eq!(
        text,
        "config.toml:5:17: server.plant.password_file cannot be read from /tmp: not a regular file"
    );
}

#[test]
fn pem_files_are_read_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let pem = folder.path().join("ca.pem");
    fs::write(
        &pem,
        "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    let tls = format!(
        "security = \"implicit\"\n[server.plant.tls]\nca = \"{}\"\n",
        pem.display()
    );
    let config = parse(&format!("{MINIMAL}{tls}")).unwrap();
    let server = &config.settings.servers[0];
    assert_eq!(server.port, 990);
    let ca = server.tls.ca.as_ref().unwrap();
    assert!(ca.content.expose().ends_with("-----\n"));
    assert_eq!(ca.name.len(), 12);

    let mutual = format!(
        "{tls}verify = \"mutual\"\ncertificate = \"{}\"\n",
        pem.display()
    );
    let text = fault(mutual.trim_end());
    assert_eq!(
        text,
        "config.toml:8:10: server.plant.tls.verify = \"mutual\" needs key"
    );
    fs::write(&pem, "no pem").unwrap();
    let text = fault(tls.trim_end());
    assert!(text.ends_with("ca.pem, which is no PEM file"), "{text}");
}
