//! The module's clock (docs/module/at-network.md §4, docs/module/at-ssl.md §5), compared with
//! literal times. A test bench starts one second after the module, and each command line takes 0.9
//! s.

use std::time::{Duration, UNIX_EPOCH};

use virtual_bg96::module::{Config, Injection};

use super::bench::Bench;

/// A module created at 2026-11-22 12:00:00 UTC.
fn at_noon() -> Config {
    Config {
        wall_clock: UNIX_EPOCH + Duration::from_secs(1_795_348_800),
        ..Config::default()
    }
}

#[test]
fn clock_with_network_time() {
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
fn clock_without_network_time() {
    let mut bench = Bench::with(Config {
        network_time: false,
        ..at_noon()
    });
    bench.expect_info("AT+CCLK?", &["+CCLK: \"80/01/06,00:00:01+00\""]);
    bench.expect_info("AT+QLTS", &["+QLTS: \"\""]);
    bench.expect_lines("AT+QNTP=1,\"pool.ntp.org\"", &["ERROR"]);
    bench.expect_lines("AT+QICSGP=1,1,\"apn\"", &["OK"]);
    bench.expect_lines("AT+QIACT=1", &["OK"]);
    bench.expect_lines(
        "AT+QNTP=1,\"pool.ntp.org\",123,1",
        &["OK", "+QNTP: 0,\"2026/11/22,12:00:06+00\""],
    );
    bench.expect_info("AT+CCLK?", &["+CCLK: \"26/11/22,12:00:06+00\""]);
    bench.expect_lines("AT+QNTP=1,\"no.invalid\"", &["OK", "+QNTP: 565"]);
    // The clock keeps running during a reset.
    bench.inject(Injection::Reset);
    bench.advance(Duration::from_secs(1));
    bench.expect_bytes(
        "AT+CCLK?",
        "AT+CCLK?\r\r\n+CCLK: \"26/11/22,12:00:09+00\"\r\n\r\nOK\r\n",
    );
}

/// The time server's time is the configured one, whatever AT+CCLK has set.
#[test]
fn qntp_without_autoset_leaves_the_clock_alone() {
    let mut bench = Bench::with(at_noon());
    bench.expect_lines("AT+CCLK=\"30/01/01,00:00:00+00\"", &["OK"]);
    bench.expect_lines("AT+QICSGP=1,1,\"apn\"", &["OK"]);
    bench.expect_lines("AT+QIACT=1", &["OK"]);
    bench.expect_lines(
        "AT+QNTP=1,\"pool.ntp.org\",123,0",
        &["OK", "+QNTP: 0,\"2026/11/22,12:00:04+00\""],
    );
    bench.expect_info("AT+CCLK?", &["+CCLK: \"30/01/01,00:00:03+00\""]);
}
