//! Power, configuration and SSL settings (docs/module/at-network.md §6, §7,
//! docs/module/at-ssl.md §2). docs/module/at-ssl.md §2).

use std::time::Duration;

use virtual_bg96::module::Injection;

use super::bench::{Bench, framed};

#[test]
fn cfun_and_qpowd() {
    let mut bench = Bench::online();
    bench.expect_info("AT+CFUN?", &["+CFUN: 1"]);
    bench.expect_lines("AT+CFUN=2", &["ERROR"]);
    bench.expect_lines("AT+CFUN=4", &["+QIURC: \"pdpdeact\",1", "OK"]);
    bench.expect_info("AT+CEREG?", &["+CEREG: 0,0"]);
    bench.expect_lines("AT+CFUN=1", &["OK"]);
    bench.expect_info("AT+CEREG?", &["+CEREG: 0,1"]);
    let output = bench.send("AT+CFUN=1,1\r");
    assert!(
        output.starts_with("\r\nOK\r\n\r\nPOWERED DOWN\r\n\r\nRDY\r\n\r\n+CFUN: 1\r\n"),
        "{output}"
    );
    assert_eq!(bench.send("ATE0\r"), "ATE0\r\r\nOK\r\n");
    bench.expect_lines("AT+QPOWD=1", &["OK", "POWERED DOWN"]);
    bench.expect_lines("AT", &[]);
    assert!(bench.inject(Injection::PowerUp).is_empty());
    assert!(
        bench
            .advance(Duration::from_secs(1))
            .starts_with("\r\nRDY\r\n")
    );
}

#[test]
fn power_key_switches_off() {
    let mut bench = Bench::new();
    assert_eq!(
        bench.inject(Injection::PowerDown),
        framed(&["POWERED DOWN"])
    );
    bench.expect_lines("AT", &[]);
}

#[test]
fn configuration_is_stored() {
    let mut bench = Bench::new();
    for (key, initial, new) in [
        ("nwscanseq", "00", "020301"),
        ("nwscanmode", "0", "3"),
        ("iotopmode", "0", "2"),
        ("band", "0xf,0x400a0e189f,0xa0e189f", "f,400a0e189f,a0e189f"),
        ("roamservice", "255", "1"),
        ("servicedomain", "2", "1"),
        ("psm/urc", "0", "1"),
        ("psm/enter", "0", "1"),
        ("pdp/duplicatechk", "0", "1"),
        ("urc/ri/other", "\"pulse\",120,1", "\"off\""),
        ("risignaltype", "\"respective\"", "\"physical\""),
        ("urc/delay", "0", "1"),
        ("apready", "0,0,500", "1,0,200"),
        ("cmux/urcport", "0", "1"),
    ] {
        let query = format!("AT+QCFG=\"{key}\"");
        bench.expect_info(&query, &[&format!("+QCFG: \"{key}\",{initial}")]);
        bench.expect_lines(&format!("AT+QCFG=\"{key}\",{new}"), &["OK"]);
        bench.expect_info(&query, &[&format!("+QCFG: \"{key}\",{new}")]);
    }
    bench.expect_lines("AT+QCFG=\"nwscanmode\",0,1", &["OK"]);
    bench.expect_info("AT+QCFG=\"nwscanmode\"", &["+QCFG: \"nwscanmode\",0"]);
    bench.expect_lines("AT+QCFG=\"nonsense\"", &["ERROR"]);
    bench.expect_info("AT+QINDCFG=\"csq\"", &["+QINDCFG: \"csq\",0"]);
    bench.expect_lines("AT+QINDCFG=\"csq\",1,1", &["OK"]);
    bench.expect_info("AT+QINDCFG=\"csq\"", &["+QINDCFG: \"csq\",1"]);
    bench.expect_lines("AT+QINDCFG=\"x\",1", &["ERROR"]);
}

#[test]
fn ssl_settings() {
    let mut bench = Bench::new();
    bench.expect_info(
        "AT+QSSLCFG=?",
        &[
            "+QSSLCFG: \"sslversion\",(0-5),(0-4)",
            "+QSSLCFG: \"ciphersuite\",(0-5),(0X0035,0X002F,0X0005,0X0004,0X000A,0X003D,0XC011,0XC012,0XC013,0XC014,0XC027,0XC028,0XC02F,0XFFFF)",
            "+QSSLCFG: \"cacert\",(0-5),<cacertpath>",
            "+QSSLCFG: \"clientcert\",(0-5),<client_cert_path>",
            "+QSSLCFG: \"clientkey\",(0-5),<client_key_path>",
            "+QSSLCFG: \"seclevel\",(0-5),(0-2)",
            "+QSSLCFG: \"ignorelocaltime\",(0-5),(0,1)",
            "+QSSLCFG: \"negotiatetime\",(0-5),(10-300)",
        ],
    );
    for (key, default, good, bad) in [
        ("sslversion", "4", "3", "5"),
        ("ciphersuite", "0XFFFF", "0XC02F", "0X1301"),
        ("cacert", "\"\"", "\"cacert.pem\"", "cacert.pem"),
        ("clientcert", "\"\"", "\"client.pem\"", "7"),
        ("clientkey", "\"\"", "\"client.key\"", "7"),
        ("seclevel", "0", "2", "3"),
        ("ignorelocaltime", "1", "0", "2"),
        ("negotiatetime", "300", "10", "9"),
    ] {
        bench.expect_info(
            &format!("AT+QSSLCFG=\"{key}\",2"),
            &[&format!("+QSSLCFG: \"{key}\",2,{default}")],
        );
        bench.expect_lines(&format!("AT+QSSLCFG=\"{key}\",2,{good}"), &["OK"]);
        bench.expect_info(
            &format!("AT+QSSLCFG=\"{key}\",2"),
            &[&format!("+QSSLCFG: \"{key}\",2,{good}")],
        );
        bench.expect_lines(&format!("AT+QSSLCFG=\"{key}\",2,{bad}"), &["ERROR"]);
        bench.expect_lines(&format!("AT+QSSLCFG=\"{key}\",6,{good}"), &["ERROR"]);
        bench.expect_info(
            &format!("AT+QSSLCFG=\"{key}\",3"),
            &[&format!("+QSSLCFG: \"{key}\",3,{default}")],
        );
    }
    bench.expect_lines("AT+QSSLCFG=\"ciphersuite\",2,0xffff", &["OK"]);
    for absent in ["sni", "session", "alpn", "closetimemode"] {
        bench.expect_lines(&format!("AT+QSSLCFG=\"{absent}\",0,1"), &["ERROR"]);
    }
    bench.inject(Injection::Reset);
    bench.advance(Duration::from_secs(1));
    bench.send("ATE0\r");
    bench.expect_info("AT+QSSLCFG=\"seclevel\",2", &["+QSSLCFG: \"seclevel\",2,0"]);
}
