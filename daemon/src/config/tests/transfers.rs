//! What a server's section says of its transfers: `atomic`, `verify`, `staging`.

use modem_ftp_core::api::options::Verify;

use super::{MINIMAL, fault, parse};

#[test]
fn transfers_have_the_usual_options_unless_the_server_says_otherwise() {
    let server = |more: &str| {
        let config = parse(&format!("{MINIMAL}{more}")).unwrap();
        let server = config.settings.server("").unwrap().clone();
        (server.atomic, server.verify, server.staging)
    };
    let usual = (true, Verify::Size, "{name}.{id}.part".to_owned());
    assert_eq!(server(""), usual);
    for form in [".{name}.part", "{id}", "{id}.{name}", "~{name}"] {
        let more = format!("atomic = false\nverify = \"none\"\nstaging = \"{form}\"\n");
        assert_eq!(server(&more), (false, Verify::None, form.to_owned()));
    }
}

#[test]
fn forms_that_make_no_staging_name_are_faults() {
    for (form, words) in [
        ("", "must have {name} or {id} in it"),
        ("upload.part", "must have {name} or {id} in it"),
        ("{name}", "must differ from the final name"),
        ("tmp/{name}", "must be part of a file name"),
        ("{name}.{name}", "must be part of a file name"),
        ("{name}.{time}", "must be part of a file name"),
        ("{name}\\\"", "must be part of a file name"),
        ("{name}\\n", "must be part of a file name"),
    ] {
        let fault = fault(&format!("staging = \"{form}\""));
        let expected = format!("config.toml:5:11: server.plant.staging {words}");
        assert!(fault.starts_with(&expected), "{form}: {fault}");
    }
    let long = fault(&format!("staging = \"{{id}}{}\"", "x".repeat(65)));
    assert!(long.contains("64 bytes"), "{long}");
    for verify in ["content", "checksum"] {
        let text = fault(&format!("type = \"ascii\"\nverify = \"{verify}\""));
        assert!(
            text.starts_with("config.toml:6:10: server.plant.verify must be"),
            "{text}"
        );
    }
    assert!(fault("atomic = 1").contains("server.plant.atomic"));
}
