//! The session: states, who may come when, and how it ends (docs/module/at-ftp.md §1.3, 2.2,
//! 2.16–2.18).

use std::time::Duration;

use virtual_bg96::module::{Injection, SimState};
use virtual_bg96::remote::Failure;

use super::bench::Bench;

/// Everything that needs a session.
const NEEDS_SESSION: [&str; 15] = [
    "AT+QFTPCWD=\"a\"",
    "AT+QFTPPWD",
    "AT+QFTPSIZE=\"a\"",
    "AT+QFTPDEL=\"a\"",
    "AT+QFTPMKDIR=\"a\"",
    "AT+QFTPRMDIR=\"a\"",
    "AT+QFTPMDTM=\"a\"",
    "AT+QFTPRENAME=\"a\",\"b\"",
    "AT+QFTPPUT=\"a\",\"COM:\"",
    "AT+QFTPGET=\"a\",\"COM:\"",
    "AT+QFTPGET=\"a\",\"b\"",
    "AT+QFTPLIST=\".\"",
    "AT+QFTPNLST=\".\"",
    "AT+QFTPMLSD=\".\"",
    "AT+QFTPCLOSE",
];

#[test]
fn without_a_session_everything_is_606() {
    let mut bench = Bench::online();
    for command in NEEDS_SESSION {
        bench.expect_lines(command, &["+CME ERROR: 606"]);
    }
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
    bench.expect_lines("AT+QFTPLEN", &["OK", "+QFTPLEN: 0,0"]);
}

#[test]
fn while_a_command_runs_everything_is_603() {
    let mut bench = Bench::logged_in();
    bench.server.set_latency(Duration::from_secs(60));
    bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK"]);
    for command in NEEDS_SESSION {
        bench.expect_lines(command, &["+CME ERROR: 603"]);
    }
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["+CME ERROR: 603"]);
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,1"]);
    assert_eq!(
        bench.advance(Duration::from_secs(60)),
        "\r\n+QFTPSIZE: 627,550\r\n"
    );
}

