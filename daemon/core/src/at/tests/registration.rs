//! Registration, operator and signal (docs/module/at-network.md §3).

use super::run::{check, check_lines, lines};
use crate::at::command::network::*;
use crate::at::urc::{AccessTechnology, Domain, Registration, RegistrationStatus as Status};

const OK: &[u8] = b"\r\nOK\r\n";

fn answer(line: &str) -> Vec<u8> {
    lines([line, "OK"])
}

#[test]
fn registration() {
    let domains = [
        (Domain::Circuit, "AT+CREG"),
        (Domain::Packet, "AT+CGREG"),
        (Domain::Lte, "AT+CEREG"),
    ];
    for (domain, line) in domains {
        let prefix = line.replace("AT", "");
        let plain = |status| Registration {
            domain,
            status,
            area: None,
            cell: None,
            technology: None,
        };
        let statuses = [
            (0, Status::Idle),
            (1, Status::Home),
            (2, Status::Searching),
            (3, Status::Denied),
            (4, Status::Unknown),
            (5, Status::Roaming),
            (6, Status::Unknown),
        ];
        for (number, status) in statuses {
            let wire = answer(&format!("{prefix}: 0,{number}"));
            let command = RegistrationStatusOf { domain };
            check_lines(&command, &format!("{line}?"), &wire, Ok(plain(status)));
        }
        let full = Registration {
            area: Some("1C2B".into()),
            cell: Some("0A1B2C3".into()),
            technology: Some(AccessTechnology::CatM1),
            ..plain(Status::Home)
        };
        // URCs with the same prefix differ from the answer in their fields.
        let answer = format!("{prefix}: 2,1,\"1C2B\",\"0A1B2C3\",8");
        let urc = format!("{prefix}: 5,\"1C2B\",\"0A1B2C3\",8");
        let wire = lines([&urc, &answer, &urc, "OK"]);
        let command = RegistrationStatusOf { domain };
        let seen = check(&command, &format!("{line}?"), &wire, Ok(full));
        assert_eq!(seen.events.len(), 2);
        let reports = RegistrationReports { domain };
        check_lines(&reports, &format!("{line}=2"), OK, Ok(()));
    }
}

#[test]
fn operator() {
    let selection = |name: Option<&str>, technology| OperatorSelection {
        mode: 0,
        name: name.map(str::to_owned),
        technology,
    };
    let rows = [
        (
            "+COPS: 0,0,\"CHN-UNICOM\",8",
            selection(Some("CHN-UNICOM"), Some(AccessTechnology::CatM1)),
        ),
        (
            "+COPS: 0,0,\"A, B\",9",
            selection(Some("A, B"), Some(AccessTechnology::CatNb1)),
        ),
        ("+COPS: 0,2,\"46001\"", selection(Some("46001"), None)),
        ("+COPS: 0", selection(None, None)),
        // The name in UCS2, as after `AT+CSCS="UCS2"`.
        (
            "+COPS: 0,0,\"004D0079004E00650074\",8",
            selection(Some("MyNet"), Some(AccessTechnology::CatM1)),
        ),
        (
            "+COPS: 0,0,\"4E2D56FD\",8",
            selection(Some("中国"), Some(AccessTechnology::CatM1)),
        ),
        // With blanks at its end, and in two digits a character (`AT+CSCS="HEX"`).
        (
            "+COPS: 0,0,\"004D0079004E006500740020FFFF\",8",
            selection(Some("MyNet"), Some(AccessTechnology::CatM1)),
        ),
        (
            "+COPS: 0,0,\"4D792D4E6574\"",
            selection(Some("My-Net"), None),
        ),
        // Names that are not: a character is missing, controls, lone surrogates, another digit.
        ("+COPS: 0,0,\"004D007\"", selection(Some("004D007"), None)),
        (
            "+COPS: 0,0,\"0033\",8",
            selection(Some("3"), Some(AccessTechnology::CatM1)),
        ),
        ("+COPS: 0,0,\"00DF\"", selection(Some("ß"), None)),
        ("+COPS: 0,0,\"0000\"", selection(Some("0000"), None)),
        ("+COPS: 0,0,\"3UK3\"", selection(Some("3UK3"), None)),
        ("+COPS: 0,0,\"1003\"", selection(Some("1003"), None)),
        ("+COPS: 0,0,\"0000001B\"", selection(Some("0000001B"), None)),
        ("+COPS: 0,0,\"DEADBEEF\"", selection(Some("DEADBEEF"), None)),
        ("+COPS: 0,0,\"+04D+079\"", selection(Some("+04D+079"), None)),
        ("+COPS: 0,0,\"FACE\"", selection(Some("FACE"), None)),
    ];
    for (text, reply) in rows {
        check_lines(&Operator, "AT+COPS?", &answer(text), Ok(reply));
    }
}

#[test]
fn signal() {
    let strength = Strength { rssi: 20, ber: 99 };
    check_lines(
        &SignalQuality,
        "AT+CSQ",
        &answer("+CSQ: 20,99"),
        Ok(strength),
    );
    let unknown = Strength { rssi: 99, ber: 99 };
    check_lines(
        &SignalQuality,
        "AT+CSQ",
        &answer("+CSQ: 99,99"),
        Ok(unknown),
    );
    let serving = Serving {
        technology: "EDGE".into(),
        operator: "46001".into(),
        band: "GSM 1800".into(),
        channel: Some(653),
    };
    let wire = answer(r#"+QNWINFO: "EDGE","46001","GSM 1800",653"#);
    check_lines(
        &NetworkInformation,
        "AT+QNWINFO",
        &wire,
        Ok(serving.clone()),
    );
    let wire = answer("+QNWINFO: EDGE,46001,GSM 1800,653");
    check_lines(&NetworkInformation, "AT+QNWINFO", &wire, Ok(serving));
    let none = Serving {
        technology: "No Service".into(),
        operator: String::new(),
        band: String::new(),
        channel: None,
    };
    let wire = answer("+QNWINFO: No Service");
    check_lines(&NetworkInformation, "AT+QNWINFO", &wire, Ok(none));
}
