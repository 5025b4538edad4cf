//! PDP contexts, DNS, registration and urcport (docs/module/at-network.md §1, §3, §7).

use std::time::Duration;

use virtual_bg96::module::{Config, Injection, PortName};

use super::bench::{Bench, framed};

#[test]
fn registration() {
    let mut bench = Bench::new();
    for (name, levels) in [("CREG", "0,1,2"), ("CGREG", "0,1,2"), ("CEREG", "0,1,2,4")] {
        bench.expect_info(&format!("AT+{name}=?"), &[&format!("+{name}: ({levels})")]);
        bench.expect_info(&format!("AT+{name}?"), &[&format!("+{name}: 0,1")]);
        bench.expect_lines(&format!("AT+{name}=3"), &["ERROR"]);
        bench.expect_lines(&format!("AT+{name}=2"), &["OK"]);
        bench.expect_info(
            &format!("AT+{name}?"),
            &[&format!("+{name}: 2,1,\"1A2B\",\"0196F101\",8")],
        );
    }
    assert_eq!(
        bench.inject(Injection::Registration(2)),
        framed(&["+CREG: 2", "+CGREG: 2", "+CEREG: 2"])
    );
    bench.expect_info("AT+CGATT?", &["+CGATT: 0"]);
    bench.expect_info("AT+COPS?", &["+COPS: 0"]);
    bench.expect_info("AT+QNWINFO", &["+QNWINFO: \"NONE\""]);
    bench.expect_info("AT+QCSQ", &["+QCSQ: \"NOSERVICE\""]);
    bench.expect_lines("AT+QICSGP=1,1,\"apn\"", &["OK"]);
    bench.expect_lines("AT+QIACT=1", &["ERROR"]);
    bench.expect_info(
        "AT+QIGETERROR",
        &["+QIGETERROR: 561,open PDP context failed"],
    );
    assert!(
        bench
            .inject(Injection::Registration(5))
            .starts_with("\r\n+CREG: 5,\"1A2B\"")
    );
    bench.expect_lines("AT+QIACT=1", &["OK"]);
    assert!(
        bench
            .inject(Injection::Registration(3))
            .contains("+QIURC: \"pdpdeact\",1")
    );
}

#[test]
fn operator_and_signal() {
    let mut bench = Bench::new();
    bench.expect_info("AT+COPS?", &["+COPS: 0,0,\"Virtual Network\",8"]);
    bench.expect_lines("AT+COPS=3,2", &["OK"]);
    bench.expect_info("AT+COPS?", &["+COPS: 0,2,\"00101\",8"]);
    bench.expect_lines("AT+COPS=2", &["OK"]);
    bench.expect_info("AT+CEREG?", &["+CEREG: 0,0"]);
    bench.expect_lines("AT+COPS=0", &["OK"]);
    bench.expect_info("AT+CEREG?", &["+CEREG: 0,1"]);
    bench.expect_lines("AT+COPS=5", &["ERROR"]);
    bench.inject(Injection::Signal(31));
    bench.expect_info("AT+CSQ", &["+CSQ: 31,99"]);
    bench.expect_info("AT+QCSQ", &["+QCSQ: \"CAT-M1\",-51,-77,150,-9"]);
    bench.expect_info(
        "AT+QNWINFO",
        &["+QNWINFO: \"Cat-M1\",\"00101\",\"LTE BAND 20\",6300"],
    );
    bench.inject(Injection::Signal(99));
    bench.expect_info("AT+QCSQ", &["+QCSQ: \"NOSERVICE\""]);
    for (command, top) in [("CPSMS", 1), ("CEDRXS", 3)] {
        bench.expect_info(
            &format!("AT+{command}=?"),
            &[&format!("+{command}: (0-{top})")],
        );
        for mode in [top, 0] {
            bench.expect_lines(&format!("AT+{command}={mode}"), &["OK"]);
            bench.expect_info(&format!("AT+{command}?"), &[&format!("+{command}: {mode}")]);
        }
        bench.expect_lines(&format!("AT+{command}={}", top + 1), &["ERROR"]);
    }
}

