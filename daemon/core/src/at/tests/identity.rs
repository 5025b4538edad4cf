//! Identity of module and SIM (docs/module/at-network.md §2, 5), settings of the serial line
//! (docs/module/at-serial.md §2, 5, 8), and raw lines.

use std::time::Duration;

use super::run::{check, check_lines, lines};
use crate::api::secret::Secret;
use crate::at::command::identity::*;
use crate::at::command::network::*;
use crate::at::command::raw::Raw;
use crate::at::command::serial::*;
use crate::at::quote::Pin;
use crate::at::urc::PinState;
use crate::at::{Command, Event, Outcome, Urc};

const OK: &[u8] = b"\r\nOK\r\n";

#[test]
fn bare_texts() {
    fn question<C: Command<Reply = String>>(command: &C, line: &str, text: &str) {
        check_lines(command, line, &lines([text, "OK"]), Ok(text.into()));
        let nothing = format!("{}: the answer cannot be read", C::NAME);
        check_lines(command, line, OK, Err(&nothing));
    }
    question(&Manufacturer, "AT+CGMI", "Quectel");
    question(&Model, "AT+CGMM", "BG96");
    question(&Revision, "AT+CGMR", "BG96MAR02A07M1G");
    question(
        &FirmwareRevision,
        "AT+QGMR",
        "BG96MAR02A07M1G_01.019.01.019",
    );
    question(&SerialNumber, "AT+CGSN", "866425030000000");
    for (told, number) in [
        ("8986011730000000000F", "8986011730000000000"),
        ("8931440400000000017F", "8931440400000000017"),
        ("8931440400000000017f", "8931440400000000017"),
        ("89860117300000000001", "89860117300000000001"),
        ("898600A1B2C3D4E5F607", "898600A1B2C3D4E5F607"),
        ("898600A1B2C3D4E5F60F", "898600A1B2C3D4E5F60F"),
        ("898601173000000000FF", "898601173000000000"),
        ("\"8986011730000000000F\"", "8986011730000000000"),
        ("F", "F"),
        ("8931440400000000017F,1", "8931440400000000017"),
        ("\"8931440400000000017F\",1", "8931440400000000017"),
        ("8931 4404 0000 0000 017F", "8931440400000000017"),
        ("89860117300000000001, \"x\"", "89860117300000000001"),
    ] {
        let wire = lines([&format!("+QCCID: {told}"), "OK"]);
        check_lines(&CardNumber, "AT+QCCID", &wire, Ok(number.into()));
    }
    let wire = lines(["+CME ERROR: 23"]);
    check_lines(
        &SerialNumber,
        "AT+CGSN",
        &wire,
        Err("CGSN: 23 memory failure"),
    );
    let wire = lines(["+CME ERROR: SIM not inserted"]);
    check_lines(
        &CardNumber,
        "AT+QCCID",
        &wire,
        Err("QCCID: SIM not inserted"),
    );
}

/// URCs around a text without a prefix are no part of the answer, whether they are known or not.
#[test]
fn bare_texts_among_urcs() {
    let urcs = ["+CSCON: 1", "+QNITZ: 1", "^MODE: 5,4"];
    let [first, second, third] = urcs;
    for wire in [
        lines([first, second, third, "BG96", "OK"]),
        lines(["BG96", first, second, third, "OK"]),
        lines([first, "BG96", second, third, "OK"]),
    ] {
        let seen = check(&Model, "AT+CGMM", &wire, Ok("BG96".into()));
        let expected = urcs.map(|line| Event::Urc(Urc::Other(line.into())));
        assert_eq!(seen.events, expected);
    }
    let wire = lines(["BG96", "+QNEW: 1", "^SYSSTART: 1", "OK"]);
    let seen = check(&Model, "AT+CGMM", &wire, Ok("BG96".into()));
    assert_eq!(seen.events.len(), 2);
    for urc in [
        "+CSQ 20,99",
        "+qind: \"x\"",
        "+QGPS1: 3",
        "^HCSQ:\"LTE\",1",
        "^SYSSTART",
        "$QCRMCALL:1",
        "*PSUTTZ: 1",
        "SMS Ready",
        "SMS READY",
        "Sms Ready",
        "CALL READY",
        "SIM READY",
        "PB DONE",
        "PB Done",
        "\u{fffd}\u{fffd}\u{fffd}",
    ] {
        let wire = lines(["BG96", urc, "OK"]);
        check(&Model, "AT+CGMM", &wire, Ok("BG96".into()));
        let nothing = "CGMM: the answer cannot be read";
        check(&Model, "AT+CGMM", &lines([urc, "OK"]), Err(nothing));
    }
}