#[test]
fn every_state_can_be_seen() {
    let mut bench = Bench::online();
    let second = Duration::from_secs(1);
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
    bench.server.set_latency(5 * second);
    bench.server.put("/f", &[b'x'; 10_000]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK"]);
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,0"]);
    assert_eq!(bench.advance(5 * second), "\r\n+QFTPOPEN: 0,0\r\n");
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,1"]);
    bench.expect_lines("AT+QFTPGET=\"f\",\"local\"", &["OK"]);
    assert_eq!(bench.advance(11 * second), "");
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,2"]);
    bench.expect_lines("AT+QFTPLEN", &["OK", "+QFTPLEN: 0,4096"]);
    assert_eq!(bench.advance(60 * second), "\r\n+QFTPGET: 0,10000\r\n");
    bench.expect_lines("AT+QFTPCLOSE", &["OK"]);
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,3"]);
    bench.expect_lines("AT+QFTPPWD", &["+CME ERROR: 603"]);
    assert_eq!(bench.advance(5 * second), "\r\n+QFTPCLOSE: 0,0\r\n");
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
}

#[test]
fn without_a_context_a_name_is_604_and_an_address_605() {
    let mut bench = Bench::new();
    bench.expect_lines("AT+QFTPOPEN=\"example.org\"", &["OK", "+QFTPOPEN: 604,0"]);
    bench.expect_lines("AT+QFTPOPEN=\"192.0.2.1\",21", &["OK", "+QFTPOPEN: 605,0"]);
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
}

#[test]
fn the_chosen_context_counts() {
    let mut bench = Bench::online();
    bench.expect_lines("AT+QFTPCFG=\"contextid\",2", &["OK"]);
    bench.expect_lines("AT+QFTPOPEN=\"192.0.2.1\"", &["OK", "+QFTPOPEN: 605,0"]);
}

#[test]
fn failed_logins() {
    let mut bench = Bench::online();
    bench.expect_lines(
        "AT+QFTPOPEN=\"no.such.invalid\"",
        &["OK", "+QFTPOPEN: 604,0"],
    );
    bench.expect_lines("AT+QFTPCFG=\"account\",\"test\",\"wrong\"", &["OK"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 625,530"]);
    for (failure, text) in [
        (Failure::Tls, "631,0"),
        (Failure::Refused, "606,0"),
        (Failure::Network, "605,0"),
        (Failure::Timeout, "609,0"),
        (Failure::Reply(421), "614,421"),
        (Failure::Reply(431), "601,431"),
    ] {
        bench.server.fail_next(failure);
        bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", &format!("+QFTPOPEN: {text}")]);
        bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
    }
}

#[test]
fn a_second_open_is_refused() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["+CME ERROR: 603"]);
    assert_eq!(bench.server.logins(), 1);
}

#[test]
fn active_mode_and_tls_do_not_go_together() {
    let mut bench = Bench::online();
    bench.expect_lines("AT+QFTPCFG=\"transmode\",0", &["OK"]);
    for kind in [1, 2] {
        bench.expect_lines(&format!("AT+QFTPCFG=\"ssltype\",{kind}"), &["OK"]);
        bench.expect_lines("AT+QFTPOPEN=\"h\"", &["+CME ERROR: 610"]);
    }
    bench.expect_lines("AT+QFTPCFG=\"ssltype\",0", &["OK"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
}

#[test]
fn rsptimeout_ends_a_command_and_its_session() {
    let mut bench = Bench::online();
    bench.expect_lines("AT+QFTPCFG=\"rsptimeout\",20", &["OK"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
    bench.server.set_frozen(true);
    bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK"]);
    assert_eq!(bench.advance(Duration::from_secs(19)), "");
    assert_eq!(
        bench.advance(Duration::from_secs(1)),
        "\r\n+QFTPSIZE: 609,0\r\n"
    );
    bench.expect_lines("AT+QFTPPWD", &["+CME ERROR: 606"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK"]);
    assert_eq!(
        bench.advance(Duration::from_secs(20)),
        "\r\n+QFTPOPEN: 609,0\r\n"
    );
    bench.server.set_frozen(false);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
    bench.server.set_frozen(true);
    bench.expect_lines("AT+QFTPGET=\"f\",\"COM:\"", &[]);
    assert_eq!(
        bench.advance(Duration::from_secs(20)),
        "\r\n+CME ERROR: 609\r\n"
    );
}

#[test]
fn tls_may_take_longer() {
    let mut bench = Bench::online();
    bench.expect_lines("AT+QFTPCFG=\"rsptimeout\",20", &["OK"]);
    bench.expect_lines("AT+QFTPCFG=\"ssltype\",2", &["OK"]);
    bench.expect_lines("AT+QSSLCFG=\"negotiatetime\",0,10", &["OK"]);
    bench.server.set_frozen(true);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK"]);
    assert_eq!(bench.advance(Duration::from_secs(29)), "");
    assert_eq!(
        bench.advance(Duration::from_secs(1)),
        "\r\n+QFTPOPEN: 609,0\r\n"
    );
}

#[test]
fn without_a_sim_ftp_is_a_plain_error() {
    let mut bench = Bench::logged_in();
    bench.inject(Injection::Sim(SimState::Absent));
    for command in NEEDS_SESSION.iter().chain(&[
        "AT+QFTPSTAT",
        "AT+QFTPOPEN=\"h\"",
        "AT+QFTPCFG=\"filetype\"",
    ]) {
        bench.expect_lines(command, &["ERROR"]);
    }
}

#[test]
fn a_lost_context_ends_the_session() {
    let mut bench = Bench::logged_in();
    assert_eq!(
        bench.inject(Injection::PdpDeactivated),
        "\r\n+QIURC: \"pdpdeact\",1\r\n"
    );
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
    bench.expect_lines("AT+QFTPPWD", &["+CME ERROR: 606"]);
    bench.expect_lines("AT+QIACT?", &["OK"]);
    bench.expect_lines("AT+QIACT=1", &["ERROR"]);
    bench.expect_lines("AT+QIDEACT=1", &["OK"]);
    bench.expect_lines("AT+QIACT=1", &["OK"]);
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["OK", "+QFTPOPEN: 0,0"]);
}

#[test]
fn a_lost_context_fails_what_runs() {
    let mut bench = Bench::logged_in();
    bench.server.set_frozen(true);
    bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK"]);
    assert_eq!(
        bench.inject(Injection::PdpDeactivated),
        "\r\n+QFTPSIZE: 605,0\r\n\r\n+QIURC: \"pdpdeact\",1\r\n"
    );
}

#[test]
fn deactivating_the_context_closes_the_session() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QIDEACT=1", &["OK"]);
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
}

#[test]
fn a_server_that_leaves_ends_the_session() {
    for failure in [Failure::Reply(421), Failure::ControlClosed] {
        let mut bench = Bench::logged_in();
        bench.server.fail_next(failure);
        bench.send("AT+QFTPSIZE=\"f\"\r");
        bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
        bench.expect_lines("AT+QFTPPWD", &["+CME ERROR: 606"]);
    }
}

#[test]
fn settings_and_session_are_lost_at_a_restart() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPCFG=\"rsptimeout\",33", &["OK"]);
    bench.inject(Injection::Reset);
    bench.advance(Duration::from_secs(1));
    bench.send("ATE0\r");
    bench.expect_info(
        "AT+QFTPCFG=\"rsptimeout\"",
        &["+QFTPCFG: \"rsptimeout\",90"],
    );
    bench.expect_info(
        "AT+QFTPCFG=\"account\"",
        &["+QFTPCFG: \"account\",\"\",\"\""],
    );
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
    bench.expect_lines("AT+QIACT?", &["OK"]);
}
