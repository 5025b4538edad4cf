//! Faults of the UFS, the network, the power supply and the serial line.

use std::time::Duration;

use virtual_bg96::fault::{Fault, Knob};
use virtual_bg96::module::Injection;

use super::super::bench::{Bench, framed};
use super::{reboot, with};

pub fn qfupl_timeout() {
    let mut bench = with("qfupl-timeout=cme");
    bench.expect_lines("AT+QFUPL=\"u\",5", &["CONNECT"]);
    assert_eq!(
        bench.advance(Duration::from_secs(5)),
        framed(&["+CME ERROR: 421"])
    );
}

pub fn no_final_ack() {
    let mut bench = with("no-final-ack");
    bench.expect_lines("AT+QFUPL=\"u\",1024,5,1", &["CONNECT"]);
    assert_eq!(
        bench.send_bytes(&[0; 1024]),
        "\r\n+QFUPL: 1024,0\r\n\r\nOK\r\n"
    );
}

pub fn ufs_full() {
    let mut bench = with("ufs-full");
    bench.expect_lines("AT+QFUPL=\"u\",5", &["+CME ERROR: 420"]);
    bench.expect_lines("AT+QFTPGET=\"f\",\"u\"", &["OK", "+QFTPGET: 613,0"]);
}

pub fn corrupt_file() {
    let mut bench = with("corrupt-file=1");
    bench.expect_lines("AT+QFUPL=\"u\",3", &["CONNECT"]);
    assert_eq!(bench.send("abc"), "\r\n+QFUPL: 3,362\r\n\r\nOK\r\n");
    bench.expect_lines("AT+QFUPL=\"v\",3", &["CONNECT"]);
    assert_eq!(bench.send("abc"), "\r\n+QFUPL: 3,262\r\n\r\nOK\r\n");
}

pub fn qflst() {
    for (style, line) in [("unquoted", "+QFLST: u,3"), ("ufs", "+QFLST: \"UFS:u\",3")] {
        let mut bench = with(&format!("qflst={style}"));
        bench.expect_lines("AT+QFUPL=\"u\",3", &["CONNECT"]);
        bench.send("abc");
        bench.expect_info("AT+QFLST", &[line]);
    }
}

pub fn qiact_fails() {
    let mut bench = Bench::new();
    bench.fault("qiact-fails=1");
    bench.expect_lines("AT+QICSGP=1,1,\"apn\"", &["OK"]);
    bench.expect_lines("AT+QIACT=1", &["ERROR"]);
    bench.expect_lines("AT+QIACT=1", &["OK"]);
}

pub fn qiact_slow() {
    let mut bench = Bench::new();
    bench.fault("qiact-slow=60000");
    bench.expect_lines("AT+QICSGP=1,1,\"apn\"", &["OK"]);
    bench.expect_lines("AT+QIACT=1", &[]);
    bench.expect_lines("AT", &[]);
    assert_eq!(bench.advance(Duration::from_secs(60)), framed(&["OK"]));
}

pub fn qiact_ghost() {
    let mut bench = with("qiact-ghost");
    bench.inject(Injection::PdpDeactivated);
    bench.expect_info("AT+QIACT?", &["+QIACT: 1,1,1,\"10.7.157.1\""]);
    bench.expect_info("AT+CGPADDR=1", &["+CGPADDR: 1,0.0.0.0"]);
    bench.expect_lines("AT+QFTPOPEN=\"192.0.2.1\"", &["OK", "+QFTPOPEN: 605,0"]);
}

pub fn address() {
    for (fault, qiact, cgpaddr) in [
        ("zero", ",\"0.0.0.0\"", ",0.0.0.0"),
        ("none", "", ""),
        (
            "ipv6-cgpaddr",
            "",
            ",\"32.1.13.184.0.0.0.0.0.0.0.0.0.23.0.1\"",
        ),
    ] {
        let mut bench = with(&format!("address={fault}"));
        bench.expect_info("AT+QIACT?", &[&format!("+QIACT: 1,1,1{qiact}")]);
        bench.expect_info("AT+CGPADDR=1", &[&format!("+CGPADDR: 1{cgpaddr}")]);
    }
    let mut bench = with("address=ipv6");
    bench.expect_info("AT+QIACT?", &["+QIACT: 1,1,2,\"2001:db8::17:1\""]);
}

