//! Leaving data mode by the escape sequence and by DTR, and DCD (docs/module/at-ftp.md §1.4,
//! docs/module/at-serial.md §6, §7).

use std::time::Duration;

use super::bench::{Bench, framed};
use super::data_mode::payload;

#[test]
fn plus_signs_that_complete_an_upload_are_data() {
    for pieces in [vec![&b"+++"[..]], vec![b"+", b"+", b"+"]] {
        let mut bench = Bench::logged_in();
        bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,5,1", &["CONNECT"]);
        assert_eq!(bench.send("ab"), "");
        bench.advance(Duration::from_secs(2));
        let mut output = String::new();
        for piece in pieces {
            bench.input(piece);
            output += &bench.output();
        }
        output += &bench.advance(Duration::from_secs(2));
        assert_eq!(output, framed(&["OK", "+QFTPPUT: 0,5"]));
        assert_eq!(bench.server.get("/f").unwrap(), b"ab+++");
    }
}

#[test]
fn plus_signs_without_guard_times_are_data() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\"", &["CONNECT"]);
    let mut sent = Vec::new();
    for (wait, piece) in [
        (1500, &b"++"[..]),
        (1500, b"+++x"),
        (10, b"+++"),
        (1500, b"++++"),
        (1500, b"+++"),
        (500, b"y"),
    ] {
        bench.advance(Duration::from_millis(wait));
        bench.input(piece);
        sent.extend(piece);
    }
    assert_eq!(bench.output(), "");
    assert_eq!(
        bench.send_escape(),
        framed(&["OK", &format!("+QFTPPUT: 0,{}", sent.len())])
    );
    assert_eq!(bench.server.get("/f").unwrap(), sent);
}

#[test]
fn escape_without_data_creates_an_empty_file() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\"", &["CONNECT"]);
    assert_eq!(bench.send_escape(), framed(&["OK", "+QFTPPUT: 0,0"]));
    assert_eq!(bench.server.get("/f").unwrap(), b"");
}

#[test]
fn dtr_ends_an_upload_depending_on_and_d() {
    for (setting, ends) in [(0, false), (1, true), (2, true)] {
        let mut bench = Bench::logged_in();
        bench.expect_lines(&format!("AT&D{setting}"), &["OK"]);
        bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\"", &["CONNECT"]);
        assert_eq!(bench.send("12345"), "");
        let output = bench.pulse_dtr();
        if ends {
            assert_eq!(output, framed(&["OK", "+QFTPPUT: 0,5"]));
        } else {
            assert_eq!(output, "");
            assert_eq!(bench.send_escape(), framed(&["OK", "+QFTPPUT: 0,5"]));
        }
        assert_eq!(bench.server.get("/f").unwrap(), b"12345");
    }
}

#[test]
fn dtr_during_an_incomplete_escape_loses_no_plus_sign() {
    for plus in [&b"+"[..], b"++", b"+++"] {
        let mut bench = Bench::logged_in();
        bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\"", &["CONNECT"]);
        bench.advance(Duration::from_millis(1500));
        bench.input(plus);
        let end = format!("+QFTPPUT: 0,{}", plus.len());
        assert_eq!(bench.pulse_dtr(), framed(&["OK", &end]));
        assert_eq!(bench.server.get("/f").unwrap(), plus);
    }
}

#[test]
fn dtr_in_command_mode_has_no_effect() {
    let mut bench = Bench::logged_in();
    assert_eq!(bench.pulse_dtr(), "");
    bench.expect_lines("AT+QFTPPWD", &["OK", "+QFTPPWD: 0,/"]);
}

#[test]
fn dcd_follows_data_mode_except_with_and_c0() {
    let mut bench = Bench::logged_in();
    assert!(!bench.port.dcd());
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,1,1", &["CONNECT"]);
    assert!(bench.port.dcd());
    bench.send("x");
    assert!(!bench.port.dcd());
    bench.expect_lines("AT&C0", &["OK"]);
    assert!(bench.port.dcd());
}

/// The latency of 500 ms allows 4096 bytes per 500 ms (docs/module/quirks.md F3).
#[test]
fn escape_and_dtr_abort_a_download() {
    for (by_dtr, received) in [(false, 4 * 4096), (true, 0)] {
        let mut bench = Bench::logged_in();
        bench.server.put("/f", &[b'x'; 100_000]);
        bench.server.set_latency(Duration::from_millis(500));
        assert_eq!(bench.send("AT+QFTPGET=\"f\",\"COM:\"\r"), "\r\nCONNECT\r\n");
        let output = if by_dtr {
            bench.pulse_dtr()
        } else {
            bench.send_escape()
        };
        assert_eq!(output, format!("{}\r\nOK\r\n", "x".repeat(received)));
        assert_eq!(bench.advance(Duration::from_secs(200)), "");
        bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,1"]);
        bench.expect_lines("ATO", &["NO CARRIER"]);
        bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK", "+QFTPSIZE: 0,100000"]);
    }
}

#[test]
fn session_is_busy_until_an_aborted_download_has_ended() {
    let mut bench = Bench::logged_in();
    bench.server.put("/f", &[b'x'; 100_000]);
    bench.server.set_latency(Duration::from_millis(600));
    bench.expect_lines("AT+QFTPGET=\"f\",\"COM:\"", &["CONNECT"]);
    bench.port.set_dtr(bench.now, false);
    assert_eq!(bench.output(), framed(&["OK"]));
    bench.input(b"AT+QFTPPWD\r");
    assert_eq!(bench.output(), framed(&["+CME ERROR: 603"]));
}

#[test]
fn aborted_download_discards_unsent_data() {
    for command in ["AT+QFTPGET=\"f\",\"COM:\"", "AT+QFDWL=\"local\""] {
        let mut bench = Bench::logged_in();
        bench.server.put("/f", &payload(100_000));
        bench.expect_lines("AT+QFTPGET=\"f\",\"local\"", &["OK", "+QFTPGET: 0,100000"]);
        bench.host_paused = true;
        bench.send(&format!("{command}\r"));
        assert!(bench.port.module().backlog() > 10_000);
        bench.port.set_dtr(bench.now, false);
        bench.host_paused = false;
        assert_eq!(
            bench.advance(Duration::from_secs(1)),
            framed(&["CONNECT", "OK"])
        );
    }
}
