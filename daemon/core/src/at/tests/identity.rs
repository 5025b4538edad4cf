//! at-network.md 2, 5 and at-serial.md 2, 5, 8: who the module and its SIM are, and the line.

use std::time::Duration;

use super::run::{check, check_lines, lines};
use crate::at::command::identity::*;
use crate::at::command::network::*;
use crate::at::command::raw::Raw;
use crate::at::command::serial::*;
use crate::at::quote::Pin;
use crate::at::urc::PinState;
use crate::at::{Command, Event, Outcome, Urc};
use crate::secret::Secret;

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
    let wire = lines(["+QCCID: 8986011730000000000F", "OK"]);
    check_lines(
        &CardNumber,
        "AT+QCCID",
        &wire,
        Ok("8986011730000000000F".into()),
    );
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

/// A URC of the same name is no answer, before and behind one.
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
    let text = "+CSQ: 20,99\nbare";
    check(
        &signal,
        "AT+CSQ",
        &lines(["+CSQ: 20,99", "bare", "OK"]),
        Ok(text.into()),
    );
    let registration = raw("at+creg?").unwrap();
    let wire = lines(["+CREG: 2,1", "OK"]);
    check(&registration, "at+creg?", &wire, Ok("+CREG: 2,1".into()));
    let secret = raw(r#"AT+CPIN="1234""#).unwrap();
    check(&secret, r#"AT+CPIN="1234""#, OK, Ok(String::new()));
    assert_eq!(secret.display(), r#"AT+CPIN="***""#);
    assert!(raw("AT+QFTPLIST=?").is_ok());

    let rows = [
        ("", "AT line does not begin with AT"),
        ("+++", "AT line does not begin with AT"),
        ("AT\rAT", "AT line has a control character at byte 3"),
        ("AT+X=\"\0\"", "AT line has a control character at byte 7"),
        (
            "AT+QFUPL=\"a\",1",
            "AT line would leave command mode (+QFUPL)",
        ),
        (
            "at+qftpput=\"a\",\"COM:\"",
            "AT line would leave command mode (+QFTPPUT)",
        ),
        ("ATO", "AT line would leave command mode (ATO)"),
        ("ATD*99#", "AT line would leave command mode (ATD)"),
    ];
    for (line, text) in rows {
        assert_eq!(raw(line).unwrap_err().text, text);
    }
    assert!(raw(&format!("AT+X={}", "1".repeat(640))).is_err());
}

/// A raw line nobody foresaw: CONNECT is not taken for data mode that is wanted.
#[test]
fn unasked_data_mode_is_told() {
    let raw = Raw::new("AT+QNEW", Duration::from_secs(1)).unwrap();
    let text = "AT line: the module entered data mode unasked";
    let seen = check(&raw, "AT+QNEW", b"\r\nCONNECT\r\n", Err(text));
    assert_eq!(seen.answer.unwrap().outcome, Outcome::Connect);
}
