//! In and out of data mode: lengths, escape, DTR, silence, what happens to the rest (docs/module/at-ftp.md §1.4, docs/module/at-serial.md §6).

use std::time::Duration;

use virtual_bg96::module::Injection;
use virtual_bg96::remote::Failure;

use super::bench::{Arrival, Bench, framed};

const HOSTILE: &[u8] = b"\r\nOK\r\n+++\r\nNO CARRIER\r\n+QFTPGET: 0,5\r\n\x00\x11\x13AT\r\xff";

fn payload(count: usize) -> Vec<u8> {
    HOSTILE.iter().copied().cycle().take(count).collect()
}

#[test]
fn counted_uploads_of_every_size() {
    for arrival in [Arrival::Whole, Arrival::ByteByByte] {
        for count in [0, 1, 1023, 1024, 1025, 10_000] {
            let mut bench = Bench::logged_in().arriving(arrival);
            let command = format!("AT+QFTPPUT=\"f\",\"COM:\",0,{count},1");
            let end = framed(&["OK", &format!("+QFTPPUT: 0,{count}")]);
            if count == 0 {
                bench.wire(&command, &(framed(&["CONNECT"]) + &end));
            } else {
                bench.says(&command, &["CONNECT"]);
                assert_eq!(bench.send_bytes(&payload(count)), end);
            }
            assert_eq!(bench.server.get("/f").unwrap(), payload(count));
        }
    }
}

#[test]
fn a_length_without_beof_is_the_last_segment() {
    let mut bench = Bench::logged_in();
    bench.says("AT+QFTPPUT=\"f\",\"COM:\",0,5", &["CONNECT"]);
    assert_eq!(bench.send("12345"), framed(&["OK", "+QFTPPUT: 0,5"]));
    bench.says("AT+QFTPPWD", &["OK", "+QFTPPWD: 0,/"]);
}

#[test]
fn what_is_too_much_reaches_the_command_parser() {
    let mut bench = Bench::logged_in();
    bench.says("AT+QFTPPUT=\"f\",\"COM:\",0,5,1", &["CONNECT"]);
    assert_eq!(
        bench.send("12345AT+CSQ\r"),
        "\r\nOK\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n\r\n+QFTPPUT: 0,5\r\n"
    );
    assert_eq!(bench.server.get("/f").unwrap(), b"12345");
}

#[test]
fn plus_signs_at_the_end_of_a_counted_upload_are_data() {
    for pieces in [vec![&b"+++"[..]], vec![b"+", b"+", b"+"]] {
        let mut bench = Bench::logged_in();
        bench.says("AT+QFTPPUT=\"f\",\"COM:\",0,5,1", &["CONNECT"]);
        assert_eq!(bench.send("ab"), "");
        bench.pass(Duration::from_secs(2));
        let mut said = String::new();
        for piece in pieces {
            bench.bytes(piece);
            said += &bench.take();
        }
        said += &bench.pass(Duration::from_secs(2));
        assert_eq!(said, framed(&["OK", "+QFTPPUT: 0,5"]));
        assert_eq!(bench.server.get("/f").unwrap(), b"ab+++");
    }
}

#[test]
fn a_payload_full_of_plus_signs_is_a_payload() {
    let mut bench = Bench::logged_in();
    bench.says("AT+QFTPPUT=\"f\",\"COM:\"", &["CONNECT"]);
    let mut sent = Vec::new();
    for (wait, piece) in [
        (1500, &b"++"[..]),
        (1500, b"+++x"),
        (10, b"+++"),
        (1500, b"++++"),
        (1500, b"+++"),
        (500, b"y"),
    ] {
        bench.pass(Duration::from_millis(wait));
        bench.bytes(piece);
        sent.extend(piece);
    }
    assert_eq!(bench.take(), "");
    assert_eq!(
        bench.escape(),
        framed(&["OK", &format!("+QFTPPUT: 0,{}", sent.len())])
    );
    assert_eq!(bench.server.get("/f").unwrap(), sent);
}

#[test]
fn the_escape_of_an_empty_upload_makes_an_empty_file() {
    let mut bench = Bench::logged_in();
    bench.says("AT+QFTPPUT=\"f\",\"COM:\"", &["CONNECT"]);
    assert_eq!(bench.escape(), framed(&["OK", "+QFTPPUT: 0,0"]));
    assert_eq!(bench.server.get("/f").unwrap(), b"");
}

#[test]
fn dtr_ends_an_upload_where_and_d_says_so() {
    for (setting, ends) in [(0, false), (1, true), (2, true)] {
        let mut bench = Bench::logged_in();
        bench.says(&format!("AT&D{setting}"), &["OK"]);
        bench.says("AT+QFTPPUT=\"f\",\"COM:\"", &["CONNECT"]);
        assert_eq!(bench.send("12345"), "");
        let said = bench.pulse_dtr();
        if ends {
            assert_eq!(said, framed(&["OK", "+QFTPPUT: 0,5"]));
        } else {
            assert_eq!(said, "");
            assert_eq!(bench.escape(), framed(&["OK", "+QFTPPUT: 0,5"]));
        }
        assert_eq!(bench.server.get("/f").unwrap(), b"12345");
    }
}