/// Related modules write the name of the command before the text, and quotes around it.
#[test]
fn bare_texts_with_a_prefix() {
    for line in ["+CGMM: BG96", "+CGMM: \"BG96\"", "\"BG96\""] {
        check_lines(&Model, "AT+CGMM", &lines([line, "OK"]), Ok("BG96".into()));
    }
    let wire = lines(["+CGSN: 866425030000000", "OK"]);
    let number = Ok("866425030000000".into());
    check_lines(&SerialNumber, "AT+CGSN", &wire, number);
}

#[test]
fn settings_of_the_line() {
    fn setting<C: Command<Reply = ()>>(command: &C, line: &str) {
        check_lines(command, line, OK, Ok(()));
        let refused = format!("{}: the module answered ERROR", C::NAME);
        check_lines(command, line, b"\r\nERROR\r\n", Err(&refused));
    }
    setting(&Attention, "AT");
    setting(&Echo { on: false }, "ATE0");
    setting(&Echo { on: true }, "ATE1");
    setting(&ConnectText { on: false }, "ATX0");
    setting(&NumericErrors, "AT+CMEE=1");
    setting(&FlowControl { hardware: true }, "AT+IFC=2,2");
    setting(&FlowControl { hardware: false }, "AT+IFC=0,0");
    setting(&DtrBehaviour::Ignored, "AT&D0");
    setting(&DtrBehaviour::CommandMode, "AT&D1");
    setting(&ShowCarrier, "AT&C1");
    setting(&SetRate { rate: 921_600 }, "AT+IPR=921600");
    setting(&SlowClock { on: false }, "AT+QSCLK=0");
}

#[test]
fn pin() {
    let rows = [
        ("READY", PinState::Ready),
        ("SIM PIN", PinState::Pin),
        ("SIM PUK", PinState::Puk),
        ("SIM PIN2", PinState::Other("SIM PIN2".into())),
        ("PH-CORP PUK", PinState::Other("PH-CORP PUK".into())),
    ];
    for (text, state) in rows {
        let wire = lines([&format!("+CPIN: {text}"), "OK"]);
        check_lines(&PinStatus, "AT+CPIN?", &wire, Ok(state));
    }
    let rows = [
        ("10", "CPIN: 10 SIM not inserted"),
        ("13", "CPIN: 13 SIM failure"),
        ("14", "CPIN: 14 SIM busy"),
    ];
    for (code, text) in rows {
        let wire = lines([&format!("+CME ERROR: {code}")]);
        check_lines(&PinStatus, "AT+CPIN?", &wire, Err(text));
    }
    let pin = Pin::new(&Secret::new("1234".into())).unwrap();
    let enter = EnterPin { pin };
    check_lines(&enter, "AT+CPIN=\"1234\"", OK, Ok(()));
    assert_eq!(enter.display(), "AT+CPIN=\"***\"");
    let wire = lines(["+CME ERROR: 16"]);
    check_lines(
        &enter,
        "AT+CPIN=\"1234\"",
        &wire,
        Err("CPIN: 16 incorrect password"),
    );
}

/// A URC with the prefix of the answer is not taken for the answer.
#[test]
fn pin_urcs() {
    let wire = lines(["+CPIN: NOT READY", "+CPIN: SIM PIN", "+CPIN: READY", "OK"]);
    let seen = check(&PinStatus, "AT+CPIN?", &wire, Ok(PinState::Pin));
    let urc = |state| Event::Urc(Urc::Pin(state));
    assert_eq!(seen.events, [urc(PinState::NotReady), urc(PinState::Ready)]);
}

#[test]
fn tries() {
    let wire = b"\r\n+QPINC: \"SC\",3,10\r\n+QPINC: \"P2\",2,9\r\n\r\nOK\r\n";
    check_lines(&PinTries, "AT+QPINC?", wire, Ok(3));
}

