//! Faults of FTP sessions and transfers.

use std::time::Duration;

use virtual_bg96::fault::Knob;
use virtual_bg96::module::Injection;
use virtual_bg96::remote::memory::StartPosition;

use super::super::bench::{Bench, framed};
use super::with;

pub fn busy_after_close() {
    let mut bench = with("busy-after-close=5000");
    bench.expect_lines("AT+QFTPCLOSE", &["OK"]);
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,3"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["+CME ERROR: 603"]);
    assert_eq!(
        bench.advance(Duration::from_secs(5)),
        framed(&["+QFTPCLOSE: 0,0"])
    );
}

pub fn data_refused() {
    let mut bench = with("data-refused=1");
    bench.expect_lines("AT+QFTPGET=\"f\",\"COM:\"", &["+CME ERROR: 615"]);
    bench.expect_lines("AT+QFTPPWD", &["+CME ERROR: 603"]);
    bench.expect_lines("AT+QFTPCLOSE", &["OK", "+QFTPCLOSE: 0,0"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\",0,1,1", &["CONNECT"]);
}

pub fn data_dead() {
    let get = "AT+QFTPGET=\"f\",\"COM:\"";
    for (argument, cures) in [
        ("context", &["AT+QIDEACT=1"][..]),
        ("restart", &["AT+QIDEACT=1", "AT+CFUN=1,1"]),
        ("power", &["AT+QIDEACT=1", "AT+CFUN=1,1", "AT+QPOWD"]),
    ] {
        let mut bench = with(&format!("data-dead={argument}"));
        bench.expect_lines("AT+QFTPPWD", &["OK", "+QFTPPWD: 0,/"]);
        bench.expect_lines(get, &["+CME ERROR: 615"]);
        let lost = ["OK", "+QPING: 569", "+QPING: 0,1,0,1,0,0,0"];
        bench.expect_lines("AT+QPING=1,\"h\",1,1", &lost);
        for cure in cures {
            assert!(
                bench.port.module().has_fault(Knob::DataDead),
                "{argument}: before {cure}"
            );
            bench.send(&format!("{cure}\r"));
            bench.advance(Duration::from_secs(20));
        }
        assert!(!bench.port.module().has_fault(Knob::DataDead), "{argument}");
    }
}

pub fn abort_urc() {
    for (fault, urc) in [
        ("abort-urc", "+QFTPGET: 0,4096"),
        ("abort-urc=607,426", "+QFTPGET: 607,426"),
    ] {
        let mut bench = with(fault);
        bench.server.put("/big", &[b'x'; 100_000]);
        bench.server.set_latency(Duration::from_millis(400));
        bench.send("AT+QFTPGET=\"big\",\"COM:\"\r");
        bench.port.set_dtr(bench.now, false);
        assert_eq!(bench.advance(Duration::from_secs(2)), framed(&["OK", urc]));
    }
}

pub fn data_timeout() {
    let mut bench = with("data-timeout=1500");
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\"", &["CONNECT"]);
    assert_eq!(bench.send("12345"), "");
    assert_eq!(
        bench.advance(Duration::from_secs(1)),
        framed(&["OK", "+QFTPPUT: 609,0"])
    );
}

pub fn get_missing() {
    for (variant, lines) in [
        ("cme", &["+CME ERROR: 627"][..]),
        ("connect", &["CONNECT", "OK", "+QFTPGET: 627,550"]),
        ("urc", &["+QFTPGET: 627,550"]),
    ] {
        let mut bench = with(&format!("get-missing={variant}"));
        bench.expect_lines("AT+QFTPGET=\"none\",\"COM:\"", lines);
        bench.expect_lines("AT+QFTPPWD", &["OK", "+QFTPPWD: 0,/"]);
    }
}

pub fn empty_data() {
    let mut bench = with("empty-data=1");
    bench.expect_lines(
        "AT+QFTPGET=\"f\",\"COM:\"",
        &["CONNECT", "OK", "+QFTPGET: 0,0"],
    );
    bench.expect_bytes(
        "AT+QFTPGET=\"f\",\"COM:\"",
        "\r\nCONNECT\r\n0123456789\r\nOK\r\n\r\n+QFTPGET: 0,10\r\n",
    );
}

