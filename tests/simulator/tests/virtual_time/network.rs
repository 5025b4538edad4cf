//! Registration, contexts, names, where URCs go (docs/module/at-network.md §1, 3 and 7).

use std::time::Duration;

use virtual_bg96::module::{Config, Injection, PortName};

use super::bench::{Bench, framed};

#[test]
fn registration() {
    let mut bench = Bench::new();
    for (name, levels) in [("CREG", "0,1,2"), ("CGREG", "0,1,2"), ("CEREG", "0,1,2,4")] {
        bench.tells(&format!("AT+{name}=?"), &[&format!("+{name}: ({levels})")]);
        bench.tells(&format!("AT+{name}?"), &[&format!("+{name}: 0,1")]);
        bench.says(&format!("AT+{name}=3"), &["ERROR"]);
        bench.says(&format!("AT+{name}=2"), &["OK"]);
        bench.tells(
            &format!("AT+{name}?"),
            &[&format!("+{name}: 2,1,\"1A2B\",\"0196F101\",8")],
        );
    }
    assert_eq!(
        bench.inject(Injection::Registration(2)),
        framed(&["+CREG: 2", "+CGREG: 2", "+CEREG: 2"])
    );
    bench.tells("AT+CGATT?", &["+CGATT: 0"]);
    bench.tells("AT+COPS?", &["+COPS: 0"]);
    bench.tells("AT+QNWINFO", &["+QNWINFO: \"NONE\""]);
    bench.tells("AT+QCSQ", &["+QCSQ: \"NOSERVICE\""]);
    bench.says("AT+QICSGP=1,1,\"apn\"", &["OK"]);
    bench.says("AT+QIACT=1", &["ERROR"]);
    bench.tells(
        "AT+QIGETERROR",
        &["+QIGETERROR: 561,open PDP context failed"],
    );
    assert!(
        bench
            .inject(Injection::Registration(5))
            .starts_with("\r\n+CREG: 5,\"1A2B\"")
    );
    bench.says("AT+QIACT=1", &["OK"]);
    assert!(
        bench
            .inject(Injection::Registration(3))
            .contains("+QIURC: \"pdpdeact\",1")
    );
}

#[test]
fn operator_and_signal() {
    let mut bench = Bench::new();
    bench.tells("AT+COPS?", &["+COPS: 0,0,\"Virtual Network\",8"]);
    bench.says("AT+COPS=3,2", &["OK"]);
    bench.tells("AT+COPS?", &["+COPS: 0,2,\"00101\",8"]);
    bench.says("AT+COPS=2", &["OK"]);
    bench.tells("AT+CEREG?", &["+CEREG: 0,0"]);
    bench.says("AT+COPS=0", &["OK"]);
    bench.tells("AT+CEREG?", &["+CEREG: 0,1"]);
    bench.says("AT+COPS=5", &["ERROR"]);
    bench.inject(Injection::Signal(31));
    bench.tells("AT+CSQ", &["+CSQ: 31,99"]);
    bench.tells("AT+QCSQ", &["+QCSQ: \"CAT-M1\",-51,-77,150,-9"]);
    bench.tells(
        "AT+QNWINFO",
        &["+QNWINFO: \"Cat-M1\",\"00101\",\"LTE BAND 20\",6300"],
    );
    bench.inject(Injection::Signal(99));
    bench.tells("AT+QCSQ", &["+QCSQ: \"NOSERVICE\""]);
    for (command, top) in [("CPSMS", 1), ("CEDRXS", 3)] {
        bench.tells(
            &format!("AT+{command}=?"),
            &[&format!("+{command}: (0-{top})")],
        );
        bench.says(&format!("AT+{command}=0"), &["OK"]);
        bench.tells(&format!("AT+{command}?"), &[&format!("+{command}: 0")]);
        bench.says(&format!("AT+{command}={}", top + 1), &["ERROR"]);
    }
}

