//! Leaving data mode by the escape sequence and by DTR, and DCD (docs/module/at-ftp.md §1.4,
//! docs/module/at-serial.md §6, §7).

use std::time::Duration;

use super::bench::{Bench, framed};
use super::data_mode::payload;

#[test]
fn plus_signs_at_the_end_of_a_counted_upload_are_data() {
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
fn a_payload_full_of_plus_signs_is_a_payload() {
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
fn the_escape_of_an_empty_upload_makes_an_empty_file() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\"", &["CONNECT"]);
    assert_eq!(bench.send_escape(), framed(&["OK", "+QFTPPUT: 0,0"]));
    assert_eq!(bench.server.get("/f").unwrap(), b"");
}

#[test]
fn dtr_ends_an_upload_where_and_d_says_so() {
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
fn dtr_while_an_escape_may_have_begun_loses_no_plus_sign() {
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
fn dtr_in_command_mode_does_nothing() {
    let mut bench = Bench::logged_in();
    assert_eq!(bench.pulse_dtr(), "");
    bench.expect_lines("AT+QFTPPWD", &["OK", "+QFTPPWD: 0,/"]);
}

#[test]
fn dcd_follows_data_mode_unless_it_is_always_on() {
    let mut bench = Bench::logged_in();
    assert!(!bench.port.dcd());
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,1,1", &["CONNECT"]);
    assert!(bench.port.dcd());
    bench.send("x");
    assert!(!bench.port.dcd());
    bench.expect_lines("AT&C0", &["OK"]);
    assert!(bench.port.dcd());
}

/// docs/module/quirks.md F3
#[test]
fn a_download_that_is_left_is_over() {
    for by_dtr in [false, true] {
        let mut bench = Bench::logged_in();
        bench.server.put("/f", &[b'x'; 100_000]);
        bench.server.set_latency(Duration::from_millis(500));
        assert_eq!(bench.send("AT+QFTPGET=\"f\",\"COM:\"\r"), "\r\nCONNECT\r\n");
        let output = if by_dtr {
            bench.pulse_dtr()
        } else {
            bench.send_escape()
        };
        assert!(
            output.ends_with("x\r\nOK\r\n") || output == "\r\nOK\r\n",
            "{output}"
        );
        assert_eq!(bench.advance(Duration::from_secs(200)), "");
        bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,1"]);
        bench.expect_lines("ATO", &["NO CARRIER"]);
        bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK", "+QFTPSIZE: 0,100000"]);
    }
}

#[test]
fn while_a_download_is_being_aborted_the_session_is_busy() {
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
fn what_a_broken_download_has_not_sent_is_never_sent() {
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