pub fn reply_150() {
    let mut bench = with("reply-150");
    bench.expect_lines(
        "AT+QFTPGET=\"f\",\"COM:\"",
        &["CONNECT", "OK", "+QFTPGET: 627,150"],
    );
    bench.expect_lines("AT+QFTPGET=\"f\",\"local\"", &["OK", "+QFTPGET: 627,150"]);
}

pub fn account_masked() {
    let mut bench = with("account-masked");
    bench.expect_info(
        "AT+QFTPCFG=\"account\"",
        &["+QFTPCFG: \"account\",\"test\",\"*****\""],
    );
}

pub fn pwd_quoted() {
    with("pwd-quoted").expect_lines("AT+QFTPPWD", &["OK", "+QFTPPWD: 0,\"/\""]);
}

pub fn stat_first() {
    with("stat-first").expect_info("AT+QFTPSTAT", &["+QFTPSTAT: 0,1"]);
}

pub fn no_nlst() {
    let mut bench = with("no-nlst");
    bench.expect_lines("AT+QFTPNLST=?", &["ERROR"]);
    bench.expect_lines("AT+QFTPNLST=\".\"", &["ERROR"]);
}

pub fn no_mlsd() {
    let mut bench = with("no-mlsd");
    bench.expect_lines("AT+QFTPMLSD=?", &["ERROR"]);
    bench.expect_lines("AT+QFTPMLSD=\".\"", &["ERROR"]);
}

pub fn size_one_field() {
    with("size-one-field").expect_lines("AT+QFTPSIZE=\"f\"", &["OK", "+QFTPSIZE: 10"]);
}

pub fn late_type() {
    let mut bench = with("late-type");
    bench.expect_lines("AT+QFTPCLOSE", &["OK", "+QFTPCLOSE: 0,0"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
    let size = "AT+QFTPSIZE=\"f\"";
    bench.expect_lines(size, &["OK", "+QFTPSIZE: 627,550"]);
    bench.send("AT+QFTPGET=\"f\",\"COM:\"\r");
    bench.expect_lines(size, &["OK", "+QFTPSIZE: 0,10"]);
}

pub fn no_urc() {
    let mut bench = with("no-urc=1");
    bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK"]);
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,1"]);
    bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK", "+QFTPSIZE: 0,10"]);
}

pub fn late_urc() {
    let mut bench = with("late-urc=30000");
    bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK"]);
    assert_eq!(
        bench.advance(Duration::from_secs(30)),
        framed(&["+QFTPSIZE: 0,10"])
    );
}

pub fn fail() {
    let mut bench = with("fail=QFTPSIZE:613,0");
    bench.fault("fail=QFTPPUT:619,452");
    bench.fault("fail=QFTPPWD:606,0");
    bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK", "+QFTPSIZE: 613,0"]);
    bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK", "+QFTPSIZE: 0,10"]);
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\",0,1,1", &["CONNECT"]);
    assert_eq!(bench.send("x"), framed(&["OK", "+QFTPPUT: 619,452"]));
    bench.expect_lines("AT+QFTPPWD", &["OK", "+QFTPPWD: 606,0"]);
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
}

pub fn refuse() {
    let mut bench = with("refuse=QFTPPUT:603");
    bench.fault("refuse=CGSN:23");
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\",0,1,1", &["+CME ERROR: 603"]);
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\",0,1,1", &["CONNECT"]);
    bench.send("x");
    bench.expect_lines("AT+CGSN", &["+CME ERROR: 23"]);
}