#[test]
fn contexts() {
    let mut bench = Bench::new();
    bench.expect_info(
        "AT+QICSGP=?",
        &["+QICSGP: (1-16),(1,2),<APN>,<username>,<password>,(0-3)"],
    );
    bench.expect_info("AT+QICSGP=1", &["+QICSGP: 1,\"\",\"\",\"\",0"]);
    bench.expect_lines("AT+QICSGP=1,1,\"apn\",\"u\",\"p\",3", &["OK"]);
    bench.expect_info("AT+QICSGP=1", &["+QICSGP: 1,\"apn\",\"u\",\"p\",3"]);
    bench.expect_info(
        "AT+CGDCONT?",
        &["+CGDCONT: 1,\"IP\",\"apn\",\"0.0.0.0\",0,0"],
    );
    bench.expect_lines("AT+CGDCONT=2,\"IP\",\"two\"", &["OK"]);
    bench.expect_info("AT+QICSGP=2", &["+QICSGP: 1,\"two\",\"\",\"\",0"]);
    for bad in [
        "0,1,\"a\"",
        "17,1,\"a\"",
        "1,3,\"a\"",
        "1,1,\"a\",\"u\",\"p\",4",
        "1,1",
        "x",
    ] {
        bench.expect_lines(&format!("AT+QICSGP={bad}"), &["ERROR"]);
    }
    bench.expect_info("AT+QIACT=?", &["+QIACT: (1-16)"]);
    bench.expect_lines("AT+QIACT?", &["OK"]);
    bench.expect_lines("AT+QIACT=3", &["ERROR"]);
    bench.expect_info("AT+QIGETERROR", &["+QIGETERROR: 573,APN not configured"]);
    bench.expect_lines("AT+QIACT=1", &["OK"]);
    bench.expect_lines("AT+QIACT=1", &["ERROR"]);
    bench.expect_lines("AT+QIACT=2", &["OK"]);
    bench.expect_info(
        "AT+QIACT?",
        &[
            "+QIACT: 1,1,1,\"10.7.157.1\"",
            "+QIACT: 2,1,1,\"10.7.157.2\"",
        ],
    );
    bench.expect_info("AT+CGPADDR=1", &["+CGPADDR: 1,10.7.157.1"]);
    bench.expect_info("AT+CGPADDR=3", &["+CGPADDR: 3,0.0.0.0"]);
    bench.expect_lines("AT+QICSGP=3,1,\"a\"", &["OK"]);
    bench.expect_lines("AT+QIACT=3", &["OK"]);
    bench.expect_lines("AT+QICSGP=4,1,\"a\"", &["OK"]);
    bench.expect_lines("AT+QIACT=4", &["ERROR"]);
    bench.expect_info("AT+QIDEACT=?", &["+QIDEACT: (1-16)"]);
    bench.expect_lines("AT+QIDEACT=1", &["OK"]);
    bench.expect_lines("AT+QIDEACT=1", &["ERROR"]);
    bench.expect_lines(
        "AT+CGATT=0",
        &["+QIURC: \"pdpdeact\",2", "+QIURC: \"pdpdeact\",3", "OK"],
    );
}

#[test]
fn dns_and_ping() {
    let mut bench = Bench::online();
    bench.expect_info("AT+QIDNSCFG=1", &["+QIDNSCFG: 1,\"8.8.8.8\",\"0.0.0.0\""]);
    bench.expect_lines("AT+QIDNSCFG=1,\"9.9.9.9\",\"1.1.1.1\"", &["OK"]);
    bench.expect_info("AT+QIDNSCFG=1", &["+QIDNSCFG: 1,\"9.9.9.9\",\"1.1.1.1\""]);
    bench.expect_lines("AT+QIDNSCFG=1,\"nine\"", &["ERROR"]);
    bench.expect_lines("AT+QIDNSCFG=2,\"9.9.9.9\"", &["ERROR"]);
    bench.expect_lines(
        "AT+QIDNSGIP=1,\"example.org\"",
        &[
            "OK",
            "+QIURC: \"dnsgip\",0,1,600",
            "+QIURC: \"dnsgip\",\"192.0.2.1\"",
        ],
    );
    bench.expect_lines(
        "AT+QIDNSGIP=1,\"no.invalid\"",
        &["OK", "+QIURC: \"dnsgip\",565"],
    );
    bench.expect_lines("AT+QIDNSGIP=2,\"example.org\"", &["ERROR"]);
    let echo = "+QPING: 0,\"192.0.2.1\",32,90,255";
    bench.expect_lines(
        "AT+QPING=1,\"example.org\",1,2",
        &["OK", echo, echo, "+QPING: 0,2,2,0,90,90,90"],
    );
    bench.expect_lines("AT+QPING=1,\"no.invalid\"", &["OK", "+QPING: 565"]);
    bench.expect_lines("AT+QPING=1,\"h\",0", &["ERROR"]);
}

/// docs/module/quirks.md F18
#[test]
fn urcs_go_to_the_urc_port() {
    let mut bench = Bench::logged_in();
    bench.expect_info(
        "AT+QURCCFG=\"urcport\"",
        &["+QURCCFG: \"urcport\",\"uart1\""],
    );
    bench.expect_lines("AT+QURCCFG=\"urcport\",\"usbat\"", &["OK"]);
    bench.expect_lines("AT+QFTPPWD", &["OK"]);
    assert_eq!(bench.inject(Injection::PdpDeactivated), "");
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
    bench.expect_lines("AT+QURCCFG=\"urcport\",\"com1\"", &["ERROR"]);
    // The setting survives a restart; the boot URCs are printed on every port.
    bench.inject(Injection::Reset);
    assert!(
        bench
            .advance(Duration::from_secs(1))
            .starts_with("\r\nRDY\r\n")
    );
    bench.send("ATE0\r");
    bench.expect_info(
        "AT+QURCCFG=\"urcport\"",
        &["+QURCCFG: \"urcport\",\"usbat\""],
    );
    let mut usb = Bench::with(Config {
        port: PortName::UsbAt,
        ..Config::default()
    });
    usb.expect_info(
        "AT+QURCCFG=\"urcport\"",
        &["+QURCCFG: \"urcport\",\"usbat\""],
    );
}

/// docs/module/quirks.md N1
#[test]
fn cgact_hangs_the_module() {
    let mut bench = Bench::new();
    bench.expect_lines("AT+CGACT=1,1", &[]);
    bench.advance(Duration::from_secs(1000));
    bench.expect_lines("AT", &[]);
    bench.inject(Injection::Reset);
    bench.advance(Duration::from_secs(1));
    assert!(bench.send("AT\r").ends_with("\r\nOK\r\n"));
}
