//! The V.25ter layer: command lines, echo, result codes, profile, rates, RI, sleep
//! (docs/module/at-serial.md §2, §3, §4, §5, §7, §8).

use std::time::Duration;

use virtual_bg96::module::{Config, Injection};

use super::bench::{Bench, framed};

#[test]
fn boot_urcs_and_echo() {
    let mut bench = Bench::cold(Config::default());
    assert_eq!(
        bench.advance(Duration::from_secs(1)),
        framed(&[
            "RDY",
            "+CFUN: 1",
            "+CPIN: READY",
            "+QUSIM: 1",
            "+QIND: SMS DONE",
            "+QIND: PB DONE"
        ])
    );
    assert_eq!(bench.send("AT\r"), "AT\r\r\nOK\r\n");
    assert_eq!(bench.send("AT\r\n"), "AT\r\r\nOK\r\n");
    assert_eq!(bench.send("ATE0\r"), "ATE0\r\r\nOK\r\n");
    assert_eq!(bench.send("AT\r"), "\r\nOK\r\n");
}

#[test]
fn no_answer_before_rdy() {
    let mut bench = Bench::cold(Config {
        boot_delay: Duration::from_secs(5),
        ..Config::default()
    });
    assert_eq!(bench.send("AT\r"), "");
    assert!(
        bench
            .advance(Duration::from_secs(5))
            .starts_with("\r\nRDY\r\n")
    );
    assert_eq!(bench.send("AT\r"), "AT\r\r\nOK\r\n");
}

#[test]
fn valid_and_invalid_lines() {
    let mut bench = Bench::new();
    bench.expect_lines("", &[]);
    bench.expect_lines("at", &["OK"]);
    bench.expect_lines("AT ", &["OK"]);
    bench.expect_lines("At", &["ERROR"]);
    bench.expect_lines("+++AT", &["ERROR"]);
    bench.expect_lines("AT", &["OK"]);
    bench.expect_lines("nonsense", &["ERROR"]);
    bench.expect_lines("AT+NONSENSE", &["ERROR"]);
    bench.expect_lines("AT*", &["ERROR"]);
    bench.expect_lines("AT+QFTPDEL=\"open", &["ERROR"]);
    bench.expect_lines(&format!("AT+QFTPDEL=\"{}\"", "x".repeat(2000)), &["ERROR"]);
    assert_eq!(bench.send("ATX9\x08\x081\r"), "\r\nERROR\r\n");
    assert_eq!(bench.send("ATX9\x081\r"), "\r\nOK\r\n");
}

#[test]
fn several_commands_on_one_line() {
    let mut bench = Bench::new();
    bench.expect_bytes(
        "ATI;+CSQ",
        "\r\nQuectel\r\nBG96\r\nRevision: BG96MAR02A07M1G\r\n+CSQ: 20,99\r\n\r\nOK\r\n",
    );
    bench.expect_lines("AT+IPR=9600;&W;+NONSENSE;+CSQ", &["ERROR"]);
    bench.expect_info("AT+IPR?", &["+IPR: 9600"]);
    bench.expect_lines("ATE0V1;&D2", &["OK"]);
    bench.expect_lines("AT&FZE0", &["OK"]);
    // ATZ has recalled the stored profile (echo off) and ignored the rest of the line.
    assert_eq!(bench.send("AT\r"), "\r\nOK\r\n");
}

#[test]
fn a_slash_repeats_the_last_line() {
    let mut bench = Bench::new();
    bench.expect_info("AT+CSQ", &["+CSQ: 20,99"]);
    assert_eq!(bench.send("A/"), "\r\n+CSQ: 20,99\r\n\r\nOK\r\n");
    assert_eq!(bench.send("a/"), "\r\n+CSQ: 20,99\r\n\r\nOK\r\n");
}

#[test]
fn numeric_result_codes() {
    let mut bench = Bench::logged_in();
    bench.server.put("/f", b"12345");
    assert_eq!(bench.send("ATV0\r"), "0\r");
    assert_eq!(bench.send("AT+CSQ\r"), "+CSQ: 20,99\r\n0\r");
    assert_eq!(bench.send("ATX9\r"), "4\r");
    assert_eq!(bench.send("ATO\r"), "3\r");
    assert_eq!(
        bench.send("AT+QFTPGET=\"f\",\"COM:\"\r"),
        "1\r123450\r\r\n+QFTPGET: 0,5\r\n"
    );
    assert_eq!(bench.send("ATV1\r"), "\r\nOK\r\n");
}

#[test]
fn suppressed_result_codes() {
    let mut bench = Bench::new();
    assert_eq!(bench.send("ATQ1\r"), "");
    assert_eq!(bench.send("AT+CSQ\r"), "\r\n+CSQ: 20,99\r\n");
    assert_eq!(bench.send("AT+QFTPPWD\r"), "");
    bench.expect_lines("ATQ0", &["OK"]);
}