#[test]
fn dtr_while_an_escape_may_have_begun_loses_no_plus_sign() {
    for plus in [&b"+"[..], b"++", b"+++"] {
        let mut bench = Bench::logged_in();
        bench.says("AT+QFTPPUT=\"f\",\"COM:\"", &["CONNECT"]);
        bench.pass(Duration::from_millis(1500));
        bench.bytes(plus);
        let end = format!("+QFTPPUT: 0,{}", plus.len());
        assert_eq!(bench.pulse_dtr(), framed(&["OK", &end]));
        assert_eq!(bench.server.get("/f").unwrap(), plus);
    }
}

#[test]
fn dtr_in_command_mode_does_nothing() {
    let mut bench = Bench::logged_in();
    assert_eq!(bench.pulse_dtr(), "");
    bench.says("AT+QFTPPWD", &["OK", "+QFTPPWD: 0,/"]);
}

#[test]
fn dcd_follows_data_mode_unless_it_is_always_on() {
    let mut bench = Bench::logged_in();
    assert!(!bench.port.dcd());
    bench.says("AT+QFTPPUT=\"f\",\"COM:\",0,1,1", &["CONNECT"]);
    assert!(bench.port.dcd());
    bench.send("x");
    assert!(!bench.port.dcd());
    bench.says("AT&C0", &["OK"]);
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
        let said = if by_dtr {
            bench.pulse_dtr()
        } else {
            bench.escape()
        };
        assert!(
            said.ends_with("x\r\nOK\r\n") || said == "\r\nOK\r\n",
            "{said}"
        );
        assert_eq!(bench.pass(Duration::from_secs(200)), "");
        bench.says("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,1"]);
        bench.says("ATO", &["NO CARRIER"]);
        bench.says("AT+QFTPSIZE=\"f\"", &["OK", "+QFTPSIZE: 0,100000"]);
    }
}

#[test]
fn while_a_download_is_being_aborted_the_session_is_busy() {
    let mut bench = Bench::logged_in();
    bench.server.put("/f", &[b'x'; 100_000]);
    bench.server.set_latency(Duration::from_millis(600));
    bench.says("AT+QFTPGET=\"f\",\"COM:\"", &["CONNECT"]);
    bench.port.set_dtr(bench.now, false);
    assert_eq!(bench.take(), framed(&["OK"]));
    bench.bytes(b"AT+QFTPPWD\r");
    assert_eq!(bench.take(), framed(&["+CME ERROR: 603"]));
}