#[test]
fn contexts() {
    let mut bench = Bench::new();
    bench.tells(
        "AT+QICSGP=?",
        &["+QICSGP: (1-16),(1,2),<APN>,<username>,<password>,(0-3)"],
    );
    bench.tells("AT+QICSGP=1", &["+QICSGP: 1,\"\",\"\",\"\",0"]);
    bench.says("AT+QICSGP=1,1,\"apn\",\"u\",\"p\",3", &["OK"]);
    bench.tells("AT+QICSGP=1", &["+QICSGP: 1,\"apn\",\"u\",\"p\",3"]);
    bench.tells(
        "AT+CGDCONT?",
        &["+CGDCONT: 1,\"IP\",\"apn\",\"0.0.0.0\",0,0"],
    );
    bench.says("AT+CGDCONT=2,\"IP\",\"two\"", &["OK"]);
    bench.tells("AT+QICSGP=2", &["+QICSGP: 1,\"two\",\"\",\"\",0"]);
    for bad in [
        "0,1,\"a\"",
        "17,1,\"a\"",
        "1,3,\"a\"",
        "1,1,\"a\",\"u\",\"p\",4",
        "1,1",
        "x",
    ] {
        bench.says(&format!("AT+QICSGP={bad}"), &["ERROR"]);
    }
    bench.tells("AT+QIACT=?", &["+QIACT: (1-16)"]);
    bench.says("AT+QIACT?", &["OK"]);
    bench.says("AT+QIACT=3", &["ERROR"]);
    bench.tells("AT+QIGETERROR", &["+QIGETERROR: 573,APN not configured"]);
    bench.says("AT+QIACT=1", &["OK"]);
    bench.says("AT+QIACT=1", &["ERROR"]);
    bench.says("AT+QIACT=2", &["OK"]);
    bench.tells(
        "AT+QIACT?",
        &[
            "+QIACT: 1,1,1,\"10.7.157.1\"",
            "+QIACT: 2,1,1,\"10.7.157.2\"",
        ],
    );
    bench.tells("AT+CGPADDR=1", &["+CGPADDR: 1,10.7.157.1"]);
    bench.tells("AT+CGPADDR=3", &["+CGPADDR: 3,0.0.0.0"]);
    bench.says("AT+QICSGP=3,1,\"a\"", &["OK"]);
    bench.says("AT+QIACT=3", &["OK"]);
    bench.says("AT+QICSGP=4,1,\"a\"", &["OK"]);
    bench.says("AT+QIACT=4", &["ERROR"]);
    bench.tells("AT+QIDEACT=?", &["+QIDEACT: (1-16)"]);
    bench.says("AT+QIDEACT=1", &["OK"]);
    bench.says("AT+QIDEACT=1", &["ERROR"]);
    bench.says(
        "AT+CGATT=0",
        &["+QIURC: \"pdpdeact\",2", "+QIURC: \"pdpdeact\",3", "OK"],
    );
}

#[test]
fn names_and_echoes() {
    let mut bench = Bench::online();
    bench.tells("AT+QIDNSCFG=1", &["+QIDNSCFG: 1,\"8.8.8.8\",\"0.0.0.0\""]);
    bench.says("AT+QIDNSCFG=1,\"9.9.9.9\",\"1.1.1.1\"", &["OK"]);
    bench.tells("AT+QIDNSCFG=1", &["+QIDNSCFG: 1,\"9.9.9.9\",\"1.1.1.1\""]);
    bench.says("AT+QIDNSCFG=1,\"nine\"", &["ERROR"]);
    bench.says("AT+QIDNSCFG=2,\"9.9.9.9\"", &["ERROR"]);
    bench.says(
        "AT+QIDNSGIP=1,\"example.org\"",
        &[
            "OK",
            "+QIURC: \"dnsgip\",0,1,600",
            "+QIURC: \"dnsgip\",\"192.0.2.1\"",
        ],
    );
    bench.says(
        "AT+QIDNSGIP=1,\"no.invalid\"",
        &["OK", "+QIURC: \"dnsgip\",565"],
    );
    bench.says("AT+QIDNSGIP=2,\"example.org\"", &["ERROR"]);
    let echo = "+QPING: 0,\"192.0.2.1\",32,90,255";
    bench.says(
        "AT+QPING=1,\"example.org\",1,2",
        &["OK", echo, echo, "+QPING: 0,2,2,0,90,90,90"],
    );
    bench.says("AT+QPING=1,\"no.invalid\"", &["OK", "+QPING: 565"]);
    bench.says("AT+QPING=1,\"h\",0", &["ERROR"]);
}

/// docs/module/quirks.md F18
#[test]
fn urcs_go_to_the_urc_port() {
    let mut bench = Bench::logged_in();
    bench.tells(
        "AT+QURCCFG=\"urcport\"",
        &["+QURCCFG: \"urcport\",\"uart1\""],
    );
    bench.says("AT+QURCCFG=\"urcport\",\"usbat\"", &["OK"]);
    bench.says("AT+QFTPPWD", &["OK"]);
    assert_eq!(bench.inject(Injection::PdpDeactivated), "");
    bench.says("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
    bench.says("AT+QURCCFG=\"urcport\",\"com1\"", &["ERROR"]);
    // It is saved at once and survives a restart, whose own URCs come anyway.
    bench.inject(Injection::Reset);
    assert!(
        bench
            .pass(Duration::from_secs(1))
            .starts_with("\r\nRDY\r\n")
    );
    bench.send("ATE0\r");
    bench.tells(
        "AT+QURCCFG=\"urcport\"",
        &["+QURCCFG: \"urcport\",\"usbat\""],
    );
    let mut usb = Bench::with(Config {
        port: PortName::UsbAt,
        ..Config::default()
    });
    usb.tells(
        "AT+QURCCFG=\"urcport\"",
        &["+QURCCFG: \"urcport\",\"usbat\""],
    );
}

/// docs/module/quirks.md N1
#[test]
fn cgact_hangs_the_module() {
    let mut bench = Bench::new();
    bench.says("AT+CGACT=1,1", &[]);
    bench.pass(Duration::from_secs(1000));
    bench.says("AT", &[]);
    bench.inject(Injection::Reset);
    bench.pass(Duration::from_secs(1));
    assert!(bench.send("AT\r").ends_with("\r\nOK\r\n"));
}
