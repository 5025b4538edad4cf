//! The forms, ranges and limits of every FTP command (docs/module/at-ftp.md §2).

use super::bench::Bench;

/// The commands whose test form prints a text, with that text.
const TESTS: [(&str, &str); 14] = [
    ("QFTPOPEN", "<hostname>,<port>"),
    ("QFTPCWD", "<path_name>"),
    (
        "QFTPPUT",
        "<file_name>,<local_name>,<startpos>,<uploadlen>,<beof>",
    ),
    (
        "QFTPGET",
        "<file_name>,<local_name>,<startpos>,<downloadlen>",
    ),
    ("QFTPSIZE", "<file_name>"),
    ("QFTPDEL", "<file_name>"),
    ("QFTPMKDIR", "<folder_name>"),
    ("QFTPRMDIR", "<folder_name>"),
    ("QFTPLIST", "<dirname>, <local_name>"),
    ("QFTPNLST", "<dirname>,<local_name>"),
    ("QFTPMLSD", "<dirname>,<local_name>"),
    ("QFTPMDTM", "<file_name>"),
    ("QFTPRENAME", "<old_name>,<new_name>"),
    ("QFTPCFG", ""),
];

/// The commands whose test form prints only OK.
const WITHOUT_TEXT: [&str; 4] = ["QFTPPWD", "QFTPLEN", "QFTPSTAT", "QFTPCLOSE"];

#[test]
fn test_forms() {
    let mut bench = Bench::new();
    for (command, text) in TESTS.iter().filter(|(_, text)| !text.is_empty()) {
        bench.expect_info(
            &format!("AT+{command}=?"),
            &[&format!("+{command}: {text}")],
        );
    }
    for command in WITHOUT_TEXT {
        bench.expect_lines(&format!("AT+{command}=?"), &["OK"]);
    }
    bench.expect_info(
        "AT+QFTPCFG=?",
        &[
            "+QFTPCFG: \"account\",<username>,<password>",
            "+QFTPCFG: \"filetype\",(0,1)",
            "+QFTPCFG: \"transmode\",(0,1)",
            "+QFTPCFG: \"contextid\",(1-16)",
            "+QFTPCFG: \"rsptimeout\",(20-180)",
            "+QFTPCFG: \"ssltype\",(0-2)",
            "+QFTPCFG: \"sslctxid\",(0-5)",
            "+QFTPCFG: \"data_address\",(0,1)",
        ],
    );
}

#[test]
fn other_forms_are_errors() {
    let mut bench = Bench::logged_in();
    for (command, _) in TESTS {
        bench.expect_lines(&format!("AT+{command}?"), &["ERROR"]);
        bench.expect_lines(&format!("AT+{command}"), &["ERROR"]);
    }
    for command in WITHOUT_TEXT {
        bench.expect_lines(&format!("AT+{command}?"), &["ERROR"]);
        bench.expect_lines(&format!("AT+{command}=1"), &["ERROR"]);
    }
    bench.expect_lines("AT+QFTPUSER=\"x\"", &["ERROR"]);
}

#[test]
fn settings_have_ranges_and_defaults() {
    let mut bench = Bench::new();
    for (key, low, high, default) in [
        ("filetype", 0, 1, 0),
        ("transmode", 0, 1, 1),
        ("contextid", 1, 16, 1),
        ("rsptimeout", 20, 180, 90),
        ("ssltype", 0, 2, 0),
        ("sslctxid", 0, 5, 0),
        ("data_address", 0, 1, 0),
    ] {
        bench.expect_info(
            &format!("AT+QFTPCFG=\"{key}\""),
            &[&format!("+QFTPCFG: \"{key}\",{default}")],
        );
        for value in [low, high] {
            bench.expect_lines(&format!("AT+QFTPCFG=\"{key}\",{value}"), &["OK"]);
            bench.expect_info(
                &format!("AT+QFTPCFG=\"{key}\""),
                &[&format!("+QFTPCFG: \"{key}\",{value}")],
            );
        }
        for bad in [
            (low - 1).to_string(),
            (high + 1).to_string(),
            "\"1\"".into(),
            "x".into(),
            "1,1".into(),
        ] {
            bench.expect_lines(&format!("AT+QFTPCFG=\"{key}\",{bad}"), &["+CME ERROR: 610"]);
        }
    }
    bench.expect_lines("AT+QFTPCFG=\"nonsense\"", &["+CME ERROR: 610"]);
    bench.expect_lines("AT+QFTPCFG=filetype,0", &["+CME ERROR: 610"]);
}

