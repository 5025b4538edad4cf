//! Time, power, configuration, SSL settings (docs/module/at-network.md §4, 6 and 7, docs/module/at-ssl.md §2).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use virtual_bg96::module::{Config, Injection};

use super::bench::{Bench, framed};

fn at_noon() -> Config {
    // 2026-11-22 12:00:00 UTC
    Config {
        wall_clock: UNIX_EPOCH + Duration::from_secs(1_795_348_800),
        ..Config::default()
    }
}

#[test]
fn the_clock_of_a_network() {
    let mut bench = Bench::with(at_noon());
    bench.tells("AT+CCLK?", &["+CCLK: \"26/11/22,12:00:01+00\""]);
    bench.tells("AT+QLTS", &["+QLTS: \"2026/11/22,12:00:02+00,0\""]);
    bench.says("AT+CCLK=\"26/11/22,14:00:00+08\"", &["OK"]);
    bench.tells("AT+CCLK?", &["+CCLK: \"26/11/22,14:00:00+08\""]);
    bench.tells("AT+QLTS=1", &["+QLTS: \"2026/11/22,12:00:01+08,0\""]);
    bench.tells("AT+QLTS=2", &["+QLTS: \"2026/11/22,14:00:02+08,0\""]);
    for bad in [
        "\"26/11/22\"",
        "\"26/13/22,14:00:00+08\"",
        "\"26/11/22,14:00:00+57\"",
        "14",
    ] {
        bench.says(&format!("AT+CCLK={bad}"), &["ERROR"]);
    }
    for (command, top) in [("CTZU", 1), ("CTZR", 2)] {
        bench.says(&format!("AT+{command}={top}"), &["OK"]);
        bench.tells(&format!("AT+{command}?"), &[&format!("+{command}: {top}")]);
        bench.says(&format!("AT+{command}={}", top + 1), &["ERROR"]);
    }
}

#[test]
fn the_clock_of_a_cold_start() {
    let mut bench = Bench::with(Config {
        network_time: false,
        ..at_noon()
    });
    bench.tells("AT+CCLK?", &["+CCLK: \"80/01/06,00:00:01+00\""]);
    bench.tells("AT+QLTS", &["+QLTS: \"\""]);
    bench.says("AT+QNTP=1,\"pool.ntp.org\"", &["ERROR"]);
    bench.says("AT+QICSGP=1,1,\"apn\"", &["OK"]);
    bench.says("AT+QIACT=1", &["OK"]);
    let said = bench.send("AT+QNTP=1,\"pool.ntp.org\",123,1\r");
    assert!(
        said.starts_with("\r\nOK\r\n\r\n+QNTP: 0,\"2026/11/22,12:00:0"),
        "{said}"
    );
    assert!(
        bench
            .send("AT+CCLK?\r")
            .contains("+CCLK: \"26/11/22,12:00:")
    );
    bench.says("AT+QNTP=1,\"no.invalid\"", &["OK", "+QNTP: 565"]);
    // The clock runs on through a reset.
    bench.inject(Injection::Reset);
    bench.pass(Duration::from_secs(1));
    assert!(
        bench
            .send("AT+CCLK?\r")
            .contains("+CCLK: \"26/11/22,12:00:")
    );
}

#[test]
fn power() {
    let mut bench = Bench::online();
    bench.tells("AT+CFUN?", &["+CFUN: 1"]);
    bench.says("AT+CFUN=2", &["ERROR"]);
    bench.says("AT+CFUN=4", &["+QIURC: \"pdpdeact\",1", "OK"]);
    bench.tells("AT+CEREG?", &["+CEREG: 0,0"]);
    bench.says("AT+CFUN=1", &["OK"]);
    bench.tells("AT+CEREG?", &["+CEREG: 0,1"]);
    let said = bench.send("AT+CFUN=1,1\r");
    assert!(
        said.starts_with("\r\nOK\r\n\r\nPOWERED DOWN\r\n\r\nRDY\r\n\r\n+CFUN: 1\r\n"),
        "{said}"
    );
    assert_eq!(bench.send("ATE0\r"), "ATE0\r\r\nOK\r\n");
    bench.says("AT+QPOWD=1", &["OK", "POWERED DOWN"]);
    bench.says("AT", &[]);
    assert!(bench.inject(Injection::PowerUp).is_empty());
    assert!(
        bench
            .pass(Duration::from_secs(1))
            .starts_with("\r\nRDY\r\n")
    );
}

