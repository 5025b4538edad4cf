//! QFOPEN, QFREAD, QFWRITE, QFSEEK, QFPOSITION, QFTUCAT, QFCLOSE (docs/module/at-file.md §3.7,
//! §3.8, §3.9, §3.10).

use std::time::Duration;

use virtual_bg96::module::Injection;

use super::bench::{Arrival, Bench};
use super::files::upload;

/// docs/module/at-file.md §4
#[test]
fn transcript() {
    for arrival in [Arrival::Whole, Arrival::ByteByByte] {
        let mut bench = Bench::new().arriving(arrival);
        bench.expect_info("AT+QFOPEN=\"test\",0", &["+QFOPEN: 0"]);
        bench.expect_lines("AT+QFWRITE=0,10", &["CONNECT"]);
        assert_eq!(
            bench.send("0123456789"),
            "\r\n+QFWRITE: 10,10\r\n\r\nOK\r\n"
        );
        bench.expect_lines("AT+QFSEEK=0,0,0", &["OK"]);
        bench.expect_bytes("AT+QFREAD=0,10", "\r\nCONNECT 10\r\n0123456789\r\nOK\r\n");
        bench.expect_lines("AT+QFCLOSE=0", &["OK"]);
    }
}

#[test]
fn handles_and_the_limit_of_open_files() {
    let mut bench = Bench::new();
    bench.expect_lines("AT+QFOPEN=\"none\",2", &["+CME ERROR: 405"]);
    for number in 0..10 {
        bench.expect_info(
            &format!("AT+QFOPEN=\"f{number}\""),
            &[&format!("+QFOPEN: {number}")],
        );
    }
    bench.expect_lines("AT+QFOPEN=\"f10\"", &["+CME ERROR: 413"]);
    bench.expect_lines("AT+QFCLOSE=3", &["OK"]);
    bench.expect_lines("AT+QFCLOSE=3", &["+CME ERROR: 416"]);
    bench.expect_lines("AT+QFOPEN=\"f1\"", &["+CME ERROR: 426"]);
    bench.expect_info("AT+QFOPEN=\"f3\",1", &["+QFOPEN: 3"]);
    let output = bench.send("AT+QFOPEN?\r");
    assert!(
        output.contains("+QFOPEN: \"f0\",0,0\r\n") && output.contains("+QFOPEN: \"f3\",3,1\r\n"),
        "{output}"
    );
    bench.inject(Injection::Reset);
    bench.advance(Duration::from_secs(1));
    bench.send("ATE0\r");
    bench.expect_lines("AT+QFOPEN?", &["OK"]);
    bench.expect_info("AT+QFLST=\"f9\"", &["+QFLST: \"f9\",0"]);
}

#[test]
fn seek_read_write_and_truncate() {
    let mut bench = Bench::new();
    upload(&mut bench, "f", b"0123456789");
    bench.expect_info("AT+QFOPEN=\"f\",0", &["+QFOPEN: 0"]);
    bench.expect_bytes("AT+QFREAD=0", "\r\nCONNECT 10\r\n0123456789\r\nOK\r\n");
    bench.expect_lines("AT+QFREAD=0,1", &["+CME ERROR: 402"]);
    bench.expect_lines("AT+QFSEEK=0,8", &["OK"]);
    bench.expect_bytes("AT+QFREAD=0,500", "\r\nCONNECT 2\r\n89\r\nOK\r\n");
    bench.expect_lines("AT+QFSEEK=0,3,2", &["OK"]);
    bench.expect_info("AT+QFPOSITION=0", &["+QFPOSITION: 7"]);
    bench.expect_lines("AT+QFSEEK=0,2,1", &["OK"]);
    bench.expect_info("AT+QFPOSITION=0", &["+QFPOSITION: 9"]);
    bench.expect_lines("AT+QFSEEK=0,2,1", &["ERROR"]);
    bench.expect_lines("AT+QFSEEK=0,11,0", &["ERROR"]);
    bench.expect_lines("AT+QFSEEK=0,11,2", &["ERROR"]);
    bench.expect_lines("AT+QFSEEK=7,0", &["+CME ERROR: 416"]);
    bench.expect_lines("AT+QFSEEK=0,4", &["OK"]);
    bench.expect_lines("AT+QFTUCAT=0", &["OK"]);
    bench.expect_info("AT+QFLST=\"f\"", &["+QFLST: \"f\",4"]);
    bench.expect_lines("AT+QFWRITE=0,3", &["CONNECT"]);
    assert_eq!(bench.send("xyz"), "\r\n+QFWRITE: 3,7\r\n\r\nOK\r\n");
    bench.expect_lines("AT+QFWRITE=0,3,1", &["CONNECT"]);
    bench.input(b"v");
    assert_eq!(
        bench.advance(Duration::from_secs(1)),
        "\r\n+QFWRITE: 1,8\r\n\r\nOK\r\n"
    );
    bench.expect_lines("AT+QFCLOSE=0", &["OK"]);
    bench.expect_info("AT+QFOPEN=\"f\",2", &["+QFOPEN: 0"]);
    bench.expect_lines("AT+QFWRITE=0,3", &["+CME ERROR: 414"]);
    bench.expect_lines("AT+QFTUCAT=0", &["+CME ERROR: 414"]);
    bench.expect_bytes("AT+QFREAD=0", "\r\nCONNECT 8\r\n0123xyzv\r\nOK\r\n");
}
