//! SIM and identity (docs/module/at-network.md §2, §5).

use std::time::Duration;

use virtual_bg96::module::{Config, Injection, SimState};

use super::bench::{Bench, framed};

#[test]
fn identity() {
    let mut bench = Bench::new();
    bench.expect_bytes(
        "ATI",
        "\r\nQuectel\r\nBG96\r\nRevision: BG96MAR02A07M1G\r\n\r\nOK\r\n",
    );
    for (commands, text) in [
        (&["GMI", "CGMI"][..], "Quectel"),
        (&["GMM", "CGMM"], "BG96"),
        (&["GMR", "CGMR"], "BG96MAR02A07M1G"),
        (&["QGMR"], "BG96MAR02A07M1G_01.019.01.019"),
        (&["QAPPVER"], "01.019.01.019"),
        (&["GSN", "CGSN"], "866425030000018"),
        (&["CIMI"], "001010123456789"),
        (&["QCCID"], "+QCCID: 89860000000000000018"),
    ] {
        for command in commands {
            bench.expect_info(&format!("AT+{command}"), &[text]);
            bench.expect_lines(&format!("AT+{command}=?"), &["OK"]);
            bench.expect_lines(&format!("AT+{command}?"), &["ERROR"]);
        }
    }
}

#[test]
fn sim_with_a_pin() {
    let config = Config {
        sim_pin: Some("0815".into()),
        ..Config::default()
    };
    let mut bench = Bench::cold(config);
    assert!(
        bench
            .advance(Duration::from_secs(1))
            .ends_with("\r\n+CPIN: SIM PIN\r\n\r\n+QUSIM: 1\r\n")
    );
    bench.send("ATE0\r");
    bench.expect_info("AT+CPIN?", &["+CPIN: SIM PIN"]);
    bench.expect_info("AT+QPINC?", &["+QPINC: \"SC\",3,10", "+QPINC: \"P2\",3,10"]);
    bench.expect_info("AT+QINISTAT", &["+QINISTAT: 0"]);
    bench.expect_lines("AT+CIMI", &["+CME ERROR: 11"]);
    bench.expect_info("AT+CEREG?", &["+CEREG: 0,0"]);
    bench.expect_lines("AT+CPIN=\"1111\"", &["+CME ERROR: 16"]);
    bench.expect_info("AT+QPINC?", &["+QPINC: \"SC\",2,10", "+QPINC: \"P2\",3,10"]);
    let ready = framed(&[
        "OK",
        "+CPIN: READY",
        "+QUSIM: 1",
        "+QIND: SMS DONE",
        "+QIND: PB DONE",
    ]);
    assert_eq!(bench.send("AT+CPIN=0815\r"), ready);
    bench.expect_info("AT+QPINC?", &["+QPINC: \"SC\",3,10", "+QPINC: \"P2\",3,10"]);
    bench.expect_info("AT+CEREG?", &["+CEREG: 0,1"]);
    bench.expect_info("AT+QINISTAT", &["+QINISTAT: 3"]);
    bench.expect_lines("AT+CPIN=\"0815\"", &["+CME ERROR: 3"]);
    bench.inject(Injection::Reset);
    bench.advance(Duration::from_secs(1));
    assert!(bench.send("AT+CPIN?\r").contains("+CPIN: SIM PIN"));
}

#[test]
fn three_wrong_pins_require_the_puk() {
    let mut bench = Bench::with(Config {
        sim_pin: Some("0815".into()),
        ..Config::default()
    });
    for _ in 0..3 {
        bench.expect_lines("AT+CPIN=\"1111\"", &["+CME ERROR: 16"]);
    }
    bench.expect_info("AT+CPIN?", &["+CPIN: SIM PUK"]);
    bench.expect_lines("AT+CPIN=\"0815\"", &["+CME ERROR: 12"]);
    bench.expect_lines("AT+CPIN=\"00000000\",\"2222\"", &["+CME ERROR: 16"]);
    bench.expect_info("AT+QPINC?", &["+QPINC: \"SC\",0,9", "+QPINC: \"P2\",3,10"]);
    assert!(
        bench
            .send("AT+CPIN=\"12345678\",\"2222\"\r")
            .starts_with("\r\nOK\r\n\r\n+CPIN: READY\r\n")
    );
}

#[test]
fn sim_is_removed_and_inserted() {
    let mut bench = Bench::online();
    bench.expect_lines("AT+CEREG=1", &["OK"]);
    assert_eq!(
        bench.inject(Injection::Sim(SimState::Absent)),
        framed(&["+CPIN: NOT READY", "+QIURC: \"pdpdeact\",1", "+CEREG: 0"])
    );
    bench.expect_lines("AT+CPIN?", &["+CME ERROR: 10"]);
    bench.expect_lines("AT+QCCID", &["+CME ERROR: 10"]);
    assert_eq!(
        bench.inject(Injection::Sim(SimState::Ready)),
        framed(&["+CPIN: READY", "+CEREG: 1"])
    );
    bench.inject(Injection::Sim(SimState::Puk));
    bench.expect_info("AT+CPIN?", &["+CPIN: SIM PUK"]);
}

#[test]
fn initial_sim_state_and_registration() {
    let absent = Config {
        sim: Some(SimState::Absent),
        ..Config::default()
    };
    let mut bench = Bench::cold(absent);
    assert!(
        bench
            .advance(Duration::from_secs(1))
            .ends_with("\r\n+CPIN: NOT READY\r\n")
    );
    assert!(bench.send("AT+CPIN?\r").ends_with("\r\n+CME ERROR: 10\r\n"));
    let mut bench = Bench::with(Config {
        registration: 2,
        ..Config::default()
    });
    bench.expect_info("AT+CEREG?", &["+CEREG: 0,2"]);
    bench.inject(Injection::Registration(1));
    bench.expect_info("AT+CEREG?", &["+CEREG: 0,1"]);
    let mut bench = Bench::with(Config {
        sim: Some(SimState::Pin),
        ..Config::default()
    });
    assert!(
        bench
            .send("AT+CPIN=1234\r")
            .starts_with("\r\nOK\r\n\r\n+CPIN: READY\r\n")
    );
}
