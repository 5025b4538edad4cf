//! The module's clock (docs/module/at-network.md §4, docs/module/at-ssl.md §5), compared with literal
//! times. A test bench starts one second after the module, and each command line takes 0.9 s.

use std::time::{Duration, UNIX_EPOCH};

use virtual_bg96::module::{Config, Injection};

use super::bench::Bench;

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
    bench.expect_info("AT+CCLK?", &["+CCLK: \"26/11/22,12:00:01+00\""]);
    bench.expect_info("AT+QLTS", &["+QLTS: \"2026/11/22,12:00:02+00,0\""]);
    bench.expect_lines("AT+CCLK=\"26/11/22,14:00:00+08\"", &["OK"]);
    bench.expect_info("AT+CCLK?", &["+CCLK: \"26/11/22,14:00:00+08\""]);
    bench.expect_info("AT+QLTS=1", &["+QLTS: \"2026/11/22,12:00:01+08,0\""]);
    bench.expect_info("AT+QLTS=2", &["+QLTS: \"2026/11/22,14:00:02+08,0\""]);
    for bad in [
        "\"26/11/22\"",
        "\"26/13/22,14:00:00+08\"",
        "\"26/11/22,14:00:00+57\"",
        "14",
    ] {
        bench.expect_lines(&format!("AT+CCLK={bad}"), &["ERROR"]);
    }
    for (command, top) in [("CTZU", 1), ("CTZR", 2)] {
        bench.expect_lines(&format!("AT+{command}={top}"), &["OK"]);
        bench.expect_info(&format!("AT+{command}?"), &[&format!("+{command}: {top}")]);
        bench.expect_lines(&format!("AT+{command}={}", top + 1), &["ERROR"]);
    }
}

#[test]
fn the_clock_of_a_cold_start() {
    let mut bench = Bench::with(Config {
        network_time: false,
        ..at_noon()
    });
    bench.expect_info("AT+CCLK?", &["+CCLK: \"80/01/06,00:00:01+00\""]);
    bench.expect_info("AT+QLTS", &["+QLTS: \"\""]);
    bench.expect_lines("AT+QNTP=1,\"pool.ntp.org\"", &["ERROR"]);
    bench.expect_lines("AT+QICSGP=1,1,\"apn\"", &["OK"]);
    bench.expect_lines("AT+QIACT=1", &["OK"]);
    let output = bench.send("AT+QNTP=1,\"pool.ntp.org\",123,1\r");
    assert!(
        output.starts_with("\r\nOK\r\n\r\n+QNTP: 0,\"2026/11/22,12:00:0"),
        "{output}"
    );
    assert!(
        bench
            .send("AT+CCLK?\r")
            .contains("+CCLK: \"26/11/22,12:00:")
    );
    bench.expect_lines("AT+QNTP=1,\"no.invalid\"", &["OK", "+QNTP: 565"]);
    // The clock runs on through a reset.
    bench.inject(Injection::Reset);
    bench.advance(Duration::from_secs(1));
    assert!(
        bench
            .send("AT+CCLK?\r")
            .contains("+CCLK: \"26/11/22,12:00:")
    );
}