#[test]
fn account_needs_user_name_and_password() {
    let mut bench = Bench::new();
    bench.expect_info(
        "AT+QFTPCFG=\"account\"",
        &["+QFTPCFG: \"account\",\"\",\"\""],
    );
    let long = "x".repeat(255);
    bench.expect_lines(
        &format!("AT+QFTPCFG=\"account\",\"{long}\",\"{long}\""),
        &["OK"],
    );
    bench.expect_info(
        "AT+QFTPCFG=\"account\"",
        &[&format!("+QFTPCFG: \"account\",\"{long}\",\"{long}\"")],
    );
    bench.expect_lines(
        &format!("AT+QFTPCFG=\"account\",\"{long}x\",\"y\""),
        &["+CME ERROR: 610"],
    );
    bench.expect_lines("AT+QFTPCFG=\"account\",\"x\"", &["+CME ERROR: 610"]);
    bench.expect_lines("AT+QFTPCFG=\"account\",x,y", &["+CME ERROR: 610"]);
}

#[test]
fn path_limits() {
    let mut bench = Bench::logged_in();
    let (fits, too_long) = ("p".repeat(255), "p".repeat(256));
    for command in ["QFTPCWD", "QFTPSIZE", "QFTPDEL", "QFTPRMDIR", "QFTPMDTM"] {
        bench.expect_lines(
            &format!("AT+{command}=\"{fits}\""),
            &["OK", &format!("+{command}: 627,550")],
        );
        bench.expect_lines(
            &format!("AT+{command}=\"{too_long}\""),
            &["+CME ERROR: 610"],
        );
        bench.expect_lines(&format!("AT+{command}=\"\""), &["+CME ERROR: 610"]);
        bench.expect_lines(&format!("AT+{command}=name"), &["+CME ERROR: 610"]);
        bench.expect_lines(&format!("AT+{command}=\"a\",\"b\""), &["+CME ERROR: 610"]);
    }
    bench.expect_lines(
        &format!("AT+QFTPRENAME=\"{fits}\",\"{fits}\""),
        &["OK", "+QFTPRENAME: 627,550"],
    );
    bench.expect_lines(
        &format!("AT+QFTPRENAME=\"{fits}\",\"{too_long}\""),
        &["+CME ERROR: 610"],
    );
    bench.expect_lines("AT+QFTPRENAME=\"a\"", &["+CME ERROR: 610"]);
    bench.expect_lines(
        &format!("AT+QFTPMKDIR=\"{too_long}\""),
        &["+CME ERROR: 610"],
    );
    for command in ["QFTPLIST", "QFTPNLST", "QFTPMLSD"] {
        bench.expect_lines(
            &format!("AT+{command}=\"{too_long}\""),
            &["+CME ERROR: 610"],
        );
        bench.expect_lines(&format!("AT+{command}=\"{fits}\""), &["+CME ERROR: 627"]);
        bench.expect_lines(
            &format!("AT+{command}=\".\",\"COM:\",1"),
            &["+CME ERROR: 610"],
        );
    }
}

#[test]
fn transfer_parameter_limits() {
    let mut bench = Bench::logged_in();
    let (fits, too_long) = ("l".repeat(60), "l".repeat(61));
    for command in [
        format!("AT+QFTPGET=\"f\",\"{too_long}\""),
        format!("AT+QFTPPUT=\"f\",\"{too_long}\""),
        format!("AT+QFTPPUT=\"{}\",\"COM:\"", "p".repeat(256)),
        "AT+QFTPGET=\"f\"".into(),
        "AT+QFTPPUT=\"f\"".into(),
        "AT+QFTPPUT=\"f\",\"COM:\",x".into(),
        "AT+QFTPPUT=\"f\",\"COM:\",0,5,2".into(),
        "AT+QFTPPUT=\"f\",\"COM:\",0,,0".into(),
        "AT+QFTPPUT=\"f\",\"COM:\",0,5,1,1".into(),
        "AT+QFTPGET=\"f\",\"COM:\",0,5,1".into(),
        "AT+QFTPPUT=\"f\",\"file\",0,5".into(),
        "AT+QFTPGET=\"f\",\"file\",0,5".into(),
    ] {
        bench.expect_lines(&command, &["+CME ERROR: 610"]);
    }
    bench.expect_lines(
        &format!("AT+QFTPPUT=\"f\",\"{fits}\""),
        &["+CME ERROR: 611"],
    );
    for prefixed in ["ufs:x", "UFS:x", "RAM:x"] {
        bench.expect_lines(
            &format!("AT+QFTPGET=\"f\",\"{prefixed}\""),
            &["+CME ERROR: 613"],
        );
    }
}

#[test]
fn host_name_and_port_limits() {
    let mut bench = Bench::online();
    for command in [
        format!("AT+QFTPOPEN=\"{}\"", "h".repeat(201)),
        "AT+QFTPOPEN=\"\"".into(),
        "AT+QFTPOPEN=\"h\",0".into(),
        "AT+QFTPOPEN=\"h\",65536".into(),
        "AT+QFTPOPEN=\"h\",21,1".into(),
        "AT+QFTPOPEN=h".into(),
    ] {
        bench.expect_lines(&command, &["+CME ERROR: 610"]);
    }
    bench.expect_lines(
        &format!("AT+QFTPOPEN=\"{}\"", "h".repeat(200)),
        &["OK", "+QFTPOPEN: 0,0"],
    );
}