pub fn ucs2() {
    let mut bench = with("ucs2");
    bench.expect_lines("AT+COPS=3,2", &["OK"]);
    bench.expect_info("AT+COPS?", &["+COPS: 0,2,\"00300030003100300031\",8"]);
}

pub fn iccid() {
    let mut bench = with("iccid=8986011730000000000F");
    bench.expect_info("AT+QCCID", &["+QCCID: 8986011730000000000F"]);
}

pub fn prefixed_identity() {
    let mut bench = with("prefixed-identity");
    bench.expect_info("AT+CGMM", &["+CGMM: BG96"]);
    bench.expect_info("AT+CGSN", &["+CGSN: 866425030000018"]);
}

pub fn reset_after() {
    let mut bench = with("reset-after=4");
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\",0,100,1", &["CONNECT"]);
    assert!(bench.send("1234").starts_with("\r\nRDY\r\n"));
    assert_eq!(bench.send("ATE0\r"), "ATE0\r\r\nOK\r\n");
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
}

pub fn echo_on_boot() {
    let mut bench = with("echo-on-boot");
    bench.expect_lines("AT&W", &["OK"]);
    reboot(&mut bench);
    assert_eq!(bench.send("AT\r"), "AT\r\r\nOK\r\n");
}

pub fn echo_off_on_boot() {
    let mut bench = with("echo-off-on-boot");
    bench.expect_lines("ATE1", &["OK"]);
    reboot(&mut bench);
    bench.expect_lines("AT", &["OK"]);
}

pub fn echo_always() {
    let mut bench = with("echo-always");
    assert_eq!(bench.send("ATE0\r"), framed(&["OK"]));
    assert_eq!(bench.send("AT\r"), "AT\r\r\nOK\r\n");
}

pub fn boot_signs() {
    for (signs, text) in [
        ("none", ""),
        ("app-rdy", "\r\nAPP RDY\r\n"),
        ("cpin,qusim", "\r\n+CPIN: READY\r\n\r\n+QUSIM: 1\r\n"),
        ("cfun", "\r\n+CFUN: 1\r\n"),
        ("sms,pb", "\r\n+QIND: SMS DONE\r\n\r\n+QIND: PB DONE\r\n"),
    ] {
        let mut bench = with(&format!("boot-signs={signs}"));
        assert_eq!(reboot(&mut bench), text, "{signs}");
    }
    let mut bench = with("boot-signs=noise,rdy");
    bench.inject(Injection::Reset);
    let output = bench.advance_bytes(Duration::from_secs(1));
    let noise = output.strip_suffix(b"RDY\r\n").unwrap();
    let text = noise.strip_prefix(b"\r\n").unwrap();
    assert!(text.iter().any(|byte| *byte >= 0x80), "{text:?}");
    assert!("boot-signs=rdy,x".parse::<Fault>().is_err());
}

pub fn boot_rate() {
    let mut bench = with("boot-rate=9600");
    assert_eq!(bench.port.condition().line_rate, 115_200);
    reboot(&mut bench);
    assert_eq!(bench.port.condition().line_rate, 9600);
}

pub fn app_rdy() {
    let mut bench = with("app-rdy");
    assert!(reboot(&mut bench).ends_with("\r\n+QIND: PB DONE\r\n\r\nAPP RDY\r\n"));
}

pub fn sim_late() {
    let mut bench = with("sim-late=20000");
    reboot(&mut bench);
    bench.send("ATE0\r");
    bench.expect_lines("AT+CPIN?", &["+CME ERROR: 14"]);
    bench.advance(Duration::from_secs(20));
    bench.expect_info("AT+CPIN?", &["+CPIN: READY"]);
}