#[test]
fn s_registers() {
    let mut bench = Bench::new();
    for (register, value) in [
        (0, "000"),
        (3, "013"),
        (4, "010"),
        (5, "008"),
        (6, "002"),
        (7, "000"),
        (8, "002"),
        (10, "015"),
    ] {
        bench.expect_info(&format!("ATS{register}?"), &[value]);
    }
    bench.expect_lines("ATS3=128", &["ERROR"]);
    bench.expect_lines("ATS2?", &["ERROR"]);
    bench.expect_lines("ATS12=50", &["ERROR"]);
    bench.expect_lines("ATS0=3", &["OK"]);
    bench.expect_info("ATS0?", &["003"]);
    // The new end character is already used in the result code.
    assert_eq!(bench.send("ATS3=59\r"), ";\nOK;\n");
    assert_eq!(bench.send("AT;"), ";\nOK;\n");
    assert_eq!(bench.send("ATS3=13;"), "\r\nOK\r\n");
}

#[test]
fn ranges_of_basic_commands() {
    let mut bench = Bench::new();
    for bad in [
        "ATE2", "ATQ2", "ATV2", "ATX5", "AT&C2", "AT&D3", "AT&F1", "AT&W1", "ATZ1", "ATI1", "ATG",
        "AT&X",
    ] {
        bench.expect_lines(bad, &["ERROR"]);
    }
    for good in ["ATX0", "ATX4", "AT&C1", "AT&D0", "AT&D2", "AT&W0", "ATH"] {
        bench.expect_lines(good, &["OK"]);
    }
}

#[test]
fn profile_is_stored_recalled_and_reset() {
    let mut bench = Bench::new();
    bench.expect_lines("ATX0&D2S0=5", &["OK"]);
    bench.expect_lines("AT+CEREG=2;+CMEE=2;+IFC=2,2", &["OK"]);
    bench.expect_lines("AT+IPR=230400;&W", &["OK"]);
    bench.inject(Injection::Reset);
    bench.advance(Duration::from_secs(1));
    // Echo was off when the profile was stored.
    let view = bench.send("AT&V\r");
    for line in ["&D: 2", "E: 0", "X: 0", "S0: 5", "S3: 13"] {
        assert!(view.contains(&format!("{line}\r\n")), "{line} in {view}");
    }
    bench.expect_info("AT+CEREG?", &["+CEREG: 2,1,\"1A2B\",\"0196F101\",8"]);
    bench.expect_info("AT+IPR?", &["+IPR: 230400"]);
    // AT&W does not store these two (docs/module/quirks.md S5).
    bench.expect_info("AT+CMEE?", &["+CMEE: 1"]);
    bench.expect_info("AT+IFC?", &["+IFC: 0,0"]);
    assert_eq!(bench.send("AT&F\r"), "\r\nOK\r\n");
    assert_eq!(bench.send("ATE0\r"), "ATE0\r\r\nOK\r\n");
    bench.expect_info("AT+CEREG?", &["+CEREG: 0,1"]);
    bench.expect_info("AT+IPR?", &["+IPR: 230400"]);
    bench.expect_lines("ATZ", &["OK"]);
    bench.expect_info("ATS0?", &["005"]);
}

#[test]
fn serial_line_settings() {
    let mut bench = Bench::new();
    bench.expect_info(
        "AT+IPR=?",
        &["+IPR: (),(9600,19200,38400,57600,115200,230400,460800,921600)"],
    );
    bench.expect_info("AT+IPR?", &["+IPR: 115200"]);
    bench.expect_lines("AT+IPR=0", &["ERROR"]);
    bench.expect_lines("AT+IPR=921600", &["OK"]);
    assert_eq!(bench.port.condition().line_rate, 921_600);
    bench.expect_info("AT+IFC=?", &["+IFC: (0,2),(0,2)"]);
    bench.expect_lines("AT+IFC=1,1", &["ERROR"]);
    bench.expect_lines("AT+IFC=2,2", &["OK"]);
    bench.expect_info("AT+IFC?", &["+IFC: 2,2"]);
    bench.expect_info("AT+ICF?", &["+ICF: 3,3"]);
    bench.expect_lines("AT+ICF=3,3", &["OK"]);
    bench.expect_lines("AT+ICF=2,3", &["ERROR"]);
    bench.expect_info("AT+CMEE=?", &["+CMEE: (0-2)"]);
    bench.expect_lines("AT+CMEE=3", &["ERROR"]);
}

#[test]
fn urc_pulses_ri_for_120_ms_in_data_mode() {
    let mut bench = Bench::logged_in();
    bench.advance(Duration::from_secs(1));
    assert!(!bench.port.ri());
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\"", &["CONNECT"]);
    assert!(!bench.port.ri());
    bench
        .port
        .inject(bench.now, Injection::Urc("RING".to_owned()));
    assert!(bench.port.ri());
    assert_eq!(bench.advance(Duration::from_millis(110)), "");
    assert!(bench.port.ri());
    bench.advance(Duration::from_millis(10));
    assert!(!bench.port.ri());
}

#[test]
fn no_answer_while_asleep() {
    let mut bench = Bench::new();
    bench.expect_lines("AT+QSCLK=1", &["OK"]);
    bench.expect_info("AT+QSCLK?", &["+QSCLK: 1"]);
    bench.port.set_dtr(bench.now, false);
    bench.expect_lines("AT", &[]);
    bench.port.set_dtr(bench.now, true);
    bench.expect_lines("AT", &["OK"]);
    bench.expect_lines("AT+QSCLK=0", &["OK"]);
    bench.port.set_dtr(bench.now, false);
    bench.expect_lines("AT", &["OK"]);
}
