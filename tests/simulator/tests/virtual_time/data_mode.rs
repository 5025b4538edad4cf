//! Transfers in data mode: lengths, time-outs, flow control, held-back URCs
//! (docs/module/at-ftp.md §1.4, §1.5). (docs/module/at-ftp.md §1.4, docs/module/at-serial.md §6).

use std::time::Duration;

use virtual_bg96::module::Injection;
use virtual_bg96::remote::Failure;

use super::bench::{Arrival, Bench, framed};

/// Bytes that look like line ends, result codes, URCs, flow control and escape characters.
const HOSTILE: &[u8] = b"\r\nOK\r\n+++\r\nNO CARRIER\r\n+QFTPGET: 0,5\r\n\x00\x11\x13AT\r\xff";

/// `count` bytes of [`HOSTILE`], repeated.
pub fn payload(count: usize) -> Vec<u8> {
    HOSTILE.iter().copied().cycle().take(count).collect()
}

#[test]
fn uploads_of_known_length() {
    for arrival in [Arrival::Whole, Arrival::ByteByByte] {
        for count in [0, 1, 1023, 1024, 1025, 10_000] {
            let mut bench = Bench::logged_in().arriving(arrival);
            let command = format!("AT+QFTPPUT=\"f\",\"COM:\",0,{count},1");
            let end = framed(&["OK", &format!("+QFTPPUT: 0,{count}")]);
            if count == 0 {
                bench.expect_bytes(&command, &(framed(&["CONNECT"]) + &end));
            } else {
                bench.expect_lines(&command, &["CONNECT"]);
                assert_eq!(bench.send_bytes(&payload(count)), end);
            }
            assert_eq!(bench.server.get("/f").unwrap(), payload(count));
        }
    }
}

#[test]
fn upload_without_beof_is_the_last_segment() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,5", &["CONNECT"]);
    assert_eq!(bench.send("12345"), framed(&["OK", "+QFTPPUT: 0,5"]));
    bench.expect_lines("AT+QFTPPWD", &["OK", "+QFTPPWD: 0,/"]);
}

#[test]
fn bytes_after_the_upload_length_reach_the_command_parser() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,5,1", &["CONNECT"]);
    assert_eq!(
        bench.send("12345AT+CSQ\r"),
        "\r\nOK\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n\r\n+QFTPPUT: 0,5\r\n"
    );
    assert_eq!(bench.server.get("/f").unwrap(), b"12345");
}

#[test]
fn upload_timeout_is_609_and_keeps_the_bytes_sent() {
    let mut bench = Bench::online();
    bench.expect_lines("AT+QFTPCFG=\"rsptimeout\",20", &["OK"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,10,1", &["CONNECT"]);
    assert_eq!(bench.send("12345"), "");
    assert_eq!(bench.advance(Duration::from_secs(19)), "");
    assert_eq!(
        bench.advance(Duration::from_secs(1)),
        framed(&["OK", "+QFTPPUT: 609,0"])
    );
    assert_eq!(bench.server.get("/f").unwrap(), b"12345");
    bench.expect_lines("AT+QFTPLEN", &["OK", "+QFTPLEN: 0,5"]);
}

#[test]
fn unresponsive_server_is_609() {
    let mut bench = Bench::online();
    bench.expect_lines("AT+QFTPCFG=\"rsptimeout\",20", &["OK"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
    bench.server.put("/f", &[b'x'; 100_000]);
    bench.host_paused = true;
    bench.send("AT+QFTPGET=\"f\",\"COM:\"\r");
    bench.server.set_frozen(true);
    bench.host_paused = false;
    let output = bench.advance(Duration::from_secs(19));
    assert!(
        output.starts_with("\r\nCONNECT\r\nxxx") && output.ends_with('x'),
        "{}",
        output.len()
    );
    // The server does not answer the end of the data connection either: a second rsptimeout passes.
    assert_eq!(
        bench.advance(Duration::from_secs(21)),
        framed(&["OK", "+QFTPGET: 609,0"])
    );
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
}

#[test]
fn error_reply_after_an_upload_is_in_the_urc() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\",0,10,1", &["CONNECT"]);
    bench.server.fail_next(Failure::Reply(552));
    assert_eq!(
        bench.send("0123456789"),
        framed(&["OK", "+QFTPPUT: 629,552"])
    );
}

#[test]
fn server_closing_the_data_connection_ends_data_mode() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\",0,10,1", &["CONNECT"]);
    bench.server.break_data(Failure::Reply(552));
    assert_eq!(bench.send("01234"), framed(&["OK", "+QFTPPUT: 629,552"]));
    bench.server.put("/f", &payload(10_000));
    bench.server.break_data(Failure::DataClosed);
    bench.expect_lines(
        "AT+QFTPGET=\"f\",\"COM:\"",
        &["CONNECT", "OK", "+QFTPGET: 607,0"],
    );
    bench.expect_lines("AT", &["OK"]);
}