pub fn power_text() {
    let mut bench = with("power-text=NORMAL POWER DOWN");
    bench.expect_lines("AT+QPOWD", &["OK", "NORMAL POWER DOWN"]);
}

pub fn lose_bytes() {
    let mut bench = with("lose-bytes=4");
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\"", &["CONNECT"]);
    bench.send("123456789");
    bench.send_escape();
    assert_eq!(bench.server.get("/g").unwrap(), b"1235679");
    bench.expect_lines("AT+IFC=2,2", &["OK"]);
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\"", &["CONNECT"]);
    bench.send("123456789");
    bench.send_escape();
    assert_eq!(bench.server.get("/g").unwrap(), b"123456789");
}

pub fn dtr_drop() {
    let mut bench = with("dtr-drop=3");
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\",0,10,1", &["CONNECT"]);
    assert_eq!(bench.send("123"), framed(&["OK", "+QFTPPUT: 0,3"]));
}

pub fn dtr_ignored() {
    let mut bench = with("dtr-ignored");
    bench.expect_lines("AT+QFTPPUT=\"g\",\"COM:\"", &["CONNECT"]);
    bench.send("123");
    assert_eq!(bench.pulse_dtr(), "");
    assert_eq!(bench.send_escape(), framed(&["OK", "+QFTPPUT: 0,3"]));
}

pub fn urc_between() {
    let mut bench = with("urc-between=RING");
    bench.expect_lines("AT", &["RING", "OK"]);
    bench.expect_bytes("AT+CSQ", "\r\n+CSQ: 20,99\r\n\r\nRING\r\n\r\nOK\r\n");
    bench.expect_lines("ATX9", &["RING", "ERROR"]);
}

pub fn fragment() {
    let mut bench = with("fragment=3");
    bench.input(b"AT\r");
    assert_eq!(bench.port.output(), b"\r\nO");
    assert_eq!(bench.output(), "\r\nOK\r\n");
}

pub fn slow() {
    let mut bench = with("slow=100");
    bench.input(b"AT\r");
    assert_eq!(bench.output(), "\r");
    assert_eq!(bench.advance(Duration::from_millis(99)), "");
    assert_eq!(bench.advance(Duration::from_millis(1)), "\n");
    assert_eq!(bench.advance(Duration::from_millis(400)), "OK\r\n");
}

pub fn garbage() {
    let mut bench = with("garbage=5");
    bench.inject(Injection::Reset);
    bench.advance(Duration::from_secs(1));
    bench.input(b"AT\r");
    let output = bench.output_bytes();
    assert_eq!((&output[..3], output.len()), (&b"AT\r"[..], 3 + 5 + 6));
    assert!(output[3..8].iter().all(|byte| *byte >= 0x80));
    bench.input(b"AT\r");
    assert_eq!(bench.output(), "AT\r\r\nOK\r\n");
}

/// Implemented by the pty (tested in tests/program.rs); the module only stores that it is on.
pub fn strict_baud() {
    let mut bench = with("strict-baud");
    assert!(bench.port.module().has_fault(Knob::StrictBaud));
    bench.inject(Injection::Clear(Knob::StrictBaud));
    assert!(!bench.port.module().has_fault(Knob::StrictBaud));
}

pub fn mute() {
    let mut bench = with("mute=QFTPPWD");
    bench.expect_lines("AT+QFTPPWD", &[]);
    bench.expect_lines("AT", &["OK"]);
    bench.fault("mute");
    bench.expect_lines("AT", &[]);
    bench.inject(Injection::ClearAll);
    bench.expect_lines("AT", &["OK"]);
}

pub fn ping_lost() {
    let mut bench = with("ping-lost");
    let lost = ["OK", "+QPING: 569", "+QPING: 0,1,0,1,0,0,0"];
    bench.expect_lines("AT+QPING=1,\"h\",1,1", &lost);
    bench.expect_lines("AT+QFTPPWD", &["OK", "+QFTPPWD: 0,/"]);
}
