//! What the module says becomes what a user is shown only where it can be that.

use modem_ftp_tests::{Bench, Kind, Options};
/// What `status` shows in this line.
#[track_caller]
fn shown(bench: &Bench, label: &str) -> String {
    let status = bench.ok(&["status"]);
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix(label));
    line.unwrap_or_default().trim().to_owned()
}

fn with(faults: &[&str]) -> Bench {
    let options: Vec<_> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
    Bench::with_module(&options)
}

#[test]
fn lines_of_other_commands_are_no_identity() {
    let right = shown(&with(&[]), "Module");
    assert!(right.starts_with("Quectel BG96 "), "{right}");
    for line in ["+QGPS1: 3", "^SYSSTART"] {
        let fault = format!("urc-between={line}");
        assert_eq!(shown(&with(&[&fault]), "Module"), right, "{line}");
    }
    let prefixed = shown(&with(&["prefixed-identity"]), "Module");
    assert!(prefixed.starts_with("Quectel BG96 "), "{prefixed}");
    assert!(!prefixed.contains('+'), "{prefixed}");
}

#[test]
fn operator_and_card_are_readable() {
    let (right, coded) = (with(&[]), with(&["ucs2", "iccid=8986011730000000000F"]));
    let operator = shown(&coded, "Operator");
    assert!(!operator.is_empty());
    assert_eq!(operator, shown(&right, "Operator"));
    let status = coded.ok(&["status", "--json"]);
    assert!(status.contains(r#""8986011730000000000""#), "{status}");
}

#[test]
fn a_context_is_up_when_it_has_an_address() {
    let faults = ["--fault", "address=zero"];
    let bench = Bench::started(Kind::Libunftp, Options::default(), &faults, |_| {});
    let mut bench = bench.unwrap();
    bench.local("a", b"content");
    let outcome = bench.cli.run(&["put", "a", "--wait", "5"]).unwrap();
    assert_eq!(outcome.code, Some(4), "{}", outcome.errors);
    let reason = "the network gave it no address";
    assert!(outcome.errors.contains(reason), "{}", outcome.errors);
    assert_eq!(shown(&bench, "Address"), "not known");
    bench.modem.control("clear address").unwrap();
    bench.daemon.wait_for_state("online").unwrap();
    assert_ne!(shown(&bench, "Address"), "not known");
    bench.ok(&["put", "a"]);
    assert_eq!(bench.remote("a"), b"content");
}

#[test]
fn a_context_with_an_ipv6_address_only_is_named() {
    for fault in ["address=ipv6", "address=ipv6-cgpaddr"] {
        let bench = with(&[fault]);
        assert_eq!(shown(&bench, "Address"), "2001:db8::17:1", "{fault}");
        let status = bench.ok(&["status"]);
        assert!(status.contains("IPv6 address only"), "{status}");
    }
}

#[test]
fn the_type_of_the_context_is_configured() {
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.set("network.pdp_type", "ipv6");
    })
    .unwrap();
    assert!(!bench.modem.written("AT+QICSGP=1,2,").is_empty());
}
