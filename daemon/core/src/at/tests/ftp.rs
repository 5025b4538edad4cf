//! The FTP commands, one by one (docs/module/at-ftp.md §2 and 3).

use super::run::{check_lines, lines, local, path};
use crate::api::secret::Secret;
use crate::at::command::ftp::*;
use crate::at::quote::{Host, Password, User};
use crate::at::{Command, Patience};

const OK: &[u8] = b"\r\nOK\r\n";

fn account(user: &str, password: &str) -> Setting {
    Setting::Account {
        user: User::or_empty("user", user).unwrap(),
        password: Password::new("password", &Secret::new(password.into())).unwrap(),
    }
}

fn host(text: &str) -> Host {
    Host::new("host", text).unwrap()
}

/// docs/module/at-ftp.md §2.1, 3.1, 3.2.
#[test]
fn all_eight_settings() {
    let rows = [
        (account("test", "secret"), r#""account","test","secret""#),
        (account("", ""), r#""account","","""#),
        (Setting::Ascii(false), r#""filetype",0"#),
        (Setting::Ascii(true), r#""filetype",1"#),
        (Setting::Passive(true), r#""transmode",1"#),
        (Setting::Context(16), r#""contextid",16"#),
        (Setting::ResponseTimeout(180), r#""rsptimeout",180"#),
        (Setting::Security(2), r#""ssltype",2"#),
        (Setting::SslContext(5), r#""sslctxid",5"#),
        (Setting::ControlAddress(true), r#""data_address",1"#),
    ];
    for (setting, parameters) in rows {
        let line = format!("AT+QFTPCFG={parameters}");
        check_lines(&setting, &line, OK, Ok(()));
        assert!(KEYS.contains(&setting.key()));
        let refused = lines(["+CME ERROR: 610"]);
        let text = "QFTPCFG: 610 invalid parameter";
        check_lines(&setting, &line, &refused, Err(text));
    }
}

/// The query of each setting, with all known forms of the account (docs/module/at-ftp.md §2.1,
/// docs/module/quirks.md F8).
#[test]
fn setting_queries() {
    let rows = [
        ("account", r#"+QFTPCFG: "account","test","test""#, "test"),
        ("account", r#"+QFTPCFG: "account","test","*****""#, "test"),
        ("account", r#"+QFTPCFG: "account",test,test"#, "test"),
        ("filetype", r#"+QFTPCFG: "filetype",0"#, "0"),
        ("transmode", r#"+QFTPCFG: "transmode",1"#, "1"),
        ("contextid", r#"+QFTPCFG: "contextid",1"#, "1"),
        ("rsptimeout", r#"+QFTPCFG: "rsptimeout",90"#, "90"),
        ("ssltype", r#"+QFTPCFG: "ssltype", 1"#, "1"),
        ("sslctxid", r#"+QFTPCFG: "sslctxid",0"#, "0"),
        ("data_address", r#"+QFTPCFG: "data_address",1"#, "1"),
    ];
    for (key, answer, value) in rows {
        let command = SettingQuery { key };
        let line = format!("AT+QFTPCFG=\"{key}\"");
        check_lines(&command, &line, &lines([answer, "OK"]), Ok(value.into()));
    }
    check_lines(
        &SettingQuery { key: "filetype" },
        "AT+QFTPCFG=\"filetype\"",
        OK,
        Err("QFTPCFG: the answer cannot be read"),
    );
}

/// The test command, with one CR LF between its lines (docs/module/at-ftp.md §1.1, 2.1).
#[test]
fn setting_names() {
    let wire =
        b"\r\n+QFTPCFG: \"account\",<username>,<password>\r\n+QFTPCFG: \"filetype\",(0,1)\r\n\
        +QFTPCFG: \"transmode\",(0,1)\r\n+QFTPCFG: \"contextid\",(1-16)\r\n\
        +QFTPCFG: \"rsptimeout\",(20-180)\r\n+QFTPCFG: \"ssltype\",(0-2)\r\n\
        +QFTPCFG: \"sslctxid\",(0-5)\r\n+QFTPCFG: \"data_address\",(0,1)\r\n\r\nOK\r\n";
    let keys = KEYS.map(str::to_owned).to_vec();
    check_lines(&SettingNames, "AT+QFTPCFG=?", wire, Ok(keys));
}

/// docs/module/at-ftp.md §2.2.
#[test]
fn open() {
    let command = Open {
        host: host("quectel.3322.org"),
        port: 21,
    };
    let line = r#"AT+QFTPOPEN="quectel.3322.org",21"#;
    assert_eq!(command.patience(), Patience::Open);
    check_lines(&command, line, &lines(["OK", "+QFTPOPEN: 0,0"]), Ok(()));
    let rows = [
        ("604,0", "QFTPOPEN: 604 DNS parse failed"),
        ("625,530", "QFTPOPEN: 625 not logged in (server said 530)"),
        ("631,0", "QFTPOPEN: 631 SSL authentication failed"),
    ];
    for (result, text) in rows {
        let wire = lines(["OK", &format!("+QFTPOPEN: {result}")]);
        check_lines(&command, line, &wire, Err(text));
    }
    let text = "QFTPOPEN: 603 busy, an FTP command or a close still runs";
    check_lines(&command, line, &lines(["+CME ERROR: 603"]), Err(text));
    check_lines(
        &command,
        line,
        &lines(["ERROR"]),
        Err("QFTPOPEN: the module answered ERROR"),
    );
}

/// The commands that report `0,0` (docs/module/at-ftp.md §2.3, 2.8–2.10, 2.15, 2.18, 3.3, 3.4,
/// 3.8).
#[test]
fn commands_without_a_value() {
    fn all<C: Command<Reply = ()>>(command: &C, line: &str) {
        let name = C::NAME;
        check_lines(
            command,
            line,
            &lines(["OK", &format!("+{name}: 0,0")]),
            Ok(()),
        );
        // The other order, which the manual has for QFTPSTAT only.
        check_lines(
            command,
            line,
            &lines([&format!("+{name}: 0,0"), "OK"]),
            Ok(()),
        );
        let failed = lines(["OK", &format!("+{name}: 627,550")]);
        let text = format!("{name}: 627 action not taken, file unavailable (server said 550)");
        check_lines(command, line, &failed, Err(&text));
        let refused = lines(["+CME ERROR: 606"]);
        let text = format!("{name}: 606 control connection closed");
        check_lines(command, line, &refused, Err(&text));
    }
    all(&ChangeDirectory { path: path("/") }, r#"AT+QFTPCWD="/""#);
    all(
        &MakeDirectory { path: path("TEST") },
        r#"AT+QFTPMKDIR="TEST""#,
    );
    let (from, to) = (path("TEST"), path("TEST_NEW"));
    all(&Rename { from, to }, r#"AT+QFTPRENAME="TEST","TEST_NEW""#);
    all(
        &RemoveDirectory {
            path: path("TEST_NEW"),
        },
        r#"AT+QFTPRMDIR="TEST_NEW""#,
    );
    all(
        &DeleteFile {
            path: path("a b,c ä.txt"),
        },
        r#"AT+QFTPDEL="a b,c ä.txt""#,
    );
    all(&Close, "AT+QFTPCLOSE");
}

/// Paths with and without quotes and blanks (docs/module/at-ftp.md §2.4, docs/module/quirks.md F9).
#[test]
fn working_directory() {
    let rows = [
        ("0,/", "/"),
        ("0,\"/\"", "/"),
        ("0, \"/\"", "/"),
        ("0, /a b,c", "/a b,c"),
        ("0,\"/a \"b\" c\"", "/a \"b\" c"),
        ("0,\"", "\""),
    ];
    for (result, path) in rows {
        let wire = lines(["OK", &format!("+QFTPPWD: {result}")]);
        check_lines(&WorkingDirectory, "AT+QFTPPWD", &wire, Ok(path.into()));
    }
    let wire = lines(["OK", "+QFTPPWD: 0,"]);
    let text = "QFTPPWD: the answer cannot be read";
    check_lines(&WorkingDirectory, "AT+QFTPPWD", &wire, Err(text));
}

/// docs/module/at-ftp.md §2.7, 3.4, with the misprint of one field (docs/module/quirks.md F17).
#[test]
fn size() {
    let command = Size {
        path: path("test_my1.txt"),
    };
    let missing = "QFTPSIZE: 627 action not taken, file unavailable (server said 550)";
    let unreadable = "QFTPSIZE: the answer cannot be read";
    let rows = [
        ("0,1000", Ok(1000)),
        ("0, 1000", Ok(1000)),
        ("0,18446744073709551615", Ok(u64::MAX)),
        ("1000", Ok(1000)),
        ("0,0", Ok(0)),
        ("627,550", Err(missing)),
        (
            "627",
            Err("QFTPSIZE: 627 action not taken, file unavailable"),
        ),
        ("0,18446744073709551616", Err(unreadable)),
        ("0,-1", Err(unreadable)),
        ("0,", Err(unreadable)),
        ("x", Err(unreadable)),
    ];
    for (result, size) in rows {
        let wire = lines(["OK", &format!("+QFTPSIZE: {result}")]);
        check_lines(&command, r#"AT+QFTPSIZE="test_my1.txt""#, &wire, size);
    }
    let wire = lines(["+QFTPSIZE: 1000", "ERROR"]);
    let text = "QFTPSIZE: the module answered ERROR";
    check_lines(&command, r#"AT+QFTPSIZE="test_my1.txt""#, &wire, Err(text));
}

/// docs/module/at-ftp.md §2.14, 3.4.
#[test]
fn modification_time() {
    let command = ModificationTime {
        path: path("test_new.txt"),
    };
    let line = r#"AT+QFTPMDTM="test_new.txt""#;
    for time in [
        "\"20140708110039\"",
        "20140708110039",
        "\"20140708110039.123\"",
    ] {
        let wire = lines(["OK", &format!("+QFTPMDTM: 0,{time}")]);
        check_lines(&command, line, &wire, Ok(time.trim_matches('"').into()));
    }
}

/// docs/module/at-ftp.md §2.16, 3.6.
#[test]
fn transfer_length() {
    let wire = lines(["OK", "+QFTPLEN: 0,550"]);
    check_lines(&TransferLength, "AT+QFTPLEN", &wire, Ok(550));
}

/// Each state, in both orders of lines (docs/module/at-ftp.md §2.17, docs/module/quirks.md F10).
#[test]
fn status() {
    let states = [
        SessionStatus::Opening,
        SessionStatus::Idle,
        SessionStatus::Transferring,
        SessionStatus::Closing,
        SessionStatus::Closed,
    ];
    for (number, state) in states.into_iter().enumerate() {
        let result = format!("+QFTPSTAT: 0,{number}");
        check_lines(&Status, "AT+QFTPSTAT", &lines(["OK", &result]), Ok(state));
        check_lines(&Status, "AT+QFTPSTAT", &lines([&result, "OK"]), Ok(state));
    }
    let unknown = lines(["OK", "+QFTPSTAT: 0,5"]);
    check_lines(
        &Status,
        "AT+QFTPSTAT",
        &unknown,
        Err("QFTPSTAT: the answer cannot be read"),
    );
}

/// UFS transfers: OK, then the result line (docs/module/at-ftp.md §2.5, 2.6, 2.11).
#[test]
fn ufs_transfers() {
    let put = Put::stored(path("test_my1.txt"), local("test_ufs.txt"));
    let line = r#"AT+QFTPPUT="test_my1.txt","test_ufs.txt",0"#;
    check_lines(&put, line, &lines(["OK", "+QFTPPUT: 0,1000"]), Ok(1000));
    let get = Get::stored(path("test_my1.txt"), local("test.txt"));
    let line = r#"AT+QFTPGET="test_my1.txt","test.txt""#;
    check_lines(&get, line, &lines(["OK", "+QFTPGET: 0,1000"]), Ok(1000));
    let failed = lines(["OK", "+QFTPGET: 613,0"]);
    check_lines(
        &get,
        line,
        &failed,
        Err("QFTPGET: 613 file error on the module"),
    );
    let list = ListToFile {
        path: path("."),
        local: local("list.txt"),
    };
    let line = r#"AT+QFTPLIST=".","list.txt""#;
    check_lines(&list, line, &lines(["OK", "+QFTPLIST: 0,1000"]), Ok(1000));
}
