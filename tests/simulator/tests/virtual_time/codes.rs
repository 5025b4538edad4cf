//! `<err>` and `<protocol_error>` (docs/module/at-ftp.md §4, §5): the `<err>` of every reply code
//! of the server, in URCs and in `+CME ERROR`.

use virtual_bg96::remote::Failure;

use super::bench::Bench;

/// `<err>` and reply code.
const TABLE: [(u16, u16); 17] = [
    (614, 421),
    (615, 425),
    (616, 426),
    (617, 450),
    (618, 451),
    (619, 452),
    (620, 500),
    (621, 501),
    (622, 502),
    (623, 503),
    (624, 504),
    (625, 530),
    (626, 532),
    (627, 550),
    (628, 551),
    (629, 552),
    (630, 553),
];

#[test]
fn reply_codes_become_err_in_a_urc() {
    for (err, reply) in TABLE {
        let mut bench = Bench::logged_in();
        bench.server.fail_next(Failure::Reply(reply));
        bench.expect_lines(
            "AT+QFTPDEL=\"f\"",
            &["OK", &format!("+QFTPDEL: {err},{reply}")],
        );
    }
}

#[test]
fn reply_codes_become_cme_errors_instead_of_connect() {
    for (err, reply) in TABLE {
        let mut bench = Bench::logged_in();
        bench.server.fail_next(Failure::Reply(reply));
        bench.expect_lines(
            "AT+QFTPPUT=\"f\",\"COM:\",0,5,1",
            &[&format!("+CME ERROR: {err}")],
        );
    }
}

#[test]
fn reply_codes_become_err_at_the_end_of_an_upload() {
    for (err, reply) in TABLE {
        let mut bench = Bench::logged_in();
        bench.expect_lines("AT+QFTPPUT=\"f\",\"COM:\",0,5,1", &["CONNECT"]);
        bench.server.fail_next(Failure::Reply(reply));
        assert_eq!(
            bench.send("12345"),
            format!("\r\nOK\r\n\r\n+QFTPPUT: {err},{reply}\r\n")
        );
    }
}

#[test]
fn failed_listing_to_a_file_creates_no_file() {
    let mut bench = Bench::logged_in();
    bench.server.fail_next(Failure::DataOpen);
    bench.expect_lines("AT+QFTPLIST=\".\",\"l\"", &["OK", "+QFTPLIST: 615,0"]);
    bench.expect_lines("AT+QFLST", &["OK"]);
}

#[test]
fn unknown_reply_codes_become_601() {
    let mut bench = Bench::logged_in();
    for reply in [521, 522, 534] {
        bench.server.fail_next(Failure::Reply(reply));
        bench.expect_lines(
            "AT+QFTPMKDIR=\"f\"",
            &["OK", &format!("+QFTPMKDIR: 601,{reply}")],
        );
    }
}

#[test]
fn cmee_sets_the_format_of_errors() {
    let mut bench = Bench::online();
    bench.expect_lines("AT+CMEE=0", &["OK"]);
    bench.expect_lines("AT+QFTPPWD", &["ERROR"]);
    bench.expect_lines("AT+CMEE=2", &["OK"]);
    // FTP codes stay numeric with CMEE=2 (docs/module/at-ftp.md §1.2), general codes become text.
    bench.expect_lines("AT+QFTPPWD", &["+CME ERROR: 606"]);
    bench.expect_lines("AT+CPIN=\"1234\"", &["+CME ERROR: operation not allowed"]);
    bench.expect_lines("AT+CMEE=1", &["OK"]);
    bench.expect_lines("AT+CPIN=\"1234\"", &["+CME ERROR: 3"]);
}
