//! PDP context, registration, signal, clock, restart, URC settings (docs/module/at-network.md §1,
//! 3, 4, 6, 7) and TLS settings (docs/module/at-ssl.md §2).

use super::run::{check_lines, file, lines};
use crate::api::secret::Secret;
use crate::at::command::network::*;
use crate::at::command::tls::*;
use crate::at::quote::{ContextPassword, ContextText};
use crate::at::urc::{AccessTechnology, Domain, Registration, RegistrationStatus as Status};
use crate::at::{Command, Patience};

const OK: &[u8] = b"\r\nOK\r\n";

fn answer(line: &str) -> Vec<u8> {
    lines([line, "OK"])
}

fn configuration(password: &str) -> ConfigureContext {
    ConfigureContext {
        context: 1,
        apn: ContextText::or_empty("apn", "UNINET").unwrap(),
        user: ContextText::or_empty("user", "me").unwrap(),
        password: ContextPassword::new("password", &Secret::new(password.into())).unwrap(),
        authentication: 1,
    }
}

#[test]
fn context() {
    let wanted = configuration("pw");
    let line = r#"AT+QICSGP=1,1,"UNINET","me","pw",1"#;
    check_lines(&wanted, line, OK, Ok(()));
    assert_eq!(wanted.display(), r#"AT+QICSGP=1,1,"UNINET","me","***",1"#);
    check_lines(
        &wanted,
        line,
        b"\r\nERROR\r\n",
        Err("QICSGP: the module answered ERROR"),
    );

    let found = |password: &str, authentication| PdpConfiguration {
        kind: 1,
        apn: "UNINET".into(),
        user: "me".into(),
        password: ContextPassword::new("password", &Secret::new(password.into())).unwrap(),
        authentication,
    };
    let query = ContextConfiguration { context: 1 };
    let wire = answer(r#"+QICSGP: 1,"UNINET","me","pw",1"#);
    check_lines(&query, "AT+QICSGP=1", &wire, Ok(found("pw", 1)));
    assert!(wanted.matches(&found("pw", 1)));
    assert!(!wanted.matches(&found("pw", 0)));
    assert!(!wanted.matches(&found("", 1)));
}

#[test]
fn activation() {
    let activate = Activate { context: 1 };
    assert_eq!(
        activate.patience(),
        Patience::Fixed(std::time::Duration::from_secs(150))
    );
    check_lines(&activate, "AT+QIACT=1", OK, Ok(()));
    let text = "QIACT: 561 opening the PDP context failed";
    check_lines(
        &activate,
        "AT+QIACT=1",
        &lines(["+CME ERROR: 561"]),
        Err(text),
    );
    check_lines(&Deactivate { context: 1 }, "AT+QIDEACT=1", OK, Ok(()));

    let one = Context {
        context: 1,
        active: true,
        address: Some("10.7.157.1".into()),
    };
    let two = Context {
        context: 3,
        active: false,
        address: None,
    };
    let line = "AT+QIACT?";
    check_lines(&ActiveContexts, line, OK, Ok(vec![]));
    let wire = answer(r#"+QIACT: 1,1,1,"10.7.157.1""#);
    check_lines(&ActiveContexts, line, &wire, Ok(vec![one.clone()]));
    // Both addresses of a context for IPv4 and IPv6: the first counts.
    let wire = answer(r#"+QIACT: 1,1,3,"10.7.157.1","2001:db8::1""#);
    check_lines(&ActiveContexts, line, &wire, Ok(vec![one.clone()]));
    let wire = b"\r\n+QIACT: 1,1,1,\"10.7.157.1\"\r\n+QIACT: 3,0,1\r\n\r\nOK\r\n";
    check_lines(&ActiveContexts, line, wire, Ok(vec![one, two]));
}

#[test]
fn last_error() {
    let wire = answer("+QIGETERROR: 561,open PDP failed");
    check_lines(
        &LastNetworkError,
        "AT+QIGETERROR",
        &wire,
        Ok("561 open PDP failed".into()),
    );
}

#[test]
fn registration() {
    let domains = [
        (Domain::Circuit, "AT+CREG"),
        (Domain::Packet, "AT+CGREG"),
        (Domain::Lte, "AT+CEREG"),
    ];
    for (domain, line) in domains {
        let prefix = line.replace("AT", "");
        let plain = |status| Registration {
            domain,
            status,
            area: None,
            cell: None,
            technology: None,
        };
        let statuses = [
            (0, Status::Idle),
            (1, Status::Home),
            (2, Status::Searching),
            (3, Status::Denied),
            (4, Status::Unknown),
            (5, Status::Roaming),
            (6, Status::Unknown),
        ];
        for (number, status) in statuses {
            let wire = answer(&format!("{prefix}: 0,{number}"));
            let command = RegistrationStatusOf { domain };
            check_lines(&command, &format!("{line}?"), &wire, Ok(plain(status)));
        }
        let full = Registration {
            area: Some("1C2B".into()),
            cell: Some("0A1B2C3".into()),
            technology: Some(AccessTechnology::CatM1),
            ..plain(Status::Home)
        };
        // URCs with the same prefix differ from the answer in their fields.
        let answer = format!("{prefix}: 2,1,\"1C2B\",\"0A1B2C3\",8");
        let urc = format!("{prefix}: 5,\"1C2B\",\"0A1B2C3\",8");
        let wire = lines([&urc, &answer, &urc, "OK"]);
        let command = RegistrationStatusOf { domain };
        let seen = super::run::check(&command, &format!("{line}?"), &wire, Ok(full));
        assert_eq!(seen.events.len(), 2);
        let reports = RegistrationReports { domain };
        check_lines(&reports, &format!("{line}=2"), OK, Ok(()));
    }
}

#[test]
fn operator() {
    let selection = |name: Option<&str>, technology| OperatorSelection {
        mode: 0,
        name: name.map(str::to_owned),
        technology,
    };
    let rows = [
        (
            "+COPS: 0,0,\"CHN-UNICOM\",8",
            selection(Some("CHN-UNICOM"), Some(AccessTechnology::CatM1)),
        ),
        (
            "+COPS: 0,0,\"A, B\",9",
            selection(Some("A, B"), Some(AccessTechnology::CatNb1)),
        ),
        ("+COPS: 0,2,\"46001\"", selection(Some("46001"), None)),
        ("+COPS: 0", selection(None, None)),
        // The name in UCS2, as after `AT+CSCS="UCS2"`.
        (
            "+COPS: 0,0,\"004D0079004E00650074\",8",
            selection(Some("MyNet"), Some(AccessTechnology::CatM1)),
        ),
        (
            "+COPS: 0,0,\"4E2D56FD\",8",
            selection(Some("中国"), Some(AccessTechnology::CatM1)),
        ),
        // Names that are not: a character is missing, controls, lone surrogates, another digit.
        ("+COPS: 0,0,\"004D007\"", selection(Some("004D007"), None)),
        ("+COPS: 0,0,\"0000001B\"", selection(Some("0000001B"), None)),
        ("+COPS: 0,0,\"DEADBEEF\"", selection(Some("DEADBEEF"), None)),
        ("+COPS: 0,0,\"+04D+079\"", selection(Some("+04D+079"), None)),
        ("+COPS: 0,0,\"FACE\"", selection(Some("FACE"), None)),
    ];
    for (text, reply) in rows {
        check_lines(&Operator, "AT+COPS?", &answer(text), Ok(reply));
    }
}

#[test]
fn signal() {
    let strength = Strength { rssi: 20, ber: 99 };
    check_lines(
        &SignalQuality,
        "AT+CSQ",
        &answer("+CSQ: 20,99"),
        Ok(strength),
    );
    let unknown = Strength { rssi: 99, ber: 99 };
    check_lines(
        &SignalQuality,
        "AT+CSQ",
        &answer("+CSQ: 99,99"),
        Ok(unknown),
    );
    let serving = Serving {
        technology: "EDGE".into(),
        operator: "46001".into(),
        band: "GSM 1800".into(),
        channel: Some(653),
    };
    let wire = answer(r#"+QNWINFO: "EDGE","46001","GSM 1800",653"#);
    check_lines(
        &NetworkInformation,
        "AT+QNWINFO",
        &wire,
        Ok(serving.clone()),
    );
    let wire = answer("+QNWINFO: EDGE,46001,GSM 1800,653");
    check_lines(&NetworkInformation, "AT+QNWINFO", &wire, Ok(serving));
    let none = Serving {
        technology: "No Service".into(),
        operator: String::new(),
        band: String::new(),
        channel: None,
    };
    let wire = answer("+QNWINFO: No Service");
    check_lines(&NetworkInformation, "AT+QNWINFO", &wire, Ok(none));
}

#[test]
fn clock() {
    let wire = answer("+CCLK: \"08/01/04,00:19:43+00\"");
    check_lines(&Clock, "AT+CCLK?", &wire, Ok(1_199_405_983));
    let set = SetClock {
        unix: 1_199_405_983,
    };
    check_lines(&set, "AT+CCLK=\"08/01/04,00:19:43+00\"", OK, Ok(()));
    let text = "CCLK: the answer cannot be read";
    check_lines(&Clock, "AT+CCLK?", &answer("+CCLK: \"x\""), Err(text));
}

#[test]
fn restart() {
    check_lines(&RestartModule, "AT+CFUN=1,1", OK, Ok(()));
}

#[test]
fn urc_settings() {
    for (port, name) in [
        (UrcPort::UsbAt, "usbat"),
        (UrcPort::UsbModem, "usbmodem"),
        (UrcPort::Uart1, "uart1"),
    ] {
        let line = format!("AT+QURCCFG=\"urcport\",\"{name}\"");
        check_lines(&SetUrcPort { port }, &line, OK, Ok(()));
        let wire = answer(&format!("+QURCCFG: \"urcport\",\"{name}\""));
        check_lines(&UrcPortQuery, "AT+QURCCFG=\"urcport\"", &wire, Ok(port));
    }
    check_lines(
        &SignalReports { on: true },
        "AT+QINDCFG=\"csq\",1,0",
        OK,
        Ok(()),
    );
}

#[test]
fn tls_settings() {
    let rows = [
        (SslSetting::Version(4), r#""sslversion",1,4"#),
        (SslSetting::CipherSuite(0xFFFF), r#""ciphersuite",1,0XFFFF"#),
        (SslSetting::CipherSuite(0x35), r#""ciphersuite",1,0X0035"#),
        (
            SslSetting::CaCertificate(file("ca.pem")),
            r#""cacert",1,"ca.pem""#,
        ),
        (
            SslSetting::ClientCertificate(file("me.pem")),
            r#""clientcert",1,"me.pem""#,
        ),
        (
            SslSetting::ClientKey(file("me.key")),
            r#""clientkey",1,"me.key""#,
        ),
        (SslSetting::SecurityLevel(2), r#""seclevel",1,2"#),
        (
            SslSetting::IgnoreLocalTime(true),
            r#""ignorelocaltime",1,1"#,
        ),
        (SslSetting::NegotiateTime(300), r#""negotiatetime",1,300"#),
        (SslSetting::ServerNameIndication(true), r#""sni",1,1"#),
    ];
    for (setting, parameters) in rows {
        let line = format!("AT+QSSLCFG={parameters}");
        let command = ContextSetting {
            context: 1,
            setting,
        };
        check_lines(&command, &line, OK, Ok(()));
        let text = "QSSLCFG: the module answered ERROR";
        check_lines(&command, &line, b"\r\nERROR\r\n", Err(text));
    }
    let wire = b"\r\n+QSSLCFG: \"sslversion\",(0-5),(0-4)\r\n\
        +QSSLCFG: \"ciphersuite\",(0-5),(0X0035,0X002F,0XFFFF)\r\n+QSSLCFG: \"sni\",(0-5),(0,1)\r\n\
        \r\nOK\r\n";
    let names = ["sslversion", "ciphersuite", "sni"]
        .map(str::to_owned)
        .to_vec();
    check_lines(&ContextSettingNames, "AT+QSSLCFG=?", wire, Ok(names));
}