#[test]
fn raw_lines() {
    let raw = |line: &str| Raw::new(line, Duration::from_secs(1));
    let signal = raw("AT+CSQ").unwrap();
    let text = "+CSQ: 20,99\nbare\nOK";
    check(
        &signal,
        "AT+CSQ",
        &lines(["+CSQ: 20,99", "bare", "OK"]),
        Ok(text.into()),
    );
    let registration = raw("at+creg?").unwrap();
    let wire = lines(["+CREG: 2,1", "OK"]);
    check(
        &registration,
        "at+creg?",
        &wire,
        Ok("+CREG: 2,1\nOK".into()),
    );
    let secret = raw(r#"AT+CPIN="1234""#).unwrap();
    check(&secret, r#"AT+CPIN="1234""#, OK, Ok("OK".into()));
    for line in [
        "AT+QFTPLIST=?",
        "at+qiopen=?",
        "AT&D1",
        "ATE0V1&D2&C1;+CSQ",
        "AT+CGDCONT?",
        "AT+CSQ;+CREG?",
        "AT+COPS=1,2,\"D;DO\"",
    ] {
        assert!(raw(line).is_ok(), "{line}");
    }

    let rows = [
        ("", "AT line does not begin with AT"),
        ("+++", "AT line does not begin with AT"),
        ("AT\rAT", "AT line has a control character at byte 3"),
        ("AT+X=\"\0\"", "AT line has a control character at byte 7"),
        ("AT+X=\"a", "AT line has a quote that is not closed"),
    ];
    for (line, text) in rows {
        assert_eq!(raw(line).unwrap_err().text, text);
    }
    let rows = [
        ("AT+QFUPL=\"a\",1", "+QFUPL"),
        ("at+qftpput=\"a\",\"COM:\"", "+QFTPPUT"),
        ("AT+X=?;+QFDWL=\"a\"", "+QFDWL"),
        ("AT+QFDWL=\"a\";+X=?", "+QFDWL"),
        ("AT+ QFDWL=\"a\"", "+QFDWL"),
        ("AT+QFTPPUT=\"=?\",\"COM:\"", "+QFTPPUT"),
        ("AT+QFTPPUT=\"a\",\"COM:\",0=?", "+QFTPPUT"),
        ("AT+QIOPEN=1,0,\"TCP\",\"h\",80,0,2", "+QIOPEN"),
        ("AT+QISWTMD=0,2", "+QISWTMD"),
        ("ATO", "ATO"),
        ("ATE0O", "ATO"),
        ("ATD*99#", "ATD"),
        ("AT D*99#", "ATD"),
        ("ATE0D*99#", "ATD"),
        ("ATE0&D2D*99#", "ATD"),
        ("at+x=\"a\";d*99#", "ATD"),
        ("ATA", "ATA"),
    ];
    for (line, name) in rows {
        let text = format!("AT line would leave command mode ({name})");
        assert_eq!(raw(line).unwrap_err().text, text, "{line}");
    }
    assert!(raw(&format!("AT+X={}", "1".repeat(640))).is_err());
}

/// Every final result code is part of the answer, as the module sent it.
#[test]
fn raw_lines_end_with_their_final_result() {
    let raw = Raw::new("AT+X", Duration::from_secs(1)).unwrap();
    for end in [
        "OK",
        "ERROR",
        "+CME ERROR: 16",
        "+CME ERROR: SIM busy",
        "+CMS ERROR: 500",
        "NO CARRIER",
        "BUSY",
    ] {
        check(&raw, "AT+X", &lines([end]), Ok(end.into()));
        let whole = format!("+X: 1\n{end}");
        check(&raw, "AT+X", &lines(["+X: 1", end]), Ok(whole));
    }
}

/// CONNECT to a raw line is a failure: data mode was not expected.
#[test]
fn unexpected_data_mode_is_a_failure() {
    let raw = Raw::new("AT+QNEW", Duration::from_secs(1)).unwrap();
    let text = "AT line: the module entered data mode unexpectedly";
    let seen = check(&raw, "AT+QNEW", b"\r\nCONNECT\r\n", Err(text));
    assert_eq!(seen.answer.unwrap().outcome, Outcome::Connect);
}