#[test]
fn silence_is_609_and_what_was_sent_is_there() {
    let mut bench = Bench::online();
    bench.says("AT+QFTPCFG=\"rsptimeout\",20", &["OK"]);
    bench.says("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
    bench.says("AT+QFTPPUT=\"f\",\"COM:\",0,10,1", &["CONNECT"]);
    assert_eq!(bench.send("12345"), "");
    assert_eq!(bench.pass(Duration::from_secs(19)), "");
    assert_eq!(
        bench.pass(Duration::from_secs(1)),
        framed(&["OK", "+QFTPPUT: 609,0"])
    );
    assert_eq!(bench.server.get("/f").unwrap(), b"12345");
    bench.says("AT+QFTPLEN", &["OK", "+QFTPLEN: 0,5"]);
}

#[test]
fn a_silent_server_is_609_too() {
    let mut bench = Bench::online();
    bench.says("AT+QFTPCFG=\"rsptimeout\",20", &["OK"]);
    bench.says("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
    bench.server.put("/f", &[b'x'; 100_000]);
    bench.deaf = true;
    bench.send("AT+QFTPGET=\"f\",\"COM:\"\r");
    bench.server.set_frozen(true);
    bench.deaf = false;
    let said = bench.pass(Duration::from_secs(19));
    assert!(
        said.starts_with("\r\nCONNECT\r\nxxx") && said.ends_with('x'),
        "{}",
        said.len()
    );
    // The data connection cannot be closed in good order either, which takes as long again.
    assert_eq!(
        bench.pass(Duration::from_secs(21)),
        framed(&["OK", "+QFTPGET: 609,0"])
    );
    bench.says("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
}

#[test]
fn a_server_that_gives_up_ends_data_mode() {
    let mut bench = Bench::logged_in();
    bench.server.put("/f", &[b'x'; 100]);
    bench.says("AT+QFTPPUT=\"g\",\"COM:\",0,10,1", &["CONNECT"]);
    bench.server.fail_next(Failure::Reply(552));
    assert_eq!(
        bench.send("0123456789"),
        framed(&["OK", "+QFTPPUT: 629,552"])
    );
}

#[test]
fn urcs_wait_until_data_mode_is_over() {
    let mut bench = Bench::logged_in();
    bench.says("AT+QFTPPUT=\"f\",\"COM:\",0,5,1", &["CONNECT"]);
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
fn a_lost_context_ends_data_mode() {
    let mut bench = Bench::logged_in();
    bench.says("AT+QFTPPUT=\"f\",\"COM:\",0,10,1", &["CONNECT"]);
    bench.send("12345");
    assert_eq!(
        bench.inject(Injection::PdpDeactivated),
        framed(&["OK", "+QFTPPUT: 605,0", "+QIURC: \"pdpdeact\",1"])
    );
}

#[test]
fn input_while_a_command_runs_is_lost() {
    let mut bench = Bench::logged_in();
    bench.server.put("/f", b"12345");
    bench.server.set_latency(Duration::from_secs(5));
    bench.says("AT+QFTPGET=\"f\",\"COM:\"", &[]);
    bench.says("AT", &[]);
    let said = bench.pass(Duration::from_secs(20));
    assert_eq!(said, "\r\nCONNECT\r\n12345\r\nOK\r\n\r\n+QFTPGET: 0,5\r\n");
}

#[test]
fn downloads_wait_for_a_slow_host() {
    let mut bench = Bench::logged_in();
    bench.server.put("/f", &payload(1_000_000));
    bench.deaf = true;
    bench.send("AT+QFTPGET=\"f\",\"COM:\"\r");
    bench.says("", &[]);
    assert!(bench.port.module().backlog() < 32 * 1024);
    bench.deaf = false;
    let said = bench.pass_bytes(Duration::from_secs(1));
    let start = b"\r\nCONNECT\r\n".len();
    assert_eq!(said[start..start + 1_000_000], payload(1_000_000));
    assert_eq!(
        said[start + 1_000_000..],
        *b"\r\nOK\r\n\r\n+QFTPGET: 0,1000000\r\n"
    );
}

#[test]
fn uploads_wait_for_a_slow_server() {
    let mut bench = Bench::logged_in();
    bench.says("AT+QFTPPUT=\"f\",\"COM:\"", &["CONNECT"]);
    bench.server.set_latency(Duration::from_secs(1));
    let room = bench.port.wants_input();
    bench.bytes(&payload(room));
    assert_eq!(bench.port.wants_input(), 0);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.port.wants_input(), room);
}

#[test]
fn a_download_shorter_than_asked_is_the_whole_rest() {
    let mut bench = Bench::logged_in();
    bench.server.put("/f", b"12345");
    bench.wire(
        "AT+QFTPGET=\"f\",\"COM:\",2,100",
        "\r\nCONNECT\r\n345\r\nOK\r\n\r\n+QFTPGET: 0,3\r\n",
    );
    bench.wire(
        "AT+QFTPGET=\"f\",\"COM:\",5",
        "\r\nCONNECT\r\n\r\nOK\r\n\r\n+QFTPGET: 0,0\r\n",
    );
    bench.says("AT+QFTPGET=\"f\",\"COM:\",6", &["+CME ERROR: 627"]);
    bench.wire(
        "AT+QFTPGET=\"f\",\"COM:\",0,0",
        "\r\nCONNECT\r\n\r\nOK\r\n\r\n+QFTPGET: 0,0\r\n",
    );
}

#[test]
fn line_use_is_counted_from_connect_to_ok() {
    let mut bench = Bench::logged_in();
    bench.says("AT+QFTPPUT=\"f\",\"COM:\",0,1000,1", &["CONNECT"]);
    bench.bytes(&payload(400));
    bench.pass(Duration::from_secs(3));
    bench.bytes(&payload(600));
    let data = bench.port.statistics().data_mode;
    assert_eq!(data.bytes, 1000);
    // The helper waited 900 ms after the command.
    assert_eq!(
        data.end.unwrap() - data.begin.unwrap(),
        Duration::from_millis(3900)
    );
}

#[test]
fn what_a_broken_download_has_not_sent_is_never_sent() {
    for command in ["AT+QFTPGET=\"f\",\"COM:\"", "AT+QFDWL=\"local\""] {
        let mut bench = Bench::logged_in();
        bench.server.put("/f", &payload(100_000));
        bench.says("AT+QFTPGET=\"f\",\"local\"", &["OK", "+QFTPGET: 0,100000"]);
        bench.deaf = true;
        bench.send(&format!("{command}\r"));
        assert!(bench.port.module().backlog() > 10_000);
        bench.port.set_dtr(bench.now, false);
        bench.deaf = false;
        assert_eq!(
            bench.pass(Duration::from_secs(1)),
            framed(&["CONNECT", "OK"])
        );
    }
}