pub fn tls_fails() {
    let mut bench = Bench::online();
    bench.fault("tls-fails=1");
    bench.expect_lines("AT+QFTPCFG=\"ssltype\",2", &["OK"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 631,0"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
}

pub fn tls_wears() {
    let mut bench = Bench::online();
    bench.fault("tls-wears=1");
    bench.expect_lines("AT+QFTPCFG=\"ssltype\",1", &["OK"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
    bench.expect_lines("AT+QFTPCLOSE", &["OK", "+QFTPCLOSE: 0,0"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 601,0"]);
    bench.inject(Injection::PowerDown);
    bench.inject(Injection::PowerUp);
    bench.advance(Duration::from_secs(1));
    for line in [
        "ATE0",
        "AT+QICSGP=1,1,\"apn\"",
        "AT+QIACT=1",
        "AT+QFTPCFG=\"account\",\"test\",\"test\"",
    ] {
        bench.send(&format!("{line}\r"));
    }
    bench.expect_lines("AT+QFTPCFG=\"ssltype\",1", &["OK"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
}

pub fn get_exists() {
    let mut bench = with("get-exists");
    bench.expect_lines("AT+QFTPGET=\"f\",\"u\"", &["OK", "+QFTPGET: 0,10"]);
    bench.expect_lines("AT+QFTPGET=\"f\",\"u\"", &["OK", "+QFTPGET: 613,0"]);
}

pub fn pdpdeact_after() {
    let mut bench = with("pdpdeact-after=4");
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\",0,100,1", &["CONNECT"]);
    assert_eq!(bench.send("123"), "");
    assert_eq!(
        bench.send("4"),
        framed(&["OK", "+QFTPPUT: 605,0", "+QIURC: \"pdpdeact\",1"])
    );
    let mut bench = with("pdpdeact-after=10");
    let output = bench.send("AT+QFTPGET=\"f\",\"COM:\"\r");
    assert_eq!(
        output,
        "\r\nCONNECT\r\n0123456789\r\nOK\r\n\r\n+QFTPGET: 605,0\r\n\r\n+QIURC: \"pdpdeact\",1\r\n"
    );
}

pub fn surplus() {
    let mut bench = with("surplus=3");
    bench.expect_bytes(
        "AT+QFTPGET=\"f\",\"COM:\",0,4",
        "\r\nCONNECT\r\n0123!!!\r\nOK\r\n\r\n+QFTPGET: 0,4\r\n",
    );
}

pub fn announce() {
    let mut bench = with("announce=4294967296");
    bench.expect_lines("AT+QFTPGET=\"/f\",\"f\"", &["OK", "+QFTPGET: 0,10"]);
    bench.expect_info("AT+QFOPEN=\"f\",2", &["+QFOPEN: 0"]);
    bench.expect_bytes("AT+QFREAD=0,5", "\r\nCONNECT 4294967296\r\n01234\r\nOK\r\n");
}

pub fn connect_text() {
    let mut bench = with("connect-text");
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\",0,1,1", &["CONNECT 150000000"]);
    let mut bench = with("connect-text=fast");
    bench.expect_bytes(
        "AT+QFTPGET=\"f\",\"COM:\"",
        "\r\nCONNECT fast\r\n0123456789\r\nOK\r\n\r\n+QFTPGET: 0,10\r\n",
    );
}

pub fn stall() {
    let mut bench = with("stall=4096");
    bench.server.put("/big", &[b'x'; 10_000]);
    let output = bench.send("AT+QFTPGET=\"big\",\"COM:\"\r");
    assert_eq!(output.len(), "\r\nCONNECT\r\n".len() + 4096);
    assert_eq!(
        bench.advance(Duration::from_secs(100)),
        framed(&["OK", "+QFTPGET: 609,0"])
    );
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\",0,10000,1", &["CONNECT"]);
    bench.send_bytes(&[b'y'; 4096]);
    assert_eq!(bench.port.wants_input(), 0);
}

pub fn segment_reconnects() {
    for (start, result) in [
        (StartPosition::Cuts, &b"1234567"[..]),
        (StartPosition::ZeroFills, b"\0\0\0\0\x0067"),
    ] {
        let mut bench = with("segment-reconnects");
        bench.server.set_start_position(start);
        bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,5,0", &["CONNECT"]);
        assert_eq!(bench.send("12345"), framed(&["OK", "+QFTPPUT: 0,5"]));
        bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,1"]);
        bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",5,2,1", &["CONNECT"]);
        assert_eq!(bench.send("67"), framed(&["OK", "+QFTPPUT: 0,2"]));
        assert_eq!(bench.server.get("/f").unwrap(), result);
    }
}