#[test]
fn power_down_from_outside() {
    let mut bench = Bench::new();
    assert_eq!(
        bench.inject(Injection::PowerDown),
        framed(&["POWERED DOWN"])
    );
    bench.says("AT", &[]);
}

#[test]
fn configuration_is_kept_as_written() {
    let mut bench = Bench::new();
    for (key, new) in [
        ("nwscanseq", "020301"),
        ("nwscanmode", "3"),
        ("iotopmode", "2"),
        ("band", "f,400a0e189f,a0e189f"),
        ("roamservice", "1"),
        ("servicedomain", "1"),
        ("psm/urc", "1"),
        ("psm/enter", "1"),
        ("pdp/duplicatechk", "1"),
        ("urc/ri/other", "\"off\""),
        ("risignaltype", "\"physical\""),
        ("urc/delay", "1"),
        ("apready", "1,0,200"),
        ("cmux/urcport", "1"),
    ] {
        assert!(
            bench
                .send(&format!("AT+QCFG=\"{key}\"\r"))
                .starts_with(&format!("\r\n+QCFG: \"{key}\","))
        );
        bench.says(&format!("AT+QCFG=\"{key}\",{new}"), &["OK"]);
        bench.tells(
            &format!("AT+QCFG=\"{key}\""),
            &[&format!("+QCFG: \"{key}\",{new}")],
        );
    }
    bench.says("AT+QCFG=\"nwscanmode\",0,1", &["OK"]);
    bench.tells("AT+QCFG=\"nwscanmode\"", &["+QCFG: \"nwscanmode\",0"]);
    bench.says("AT+QCFG=\"nonsense\"", &["ERROR"]);
    bench.tells("AT+QINDCFG=\"csq\"", &["+QINDCFG: \"csq\",0"]);
    bench.says("AT+QINDCFG=\"csq\",1,1", &["OK"]);
    bench.tells("AT+QINDCFG=\"csq\"", &["+QINDCFG: \"csq\",1"]);
    bench.says("AT+QINDCFG=\"x\",1", &["ERROR"]);
}

#[test]
fn ssl_settings() {
    let mut bench = Bench::new();
    bench.tells(
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
        bench.tells(
            &format!("AT+QSSLCFG=\"{key}\",2"),
            &[&format!("+QSSLCFG: \"{key}\",2,{default}")],
        );
        bench.says(&format!("AT+QSSLCFG=\"{key}\",2,{good}"), &["OK"]);
        bench.tells(
            &format!("AT+QSSLCFG=\"{key}\",2"),
            &[&format!("+QSSLCFG: \"{key}\",2,{good}")],
        );
        bench.says(&format!("AT+QSSLCFG=\"{key}\",2,{bad}"), &["ERROR"]);
        bench.says(&format!("AT+QSSLCFG=\"{key}\",6,{good}"), &["ERROR"]);
        bench.tells(
            &format!("AT+QSSLCFG=\"{key}\",3"),
            &[&format!("+QSSLCFG: \"{key}\",3,{default}")],
        );
    }
    bench.says("AT+QSSLCFG=\"ciphersuite\",2,0xffff", &["OK"]);
    for absent in ["sni", "session", "alpn", "closetimemode"] {
        bench.says(&format!("AT+QSSLCFG=\"{absent}\",0,1"), &["ERROR"]);
    }
    bench.inject(Injection::Reset);
    bench.pass(Duration::from_secs(1));
    bench.send("ATE0\r");
    bench.tells("AT+QSSLCFG=\"seclevel\",2", &["+QSSLCFG: \"seclevel\",2,0"]);
}

#[test]
fn the_default_clock_is_the_hosts() {
    let bench = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let default = Config::default()
        .wall_clock
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    assert!(default - bench <= 1);
}
