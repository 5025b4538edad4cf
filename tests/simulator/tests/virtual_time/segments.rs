//! Uploads in segments: `<beof>` 0 keeps the data connection open (docs/module/at-ftp.md §2.5).

use std::time::Duration;

use super::bench::{Bench, framed};

/// A bench on which the first segment of `/f`, `12345`, has been uploaded.
fn first_segment() -> Bench {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,5,0", &["CONNECT"]);
    assert_eq!(bench.send("12345"), framed(&["OK", "+QFTPPUT: 0,5"]));
    bench
}

#[test]
fn state_between_two_segments_is_transferring() {
    let mut bench = first_segment();
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,2"]);
    bench.expect_lines("AT+QFTPLEN", &["OK", "+QFTPLEN: 0,5"]);
    bench.expect_lines("AT+QFTPSIZE=\"f\"", &["+CME ERROR: 603"]);
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\",0,5,1", &["+CME ERROR: 603"]);
}

#[test]
fn next_segment_must_start_at_the_end_of_the_last() {
    let mut bench = first_segment();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",6,5,1", &["+CME ERROR: 612"]);
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",5,2,1", &["CONNECT"]);
    assert_eq!(bench.send("67"), framed(&["OK", "+QFTPPUT: 0,2"]));
    assert_eq!(bench.server.get("/f").unwrap(), b"1234567");
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,1"]);
}

#[test]
fn last_segment_may_have_no_length() {
    let mut bench = first_segment();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",5", &["CONNECT"]);
    assert_eq!(bench.send("678"), "");
    assert_eq!(bench.send_escape(), framed(&["OK", "+QFTPPUT: 0,3"]));
    assert_eq!(bench.server.get("/f").unwrap(), b"12345678");
}

#[test]
fn close_ends_an_unfinished_upload() {
    let mut bench = first_segment();
    bench.expect_lines("AT+QFTPCLOSE", &["OK", "+QFTPCLOSE: 0,0"]);
    assert_eq!(bench.server.get("/f").unwrap(), b"12345");
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
    bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK", "+QFTPSIZE: 0,5"]);
}

#[test]
fn segment_not_accepted_by_the_server_is_609() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,5,0", &["CONNECT"]);
    bench.server.set_frozen(true);
    assert_eq!(bench.send("12345"), framed(&["OK"]));
    let output = bench.advance(Duration::from_secs(90));
    assert_eq!(output, framed(&["+QFTPPUT: 609,0"]));
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
}
