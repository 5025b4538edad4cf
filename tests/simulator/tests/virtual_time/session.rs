//! The FTP session: its states, which commands each state allows, and how it ends
//! (docs/module/at-ftp.md §1.3, §2.2, §2.16, §2.17, §2.18).

use std::time::Duration;

use virtual_bg96::module::{Injection, SimState};
use virtual_bg96::remote::Failure;

use super::bench::Bench;

/// Commands that need an open session.
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
fn commands_without_a_session_get_606() {
    let mut bench = Bench::online();
    for command in NEEDS_SESSION {
        bench.expect_lines(command, &["+CME ERROR: 606"]);
    }
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
    bench.expect_lines("AT+QFTPLEN", &["OK", "+QFTPLEN: 0,0"]);
}

#[test]
fn commands_get_603_while_another_is_running() {
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
fn qftpstat_shows_every_state() {
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
fn login_without_a_context_is_604_for_a_name_and_605_for_an_address() {
    let mut bench = Bench::new();
    bench.expect_lines("AT+QFTPOPEN=\"example.org\"", &["OK", "+QFTPOPEN: 604,0"]);
    bench.expect_lines("AT+QFTPOPEN=\"192.0.2.1\",21", &["OK", "+QFTPOPEN: 605,0"]);
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
}

#[test]
fn login_uses_the_context_of_contextid() {
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
fn second_open_gets_603() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPOPEN=\"h\"", &["+CME ERROR: 603"]);
    assert_eq!(bench.server.logins(), 1);
}

#[test]
fn active_mode_with_tls_gets_610() {
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
fn rsptimeout_ends_command_and_session() {
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
fn login_timeout_with_tls_includes_negotiatetime() {
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
fn ftp_commands_without_a_sim_get_plain_error() {
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
fn context_deactivation_ends_the_session() {
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
fn context_deactivation_fails_the_running_command() {
    let mut bench = Bench::logged_in();
    bench.server.set_frozen(true);
    bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK"]);
    assert_eq!(
        bench.inject(Injection::PdpDeactivated),
        "\r\n+QFTPSIZE: 605,0\r\n\r\n+QIURC: \"pdpdeact\",1\r\n"
    );
}

#[test]
fn qideact_closes_the_session() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QIDEACT=1", &["OK"]);
    bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
}

#[test]
fn server_closing_the_control_connection_ends_the_session() {
    for (failure, codes) in [
        (Failure::Reply(421), "614,421"),
        (Failure::ControlClosed, "606,0"),
    ] {
        let mut bench = Bench::logged_in();
        bench.server.fail_next(failure);
        bench.expect_lines("AT+QFTPSIZE=\"f\"", &["OK", &format!("+QFTPSIZE: {codes}")]);
        bench.expect_lines("AT+QFTPSTAT", &["OK", "+QFTPSTAT: 0,4"]);
        bench.expect_lines("AT+QFTPPWD", &["+CME ERROR: 606"]);
    }
}

#[test]
fn restart_resets_settings_and_session() {
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
