//! PDP context, clock, restart, URC settings (docs/module/at-network.md §1, 4, 6, 7) and TLS settings
//! (docs/module/at-ssl.md §2).

use super::run::{check_lines, file, lines};
use crate::api::secret::Secret;
use crate::at::command::network::*;
use crate::at::command::tls::*;
use crate::at::quote::{ContextPassword, ContextText, Host};
use crate::at::{Command, Patience};

const OK: &[u8] = b"\r\nOK\r\n";

fn answer(line: &str) -> Vec<u8> {
    lines([line, "OK"])
}

fn configuration(password: &str) -> ConfigureContext {
    ConfigureContext {
        kind: 1,
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
        address: Some([10, 7, 157, 1].into()),
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
fn clock() {
    let wire = answer("+CCLK: \"08/01/04,00:19:43+00\"");
    check_lines(&Clock, "AT+CCLK?", &wire, Ok(1_199_405_983));
    let set = SetClock {
        unix: 1_199_405_983,
    };
    check_lines(&set, "AT+CCLK=\"08/01/04,00:19:43+00\"", OK, Ok(()));
    let text = "CCLK: the answer cannot be read";
    check_lines(&Clock, "AT+CCLK?", &answer("+CCLK: \"x\""), Err(text));
    let wire = answer("+QLTS: \"2017/01/13,03:40:48+32,0\"");
    check_lines(&NetworkTime, "AT+QLTS", &wire, Ok(Some(1_484_250_048)));
    check_lines(&NetworkTime, "AT+QLTS", &answer("+QLTS: \"\""), Ok(None));
    let text = "QLTS: the answer cannot be read";
    check_lines(&NetworkTime, "AT+QLTS", &answer("+QLTS: \"x\""), Err(text));
    check_lines(&NetworkTime, "AT+QLTS", OK, Err(text));
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

#[test]
fn echo_requests() {
    let ping = Ping {
        context: 1,
        host: Host::new("host", "plant.example.net").unwrap(),
    };
    let line = r#"AT+QPING=1,"plant.example.net",10,1"#;
    for (result, answered) in [
        (r#"+QPING: 0,"192.0.2.1",32,90,255"#, true),
        ("+QPING: 569", false),
        ("+QPING: 565", false),
        ("+QPING: 0,1,0,1,0,0,0", false),
    ] {
        check_lines(&ping, line, &lines(["OK", result]), Ok(answered));
    }
    check_lines(
        &ping,
        line,
        b"\r\n+CME ERROR: 561\r\n",
        Err("QPING: 561 opening the PDP context failed"),
    );
}