#[test]
fn urcs_are_held_back_in_data_mode() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,5,1", &["CONNECT"]);
    assert_eq!(
        bench.inject(Injection::Urc("+QIND: \"csq\",20,99".into())),
        ""
    );
    assert_eq!(
        bench.send("12345"),
        framed(&["OK", "+QIND: \"csq\",20,99", "+QFTPPUT: 0,5"])
    );
}

#[test]
fn context_deactivation_ends_data_mode() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,10,1", &["CONNECT"]);
    bench.send("12345");
    assert_eq!(
        bench.inject(Injection::PdpDeactivated),
        framed(&["OK", "+QFTPPUT: 605,0", "+QIURC: \"pdpdeact\",1"])
    );
}

#[test]
fn input_while_a_command_is_running_is_discarded() {
    let mut bench = Bench::logged_in();
    bench.server.put("/f", b"12345");
    bench.server.set_latency(Duration::from_secs(5));
    bench.expect_lines("AT+QFTPGET=\"f\",\"COM:\"", &[]);
    bench.expect_lines("AT", &[]);
    let output = bench.advance(Duration::from_secs(20));
    assert_eq!(
        output,
        "\r\nCONNECT\r\n12345\r\nOK\r\n\r\n+QFTPGET: 0,5\r\n"
    );
}

#[test]
fn download_waits_for_a_slow_host() {
    let mut bench = Bench::logged_in();
    bench.server.put("/f", &payload(1_000_000));
    bench.host_paused = true;
    bench.send("AT+QFTPGET=\"f\",\"COM:\"\r");
    bench.expect_lines("", &[]);
    assert!(bench.port.module().backlog() < 32 * 1024);
    bench.host_paused = false;
    let output = bench.advance_bytes(Duration::from_secs(1));
    let start = b"\r\nCONNECT\r\n".len();
    assert_eq!(output[start..start + 1_000_000], payload(1_000_000));
    assert_eq!(
        output[start + 1_000_000..],
        *b"\r\nOK\r\n\r\n+QFTPGET: 0,1000000\r\n"
    );
}

#[test]
fn upload_waits_for_a_slow_server() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\"", &["CONNECT"]);
    bench.server.set_latency(Duration::from_secs(1));
    let room = bench.port.wants_input();
    bench.input(&payload(room));
    assert_eq!(bench.port.wants_input(), 0);
    bench.advance(Duration::from_secs(1));
    assert_eq!(bench.port.wants_input(), room);
}

#[test]
fn download_ends_at_the_end_of_the_file() {
    let mut bench = Bench::logged_in();
    bench.server.put("/f", b"12345");
    bench.expect_bytes(
        "AT+QFTPGET=\"f\",\"COM:\",2,100",
        "\r\nCONNECT\r\n345\r\nOK\r\n\r\n+QFTPGET: 0,3\r\n",
    );
    bench.expect_bytes(
        "AT+QFTPGET=\"f\",\"COM:\",5",
        "\r\nCONNECT\r\n\r\nOK\r\n\r\n+QFTPGET: 0,0\r\n",
    );
    bench.expect_lines("AT+QFTPGET=\"f\",\"COM:\",6", &["+CME ERROR: 627"]);
    bench.expect_bytes(
        "AT+QFTPGET=\"f\",\"COM:\",0,0",
        "\r\nCONNECT\r\n\r\nOK\r\n\r\n+QFTPGET: 0,0\r\n",
    );
}

#[test]
fn data_mode_time_is_measured_from_connect_to_the_last_byte() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,1000,1", &["CONNECT"]);
    bench.input(&payload(400));
    bench.advance(Duration::from_secs(3));
    bench.input(&payload(600));
    let data = bench.port.statistics().data_mode;
    assert_eq!(data.bytes, 1000);
    // `expect_lines` waits 900 ms after the command.
    assert_eq!(
        data.end.unwrap() - data.begin.unwrap(),
        Duration::from_millis(3900)
    );
}
